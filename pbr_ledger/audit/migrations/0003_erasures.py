"""An event whose time is over can be erased: it keeps its place and its hash, and names the event that tells why.

Nothing is written as erased: that happens to events afterwards, and only by their owner's hand.
"""

from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION audit_event_begins_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.erased_by IS NOT NULL THEN
        RAISE EXCEPTION 'an event is written whole, not as erased'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_event_begins_whole BEFORE INSERT ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_event_begins_whole();
REVOKE ALL ON FUNCTION audit_event_begins_whole() FROM PUBLIC;
"""
NO_FUNCTION = """
DROP TRIGGER audit_event_begins_whole ON audit_auditevent;
DROP FUNCTION audit_event_begins_whole();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="erased_by",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("erased_by", None), ("erased_by__gt", models.F("sequence")), _connector="OR"),
                name="audit_event_erased_by_a_later_one",
            ),
        ),
        migrations.RunSQL(FUNCTION, NO_FUNCTION),
    ]
