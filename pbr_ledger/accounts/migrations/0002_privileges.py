"""What the application may do with people and roles, and with Django's own tables. The paying agent: nothing.

`refuse_change()` is the trigger of every table whose rows are only ever added; later migrations use it too.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END $$;

CREATE FUNCTION accounts_person_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.organisation_id <> OLD.organisation_id THEN
        RAISE EXCEPTION 'a person stays with their organisation'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    IF OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN
        RAISE EXCEPTION 'a leaver stays closed'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION accounts_grant_only_revoked() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL THEN
        OLD.revoked_at := NEW.revoked_at;
        OLD.revoked_by_id := NEW.revoked_by_id;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a role that was granted can be revoked once, and not changed'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION refuse_change(), accounts_person_stays(), accounts_grant_only_revoked() FROM PUBLIC;
"""
NO_FUNCTIONS = "DROP FUNCTION refuse_change(), accounts_person_stays(), accounts_grant_only_revoked();"

TRIGGERS = """
CREATE TRIGGER organisation_never_deleted BEFORE DELETE ON accounts_organisation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER organisation_never_truncated BEFORE TRUNCATE ON accounts_organisation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER person_never_deleted BEFORE DELETE ON accounts_person
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER person_never_truncated BEFORE TRUNCATE ON accounts_person
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER person_stays BEFORE UPDATE ON accounts_person
    FOR EACH ROW EXECUTE FUNCTION accounts_person_stays();
CREATE TRIGGER role_grant_never_deleted BEFORE DELETE ON accounts_rolegrant
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER role_grant_never_truncated BEFORE TRUNCATE ON accounts_rolegrant
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER role_grant_only_revoked BEFORE UPDATE ON accounts_rolegrant
    FOR EACH ROW EXECUTE FUNCTION accounts_grant_only_revoked();
"""
NO_TRIGGERS = """
DROP TRIGGER organisation_never_deleted ON accounts_organisation;
DROP TRIGGER organisation_never_truncated ON accounts_organisation;
DROP TRIGGER person_never_deleted ON accounts_person;
DROP TRIGGER person_never_truncated ON accounts_person;
DROP TRIGGER person_stays ON accounts_person;
DROP TRIGGER role_grant_never_deleted ON accounts_rolegrant;
DROP TRIGGER role_grant_never_truncated ON accounts_rolegrant;
DROP TRIGGER role_grant_only_revoked ON accounts_rolegrant;
"""

PRIVILEGES = """
REVOKE ALL ON TABLE accounts_organisation, accounts_person, accounts_rolegrant
    FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE accounts_organisation, accounts_person, accounts_rolegrant TO pbr_application;
GRANT UPDATE (name, address) ON TABLE accounts_organisation TO pbr_application;
GRANT UPDATE ON TABLE accounts_person TO pbr_application;
GRANT UPDATE (revoked_at, revoked_by_id) ON TABLE accounts_rolegrant TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE accounts_organisation, accounts_person, accounts_rolegrant FROM pbr_application;"

DJANGO_PRIVILEGES = """
REVOKE ALL ON TABLE django_session, django_content_type, auth_permission, auth_group, auth_group_permissions,
    django_migrations FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE django_session TO pbr_application;
GRANT SELECT ON TABLE django_content_type, auth_permission, auth_group, auth_group_permissions, django_migrations
    TO pbr_application;
"""
NO_DJANGO_PRIVILEGES = """
REVOKE ALL ON TABLE django_session, django_content_type, auth_permission, auth_group, auth_group_permissions,
    django_migrations FROM pbr_application;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
        migrations.RunSQL(DJANGO_PRIVILEGES, NO_DJANGO_PRIVILEGES),
    ]
