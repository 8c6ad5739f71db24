"""A set-off recorded in error is reversed, once and as it was, by another row."""

import django.db.models.deletion
from django.db import migrations, models

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

MIRRORED = f"""
    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO original FROM public.invoicing_setoff WHERE id = NEW.reverses_id;
        IF original.reverses_id IS NOT NULL
            OR (original.contract_id, original.credit_note_id, original.invoice_id, original.amount)
            IS DISTINCT FROM (NEW.contract_id, NEW.credit_note_id, NEW.invoice_id, NEW.amount)
        THEN
            RAISE EXCEPTION 'a reversal carries what the set-off carried that it reverses' {REFUSED};
        END IF;
    END IF;
"""


def functions(mirrored: str, signed: str) -> str:
    """What a set-off has to fit, and what is settled, with reversals or without."""
    return f"""
CREATE OR REPLACE FUNCTION invoicing_set_off_fits() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    credit public.invoicing_invoice;
    invoice public.invoicing_invoice;
    original public.invoicing_setoff;
BEGIN
    SELECT * INTO credit FROM public.invoicing_invoice WHERE id = NEW.credit_note_id;
    SELECT * INTO invoice FROM public.invoicing_invoice WHERE id = NEW.invoice_id;
    IF (credit.contract_id, invoice.contract_id, credit.kind, invoice.kind)
        IS DISTINCT FROM (NEW.contract_id, NEW.contract_id, 'credit_note', 'invoice')
        OR credit.approved_by_id IS NULL OR invoice.approved_by_id IS NULL
    THEN
        RAISE EXCEPTION 'an approved credit note is set off against an approved invoice of its contract' {REFUSED};
    END IF;
{mirrored}
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION invoicing_settled(settling bigint) RETURNS numeric LANGUAGE sql STABLE {SAFELY}
    RETURN (
        SELECT coalesce(sum(CASE WHEN payment.reverses_id IS NULL THEN allocation.amount ELSE -allocation.amount END), 0)
        FROM public.invoicing_paymentallocation allocation
        JOIN public.invoicing_payment payment ON payment.id = allocation.payment_id
        WHERE allocation.invoice_id = settling
    ) + (
        SELECT coalesce(sum({signed}), 0) FROM public.invoicing_setoff
        WHERE invoice_id = settling OR credit_note_id = settling
    );
"""


SIGNED = "CASE WHEN reverses_id IS NULL THEN amount ELSE -amount END"


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0007_reclassified_counts")]

    operations = [
        migrations.AddField(
            model_name="setoff",
            name="reason",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="setoff",
            name="reverses",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversal",
                to="invoicing.setoff",
            ),
        ),
        migrations.AddConstraint(
            model_name="setoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("reverses", None), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="set_off_reversal_says_why",
            ),
        ),
        migrations.RunSQL(functions(MIRRORED, SIGNED), functions("", "amount")),
    ]
