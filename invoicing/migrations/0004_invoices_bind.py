"""Invoices bind, whoever writes: what is issued stays, what is settled is what was paid or set off, to the penny.

An invoice is of its statement's total, and its lines add up to it; it takes the next number when issued and only moves
along its lifecycle. A payment is allocated whole, within its contract, to what is approved; its reversal carries the
same allocations. `settled` is payments less reversals, and set-offs; the status says which it is.
"""

from django.db import migrations

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

STEPS = [
    ("draft", "issued"),
    ("issued", "approved"),
    ("issued", "held"),
    ("held", "issued"),
    ("approved", "part_paid"),
    ("approved", "paid"),
    ("part_paid", "paid"),
    ("part_paid", "approved"),
    ("paid", "approved"),
    ("paid", "part_paid"),
]

BEGINNING = f"""
CREATE FUNCTION invoicing_invoice_begins() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    statement public.savings_closedstatement;
    total numeric;
BEGIN
    SELECT * INTO statement FROM public.savings_closedstatement WHERE id = NEW.statement_id;
    total := (statement.document::json ->> 'total')::numeric;
    IF NEW.status <> 'draft' OR NEW.settled <> 0 THEN
        RAISE EXCEPTION 'an invoice begins as a draft with nothing settled' {REFUSED};
    END IF;
    IF (NEW.contract_id, CASE NEW.kind WHEN 'invoice' THEN NEW.net ELSE -NEW.net END, NEW.proposed_by_id)
        IS DISTINCT FROM (statement.contract_id, total,
            (SELECT proposed_by_id FROM public.savings_proposal WHERE id = statement.proposal_id))
    THEN
        RAISE EXCEPTION 'an invoice is of its statement: its contract, its total, its proposer' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_begins BEFORE INSERT ON invoicing_invoice
    FOR EACH ROW EXECUTE FUNCTION invoicing_invoice_begins();
REVOKE ALL ON FUNCTION invoicing_invoice_begins() FROM PUBLIC;
"""
NO_BEGINNING = """
DROP TRIGGER invoice_begins ON invoicing_invoice;
DROP FUNCTION invoicing_invoice_begins();
"""

MOVING = f"""
CREATE FUNCTION invoicing_invoice_moves_along() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    before text := OLD.status;
BEGIN
    IF NEW.status <> before
        AND (before, NEW.status) NOT IN ({', '.join(f"('{before}', '{after}')" for before, after in STEPS)})
    THEN
        RAISE EXCEPTION 'a % invoice does not become %', before, NEW.status {REFUSED};
    END IF;
    OLD.status := NEW.status;
    OLD.settled := NEW.settled;
    OLD.approved_by_id := coalesce(OLD.approved_by_id, NEW.approved_by_id);
    IF before = 'draft' THEN
        OLD.number := NEW.number;
        OLD.provider_reference := NEW.provider_reference;
        OLD.issued_on := NEW.issued_on;
        OLD.due_on := NEW.due_on;
        OLD.issued_by_id := NEW.issued_by_id;
        OLD.particulars := NEW.particulars;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'of an issued invoice only the status changes, what is settled, and who approved it' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_moves_along BEFORE UPDATE ON invoicing_invoice
    FOR EACH ROW EXECUTE FUNCTION invoicing_invoice_moves_along();

CREATE FUNCTION invoicing_invoice_next_in_line() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    last integer;
BEGIN
    SELECT coalesce(max(number), 0) INTO last FROM public.invoicing_invoice WHERE contract_id = NEW.contract_id;
    IF NEW.number <> last + 1 THEN
        RAISE EXCEPTION 'the next invoice is number %, not %', last + 1, NEW.number {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_next_in_line BEFORE UPDATE ON invoicing_invoice
    FOR EACH ROW WHEN (NEW.number IS DISTINCT FROM OLD.number) EXECUTE FUNCTION invoicing_invoice_next_in_line();
REVOKE ALL ON FUNCTION invoicing_invoice_moves_along(), invoicing_invoice_next_in_line() FROM PUBLIC;
"""
NO_MOVING = """
DROP TRIGGER invoice_next_in_line ON invoicing_invoice;
DROP TRIGGER invoice_moves_along ON invoicing_invoice;
DROP FUNCTION invoicing_invoice_next_in_line(), invoicing_invoice_moves_along();
"""

