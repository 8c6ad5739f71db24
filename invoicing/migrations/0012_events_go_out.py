"""Events go out: a delivery for every endpoint that wants one and may know of it, in the transaction of the event.

The trigger runs at the end of the transaction, when what a payment is allocated to is known; the lock that makes events
commit in their order is still held then. The endpoint's row is locked first, so that a delivery which ends at this
moment either finds the new one, or is found ended. Nobody is told of what the feed would not give them: an agent of
statements, anybody of the contracts of others.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION invoicing_event_goes_out() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    endpoint record;
    concerned text[];
    said jsonb := jsonb_build_object('event', 'evt_' || NEW.id, 'contract', 'con_' || NEW.contract_id);
    is_ready boolean;
    delivery bigint;
BEGIN
    IF NEW.invoice_id IS NOT NULL THEN
        concerned := ARRAY['inv_' || NEW.invoice_id];
        said := said || jsonb_build_object('invoice', 'inv_' || NEW.invoice_id);
    ELSIF NEW.payment_id IS NOT NULL THEN
        SELECT coalesce(array_agg(DISTINCT 'inv_' || allocation.invoice_id), '{}') INTO concerned
        FROM public.invoicing_payment payment
        JOIN public.invoicing_paymentallocation allocation ON allocation.payment_id IN (payment.id, payment.reverses_id)
        WHERE payment.id = NEW.payment_id;
        said := said || jsonb_build_object('payment', 'pay_' || NEW.payment_id);
    ELSE
        SELECT ARRAY['con_' || NEW.contract_id || ' ' || to_char(month_start, 'YYYY-MM')],
            said || jsonb_build_object('statement', to_char(month_start, 'YYYY-MM'))
        INTO concerned, said FROM public.savings_closedstatement WHERE id = NEW.statement_id;
    END IF;
    FOR endpoint IN
        SELECT known.id, known.state, organisation.name FROM public.webhooks_endpoint known
        JOIN public.accounts_organisation organisation ON organisation.id = known.organisation_id
        JOIN public.cohort_contract contract ON contract.id = NEW.contract_id
        WHERE NEW.kind = ANY(known.events) AND known.verified_at IS NOT NULL AND known.state <> 'closed'
            AND known.organisation_id IN (contract.council_id, contract.provider_id, contract.agent_id)
            AND (NEW.statement_id IS NULL OR known.organisation_id IN (contract.council_id, contract.provider_id))
        ORDER BY known.id FOR UPDATE OF known
    LOOP
        is_ready := endpoint.state = 'active' AND NOT EXISTS (
            SELECT FROM public.webhooks_delivery earlier
            WHERE earlier.endpoint_id = endpoint.id AND earlier.state = 'waiting' AND earlier.about && concerned
        );
        INSERT INTO public.webhooks_delivery (endpoint_id, message_id, kind, at, about, data, due_at)
        VALUES (endpoint.id, 'evt_' || NEW.id, NEW.kind, NEW.at, concerned, said, CASE WHEN is_ready THEN clock_timestamp() END)
        RETURNING id INTO delivery;
        IF is_ready THEN
            INSERT INTO public.jobs_job
                (kind, key, subject, state, attempts, progress, error, input_digest, output_digest)
            VALUES ('webhook', delivery || '.1.1', left(NEW.kind || ' to ' || endpoint.name, 200), 'waiting', 0, '', '', '', '');
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION invoicing_event_goes_out() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER event_goes_out AFTER INSERT ON invoicing_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_event_goes_out();
"""
NO_FUNCTION = """
DROP TRIGGER event_goes_out ON invoicing_event;
DROP FUNCTION invoicing_event_goes_out();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0011_agent_views"),
        ("jobs", "0002_privileges"),
        ("webhooks", "0002_privileges"),
    ]

    operations = [migrations.RunSQL(FUNCTION, NO_FUNCTION)]
