"""As whom a council's directory knows people. A row is made at the first sign-in and released once, by an administrator.

The paying agent: nothing.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION accounts_directory_account_only_released() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.released_at IS NULL THEN
        OLD.released_at := NEW.released_at;
        OLD.released_by_id := NEW.released_by_id;
        OLD.reason := NEW.reason;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'an account in a directory can be released once, and not changed'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION accounts_directory_account_only_released() FROM PUBLIC;
"""
NO_FUNCTIONS = "DROP FUNCTION accounts_directory_account_only_released();"

TRIGGERS = """
CREATE TRIGGER directory_account_never_deleted BEFORE DELETE ON accounts_directoryaccount
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER directory_account_never_truncated BEFORE TRUNCATE ON accounts_directoryaccount
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER directory_account_only_released BEFORE UPDATE ON accounts_directoryaccount
    FOR EACH ROW EXECUTE FUNCTION accounts_directory_account_only_released();
"""
NO_TRIGGERS = """
DROP TRIGGER directory_account_never_deleted ON accounts_directoryaccount;
DROP TRIGGER directory_account_never_truncated ON accounts_directoryaccount;
DROP TRIGGER directory_account_only_released ON accounts_directoryaccount;
"""

PRIVILEGES = """
REVOKE ALL ON TABLE accounts_directoryaccount FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE accounts_directoryaccount TO pbr_application;
GRANT UPDATE (released_at, released_by_id, reason) ON TABLE accounts_directoryaccount TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE accounts_directoryaccount FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_preferences")]

    operations = [
        migrations.CreateModel(
            name="DirectoryAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=300)),
                ("subject", models.CharField(max_length=255)),
                ("kept_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True, default="")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="directory_accounts", to=settings.AUTH_USER_MODEL)),
                ("released_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(models.Q(("issuer", ""), _negated=True), models.Q(("subject", ""), _negated=True)), name="directory_account_named"),
                    models.CheckConstraint(condition=models.Q(models.Q(("reason", ""), ("released_at", None), ("released_by", None)), models.Q(("released_at__gt", models.F("kept_at")), ("released_by__isnull", False), models.Q(("reason", ""), _negated=True)), _connector="OR"), name="directory_account_released_with_a_reason"),
                    models.CheckConstraint(condition=models.Q(("released_by", None), models.Q(("released_by", models.F("person")), _negated=True), _connector="OR"), name="directory_account_released_by_another"),
                    models.UniqueConstraint(condition=models.Q(("released_at", None)), fields=("person",), name="directory_account_one_for_a_person"),
                    models.UniqueConstraint(condition=models.Q(("released_at", None)), fields=("issuer", "subject"), name="directory_account_of_one_person"),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