LINES = f"""
CREATE FUNCTION invoicing_only_on_a_draft() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF (SELECT status FROM public.invoicing_invoice WHERE id = NEW.invoice_id) IS DISTINCT FROM 'draft' THEN
        RAISE EXCEPTION 'an invoice that is issued takes no more lines' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_line_only_on_a_draft BEFORE INSERT ON invoicing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION invoicing_only_on_a_draft();

CREATE FUNCTION invoicing_lines_add_up() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    invoice public.invoicing_invoice;
    total_net numeric;
    total_vat numeric;
BEGIN
    IF TG_TABLE_NAME = 'invoicing_invoice' THEN
        invoice := NEW;
    ELSE
        SELECT * INTO invoice FROM public.invoicing_invoice WHERE id = NEW.invoice_id;
    END IF;
    SELECT sum(net), sum(vat) INTO total_net, total_vat
        FROM public.invoicing_invoiceline WHERE invoice_id = invoice.id;
    IF (total_net, total_vat) IS DISTINCT FROM (invoice.net, invoice.vat) THEN
        RAISE EXCEPTION 'the lines come to % and % of VAT, the invoice to % and %',
            total_net, total_vat, invoice.net, invoice.vat {REFUSED};
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER invoice_lines_add_up AFTER INSERT ON invoicing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_lines_add_up();
CREATE CONSTRAINT TRIGGER invoice_line_adds_up AFTER INSERT ON invoicing_invoiceline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_lines_add_up();

CREATE FUNCTION invoicing_credit_corrects() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    credit public.invoicing_invoice;
    corrected public.invoicing_invoice;
BEGIN
    SELECT * INTO credit FROM public.invoicing_invoice WHERE id = NEW.from_invoice_id;
    SELECT * INTO corrected FROM public.invoicing_invoice WHERE id = NEW.to_invoice_id;
    IF (credit.kind, credit.status, corrected.kind, corrected.contract_id)
        IS DISTINCT FROM ('credit_note', 'draft', 'invoice', credit.contract_id)
    THEN
        RAISE EXCEPTION 'the draft of a credit note names invoices of its own contract' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_corrects BEFORE INSERT ON invoicing_invoice_corrects
    FOR EACH ROW EXECUTE FUNCTION invoicing_credit_corrects();
REVOKE ALL ON FUNCTION invoicing_only_on_a_draft(), invoicing_lines_add_up(), invoicing_credit_corrects() FROM PUBLIC;
"""
NO_LINES = """
DROP TRIGGER credit_corrects ON invoicing_invoice_corrects;
DROP TRIGGER invoice_line_adds_up ON invoicing_invoiceline;
DROP TRIGGER invoice_lines_add_up ON invoicing_invoice;
DROP TRIGGER invoice_line_only_on_a_draft ON invoicing_invoiceline;
DROP FUNCTION invoicing_credit_corrects(), invoicing_lines_add_up(), invoicing_only_on_a_draft();
"""

