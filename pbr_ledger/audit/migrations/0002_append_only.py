"""The activity log is only ever added to, by trigger and by privilege, and its heads only grow with it."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION audit_stream_grows() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.name <> OLD.name OR NEW.length <= OLD.length OR NOT EXISTS (
        SELECT FROM public.audit_auditevent AS event
        WHERE event.stream = NEW.name AND event.sequence = NEW.length AND event.hash = NEW.head_hash
    ) OR NOT EXISTS (
        SELECT FROM public.audit_auditevent AS event
        WHERE event.stream = NEW.name AND event.sequence = OLD.length + 1 AND event.previous_hash = OLD.head_hash
    ) THEN
        RAISE EXCEPTION 'the head of a stream only moves on to an event that was added behind it'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION audit_stream_grows() FROM PUBLIC;
"""

TRIGGERS = """
CREATE TRIGGER audit_event_never_changed BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_never_truncated BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_stream_only_grows BEFORE UPDATE ON audit_auditstream
    FOR EACH ROW EXECUTE FUNCTION audit_stream_grows();
CREATE TRIGGER audit_stream_never_deleted BEFORE DELETE ON audit_auditstream
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_stream_never_truncated BEFORE TRUNCATE ON audit_auditstream
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NO_TRIGGERS = """
DROP TRIGGER audit_event_never_changed ON audit_auditevent;
DROP TRIGGER audit_event_never_truncated ON audit_auditevent;
DROP TRIGGER audit_stream_only_grows ON audit_auditstream;
DROP TRIGGER audit_stream_never_deleted ON audit_auditstream;
DROP TRIGGER audit_stream_never_truncated ON audit_auditstream;
"""

PRIVILEGES = """
REVOKE ALL ON TABLE audit_auditevent, audit_auditstream FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE audit_auditevent, audit_auditstream TO pbr_application;
GRANT UPDATE (length, head_hash) ON TABLE audit_auditstream TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE audit_auditevent, audit_auditstream FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("accounts", "0002_privileges")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION audit_stream_grows();"),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
