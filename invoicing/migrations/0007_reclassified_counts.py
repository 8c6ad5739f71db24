"""Charges that cancel within one statement count in the running columns too.

Nothing is invoiced of them and no invoice is approved, but the fixed fee that they hold counts towards its cap, and
what they come to without VAT towards the maximum contract value.
"""

from django.db import migrations

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

# Such an entry moves between expense accounts alone: all of them but VAT are net, 5100 is the fixed fee.
MOVED = """
    SELECT approved + coalesce(sum(debited) FILTER (WHERE code <> '5190'), 0),
            fixed_fee + coalesce(sum(debited) FILTER (WHERE code = '5100'), 0) INTO approved, fixed_fee
        FROM (
            SELECT account.code, CASE posting.side WHEN 'debit' THEN posting.amount ELSE -posting.amount END AS debited
            FROM public.invoicing_journalentry entry
            JOIN public.invoicing_posting posting ON posting.entry_id = entry.id
            JOIN public.invoicing_account account ON account.id = posting.account_id
            WHERE entry.contract_id = NEW.contract_id AND entry.kind = 'reclassification'
        ) moved;
"""


def balance_holds(moved: str) -> str:
    """The function that compares the running columns with the rows, with or without what was moved."""
    return f"""
CREATE OR REPLACE FUNCTION invoicing_balance_holds() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    kept public.invoicing_contractbalance;
    entries integer;
    invoices integer;
    approved numeric;
    fixed_fee numeric;
BEGIN
    SELECT * INTO kept FROM public.invoicing_contractbalance WHERE contract_id = NEW.contract_id;
    SELECT coalesce(max(number), 0) INTO entries
        FROM public.invoicing_journalentry WHERE contract_id = NEW.contract_id;
    SELECT coalesce(max(number), 0) INTO invoices FROM public.invoicing_invoice WHERE contract_id = NEW.contract_id;
    SELECT coalesce(sum(CASE kind WHEN 'invoice' THEN net ELSE -net END), 0) INTO approved
        FROM public.invoicing_invoice WHERE contract_id = NEW.contract_id AND approved_by_id IS NOT NULL;
    SELECT coalesce(sum(CASE invoice.kind WHEN 'invoice' THEN line.net ELSE -line.net END), 0) INTO fixed_fee
        FROM public.invoicing_invoiceline line JOIN public.invoicing_invoice invoice ON invoice.id = line.invoice_id
        WHERE invoice.contract_id = NEW.contract_id AND invoice.approved_by_id IS NOT NULL
            AND line.charge IN ('fixed_fee', 'prior_periods');
{moved}
    IF (kept.last_entry_number, kept.last_invoice_number, kept.approved, kept.fixed_fee_approved)
        IS DISTINCT FROM (entries, invoices, approved, fixed_fee)
    THEN
        RAISE EXCEPTION 'the running columns say % entries, % invoices, % approved and % of fixed fee, the rows %, %, % and %',
            kept.last_entry_number, kept.last_invoice_number, kept.approved, kept.fixed_fee_approved,
            entries, invoices, approved, fixed_fee {REFUSED};
    END IF;
    RETURN NULL;
END $$;
"""


COUNT_ALL = """
UPDATE invoicing_contractbalance balance SET approved = approved {sign} net, fixed_fee_approved = fixed_fee_approved {sign} fee,
    maximum = greatest(maximum, approved {sign} net), fixed_fee_cap = greatest(fixed_fee_cap, fixed_fee_approved {sign} fee)
FROM (
    SELECT contract_id, coalesce(sum(debited) FILTER (WHERE code <> '5190'), 0) AS net,
        coalesce(sum(debited) FILTER (WHERE code = '5100'), 0) AS fee
    FROM (
        SELECT entry.contract_id, account.code,
            CASE posting.side WHEN 'debit' THEN posting.amount ELSE -posting.amount END AS debited
        FROM invoicing_journalentry entry JOIN invoicing_posting posting ON posting.entry_id = entry.id
        JOIN invoicing_account account ON account.id = posting.account_id WHERE entry.kind = 'reclassification'
    ) legs GROUP BY contract_id
) moved WHERE moved.contract_id = balance.contract_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0006_documents_bind")]

    operations = [
        migrations.RunSQL(
            balance_holds(MOVED) + COUNT_ALL.format(sign="+"), balance_holds("") + COUNT_ALL.format(sign="-")
        ),
    ]