PAYING = f"""
CREATE FUNCTION invoicing_allocation_fits() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    payment public.invoicing_payment;
    invoice public.invoicing_invoice;
BEGIN
    SELECT * INTO payment FROM public.invoicing_payment WHERE id = NEW.payment_id;
    SELECT * INTO invoice FROM public.invoicing_invoice WHERE id = NEW.invoice_id;
    IF (payment.contract_id, CASE payment.kind WHEN 'payment' THEN 'invoice' ELSE 'credit_note' END)
        IS DISTINCT FROM (invoice.contract_id, invoice.kind) OR invoice.approved_by_id IS NULL
    THEN
        RAISE EXCEPTION 'a payment settles approved invoices of its contract, a repayment credit notes' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_allocation_fits BEFORE INSERT ON invoicing_paymentallocation
    FOR EACH ROW EXECUTE FUNCTION invoicing_allocation_fits();

CREATE FUNCTION invoicing_set_off_fits() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    credit public.invoicing_invoice;
    invoice public.invoicing_invoice;
BEGIN
    SELECT * INTO credit FROM public.invoicing_invoice WHERE id = NEW.credit_note_id;
    SELECT * INTO invoice FROM public.invoicing_invoice WHERE id = NEW.invoice_id;
    IF (credit.contract_id, invoice.contract_id, credit.kind, invoice.kind)
        IS DISTINCT FROM (NEW.contract_id, NEW.contract_id, 'credit_note', 'invoice')
        OR credit.approved_by_id IS NULL OR invoice.approved_by_id IS NULL
    THEN
        RAISE EXCEPTION 'an approved credit note is set off against an approved invoice of its contract' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER set_off_fits BEFORE INSERT ON invoicing_setoff
    FOR EACH ROW EXECUTE FUNCTION invoicing_set_off_fits();

CREATE FUNCTION invoicing_payment_allocated() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    payment public.invoicing_payment;
    original public.invoicing_payment;
    allocated numeric;
BEGIN
    IF TG_TABLE_NAME = 'invoicing_payment' THEN
        payment := NEW;
    ELSE
        SELECT * INTO payment FROM public.invoicing_payment WHERE id = NEW.payment_id;
    END IF;
    SELECT coalesce(sum(amount), 0) INTO allocated
        FROM public.invoicing_paymentallocation WHERE payment_id = payment.id;
    IF allocated IS DISTINCT FROM payment.amount THEN
        RAISE EXCEPTION 'a payment of % is allocated whole, not %', payment.amount, allocated {REFUSED};
    END IF;
    IF payment.reverses_id IS NOT NULL THEN
        SELECT * INTO original FROM public.invoicing_payment WHERE id = payment.reverses_id;
        IF (original.contract_id, original.kind, original.amount)
            IS DISTINCT FROM (payment.contract_id, payment.kind, payment.amount)
            OR original.reverses_id IS NOT NULL
            OR EXISTS (
                SELECT invoice_id, amount FROM public.invoicing_paymentallocation WHERE payment_id = original.id
                EXCEPT
                SELECT invoice_id, amount FROM public.invoicing_paymentallocation WHERE payment_id = payment.id
            )
        THEN
            RAISE EXCEPTION 'a reversal carries what the payment carried that it reverses' {REFUSED};
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_allocated AFTER INSERT ON invoicing_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_payment_allocated();
CREATE CONSTRAINT TRIGGER payment_allocation_adds_up AFTER INSERT ON invoicing_paymentallocation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_payment_allocated();
REVOKE ALL ON FUNCTION invoicing_allocation_fits(), invoicing_set_off_fits(), invoicing_payment_allocated()
    FROM PUBLIC;
"""
NO_PAYING = """
DROP TRIGGER payment_allocation_adds_up ON invoicing_paymentallocation;
DROP TRIGGER payment_allocated ON invoicing_payment;
DROP TRIGGER set_off_fits ON invoicing_setoff;
DROP TRIGGER payment_allocation_fits ON invoicing_paymentallocation;
DROP FUNCTION invoicing_payment_allocated(), invoicing_set_off_fits(), invoicing_allocation_fits();
"""

