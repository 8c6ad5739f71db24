"""What has happened, written by triggers in the transaction of what happened, in the order of commits.

A lock that each transaction takes with its first event, and holds until its end, makes the keys come in that order: who
has read up to a key has missed nothing. The function works as the owner, so that nobody else can add an event.
"""

import django.db.models.deletion
from django.db import migrations, models

SAFELY = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FUNCTIONS = f"""
CREATE FUNCTION invoicing_event_of_invoice() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    invoice public.invoicing_invoice;
    done text := CASE NEW.action WHEN 'approve' THEN 'approved' WHEN 'hold' THEN 'held' WHEN 'release' THEN 'released' END;
BEGIN
    IF done IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('invoicing_event'));
        SELECT * INTO invoice FROM public.invoicing_invoice WHERE id = NEW.invoice_id;
        INSERT INTO public.invoicing_event (kind, at, contract_id, invoice_id)
        VALUES (invoice.kind || '.' || done, NEW.at, invoice.contract_id, invoice.id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_event_of_payment() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('invoicing_event'));
    INSERT INTO public.invoicing_event (kind, at, contract_id, payment_id)
    VALUES (
        NEW.kind || CASE WHEN NEW.reverses_id IS NULL THEN '.recorded' ELSE '.reversed' END,
        NEW.recorded_at, NEW.contract_id, NEW.id
    );
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_event_of_statement() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('invoicing_event'));
    INSERT INTO public.invoicing_event (kind, at, contract_id, statement_id)
    VALUES ('statement.closed', NEW.closed_at, NEW.contract_id, NEW.id);
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION invoicing_event_of_invoice(), invoicing_event_of_payment(), invoicing_event_of_statement()
    FROM PUBLIC;
"""
NO_FUNCTIONS = """
DROP FUNCTION invoicing_event_of_invoice();
DROP FUNCTION invoicing_event_of_payment();
DROP FUNCTION invoicing_event_of_statement();
"""

TRIGGERS = """
CREATE TRIGGER invoice_action_makes_event AFTER INSERT ON invoicing_invoiceaction
    FOR EACH ROW EXECUTE FUNCTION invoicing_event_of_invoice();
CREATE TRIGGER payment_makes_event AFTER INSERT ON invoicing_payment
    FOR EACH ROW EXECUTE FUNCTION invoicing_event_of_payment();
CREATE TRIGGER closed_statement_makes_event AFTER INSERT ON savings_closedstatement
    FOR EACH ROW EXECUTE FUNCTION invoicing_event_of_statement();
CREATE TRIGGER event_never_changed BEFORE UPDATE ON invoicing_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_never_deleted BEFORE DELETE ON invoicing_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_never_truncated BEFORE TRUNCATE ON invoicing_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NO_TRIGGERS = """
DROP TRIGGER invoice_action_makes_event ON invoicing_invoiceaction;
DROP TRIGGER payment_makes_event ON invoicing_payment;
DROP TRIGGER closed_statement_makes_event ON savings_closedstatement;
DROP TRIGGER event_never_changed ON invoicing_event;
DROP TRIGGER event_never_deleted ON invoicing_event;
DROP TRIGGER event_never_truncated ON invoicing_event;
"""

BEFORE_US = """
INSERT INTO invoicing_event (kind, at, contract_id, invoice_id, payment_id, statement_id)
SELECT kind, at, contract_id, invoice_id, payment_id, statement_id FROM (
    SELECT invoice.kind || '.' || CASE action WHEN 'approve' THEN 'approved' WHEN 'hold' THEN 'held' ELSE 'released' END
        AS kind, at, contract_id, invoice_id, NULL::bigint AS payment_id, NULL::bigint AS statement_id
    FROM invoicing_invoiceaction JOIN invoicing_invoice invoice ON invoice.id = invoice_id
    WHERE action IN ('approve', 'hold', 'release')
    UNION ALL
    SELECT kind || CASE WHEN reverses_id IS NULL THEN '.recorded' ELSE '.reversed' END, recorded_at, contract_id,
        NULL, id, NULL FROM invoicing_payment
    UNION ALL
    SELECT 'statement.closed', closed_at, contract_id, NULL, NULL, id FROM savings_closedstatement
) happened ORDER BY at;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

PRIVILEGES = """
REVOKE ALL ON TABLE invoicing_event FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT ON TABLE invoicing_event TO pbr_application;
"""
NO_PRIVILEGES = "REVOKE ALL ON TABLE invoicing_event FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0002_append_only"),
        ("invoicing", "0008_set_off_reversed"),
        ("savings", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='cohort.contract')),
                ('invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='invoicing.invoice')),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='invoicing.payment')),
                ('statement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='savings.closedstatement')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('invoice__isnull', False), ('payment', None), ('statement', None)), models.Q(('invoice', None), ('payment__isnull', False), ('statement', None)), models.Q(('invoice', None), ('payment', None), ('statement__isnull', False)), _connector='OR'), name='event_of_one_thing')],
            },
        ),
        migrations.RunSQL(BEFORE_US, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
