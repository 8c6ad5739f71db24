"""What the application may do with notices. Notices are only ever added; a copy is noted as sent once. The agent: nothing."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION notices_copy_only_sent() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL THEN
        OLD.sent_at := NEW.sent_at;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a copy of a notice is noted as sent once, and not changed'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION notices_copy_only_sent() FROM PUBLIC;

CREATE TRIGGER notice_never_changed BEFORE UPDATE OR DELETE ON notices_notice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER notice_never_truncated BEFORE TRUNCATE ON notices_notice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER notice_copy_only_sent BEFORE UPDATE ON notices_noticecopy
    FOR EACH ROW EXECUTE FUNCTION notices_copy_only_sent();
"""
NO_TRIGGERS = """
DROP TRIGGER notice_never_changed ON notices_notice;
DROP TRIGGER notice_never_truncated ON notices_notice;
DROP TRIGGER notice_copy_only_sent ON notices_noticecopy;
DROP FUNCTION notices_copy_only_sent();
"""

OURS = "notices_notice, notices_notice_organisations, notices_noticecopy, notices_noticechoice"
PRIVILEGES = f"""
REVOKE ALL ON TABLE {OURS} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE {OURS} TO pbr_application;
GRANT UPDATE (sent_at) ON TABLE notices_noticecopy TO pbr_application;
GRANT UPDATE (choice) ON TABLE notices_noticechoice TO pbr_application;
"""
NO_PRIVILEGES = f"REVOKE ALL ON TABLE {OURS} FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("accounts", "0002_privileges")]

    operations = [migrations.RunSQL(TRIGGERS, NO_TRIGGERS), migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES)]