SETTLING = f"""
CREATE FUNCTION invoicing_settled(settling bigint) RETURNS numeric LANGUAGE sql STABLE {SAFELY}
    RETURN (
        SELECT coalesce(sum(CASE WHEN payment.reverses_id IS NULL THEN allocation.amount ELSE -allocation.amount END), 0)
        FROM public.invoicing_paymentallocation allocation
        JOIN public.invoicing_payment payment ON payment.id = allocation.payment_id
        WHERE allocation.invoice_id = settling
    ) + (
        SELECT coalesce(sum(amount), 0) FROM public.invoicing_setoff
        WHERE invoice_id = settling OR credit_note_id = settling
    );

CREATE FUNCTION invoicing_require_settled(settling bigint, found_by text, found_in text)
    RETURNS void LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    invoice public.invoicing_invoice;
    settled numeric := public.invoicing_settled(settling);
BEGIN
    SELECT * INTO invoice FROM public.invoicing_invoice WHERE id = settling;
    IF invoice.settled <> settled THEN
        RAISE EXCEPTION 'the invoice says % is settled, payments and set-offs come to %', invoice.settled, settled
            USING ERRCODE = 'restrict_violation', TABLE = found_in, CONSTRAINT = found_by;
    END IF;
    IF (invoice.status = 'paid') <> (settled = invoice.gross)
        OR (invoice.status = 'part_paid') <> (settled > 0 AND settled < invoice.gross)
    THEN
        RAISE EXCEPTION 'with % settled of %, an invoice is not %', settled, invoice.gross, invoice.status
            USING ERRCODE = 'restrict_violation', TABLE = found_in, CONSTRAINT = found_by;
    END IF;
END $$;

CREATE FUNCTION invoicing_settled_holds() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF TG_TABLE_NAME = 'invoicing_invoice' THEN
        PERFORM public.invoicing_require_settled(NEW.id, TG_NAME, TG_TABLE_NAME);
    ELSE
        PERFORM public.invoicing_require_settled(NEW.invoice_id, TG_NAME, TG_TABLE_NAME);
    END IF;
    IF TG_TABLE_NAME = 'invoicing_setoff' THEN
        PERFORM public.invoicing_require_settled(NEW.credit_note_id, TG_NAME, TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER invoice_settled_holds AFTER UPDATE ON invoicing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_settled_holds();
CREATE CONSTRAINT TRIGGER payment_allocation_settles AFTER INSERT ON invoicing_paymentallocation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_settled_holds();
CREATE CONSTRAINT TRIGGER set_off_settles AFTER INSERT ON invoicing_setoff
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_settled_holds();
REVOKE ALL ON FUNCTION invoicing_settled(bigint), invoicing_require_settled(bigint, text, text),
    invoicing_settled_holds() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invoicing_settled(bigint), invoicing_require_settled(bigint, text, text) TO pbr_application;
"""
NO_SETTLING = """
DROP TRIGGER set_off_settles ON invoicing_setoff;
DROP TRIGGER payment_allocation_settles ON invoicing_paymentallocation;
DROP TRIGGER invoice_settled_holds ON invoicing_invoice;
DROP FUNCTION invoicing_settled_holds(), invoicing_require_settled(bigint, text, text), invoicing_settled(bigint);
"""

PARKED = f"""
CREATE FUNCTION invoicing_parked_released_once() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.released_at IS NOT NULL THEN
            RAISE EXCEPTION 'a statement is parked before it is released' {REFUSED};
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.released_at IS NULL THEN
        OLD.released_at := NEW.released_at;
        OLD.released_by_id := NEW.released_by_id;
        OLD.reason := NEW.reason;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a parked statement is released once, and not changed' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parked_released_once BEFORE INSERT OR UPDATE ON invoicing_parkedstatement
    FOR EACH ROW EXECUTE FUNCTION invoicing_parked_released_once();
REVOKE ALL ON FUNCTION invoicing_parked_released_once() FROM PUBLIC;
"""
NO_PARKED = """
DROP TRIGGER parked_released_once ON invoicing_parkedstatement;
DROP FUNCTION invoicing_parked_released_once();
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0003_books_balance")]

    operations = [
        migrations.RunSQL(BEGINNING, NO_BEGINNING),
        migrations.RunSQL(MOVING, NO_MOVING),
        migrations.RunSQL(LINES, NO_LINES),
        migrations.RunSQL(PAYING, NO_PAYING),
        migrations.RunSQL(SETTLING, NO_SETTLING),
        migrations.RunSQL(PARKED, NO_PARKED),
    ]
