"""What the application may do with the tables of django-allauth, and the shared cache that limits attempts.

Second factors and sessions come and go. Of the directory's accounts nothing is ever stored: allauth looks whether there
is anything, and finds nothing. The paying agent: nothing.
"""

from django.db import migrations

CACHE = """
CREATE TABLE shared_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX shared_cache_expires ON shared_cache (expires);
"""
NO_CACHE = "DROP TABLE shared_cache;"

PRIVILEGES = """
REVOKE ALL ON TABLE shared_cache, mfa_authenticator, usersessions_usersession, account_emailaddress,
    account_emailconfirmation, socialaccount_socialapp, socialaccount_socialaccount, socialaccount_socialtoken
    FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE shared_cache, mfa_authenticator, usersessions_usersession
    TO pbr_application;
GRANT SELECT ON TABLE socialaccount_socialapp, socialaccount_socialaccount TO pbr_application;
"""
NO_PRIVILEGES = """
REVOKE ALL ON TABLE mfa_authenticator, usersessions_usersession, socialaccount_socialapp, socialaccount_socialaccount
    FROM pbr_application;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_links_and_resets"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        migrations.RunSQL(CACHE, NO_CACHE),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
