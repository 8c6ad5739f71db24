"""What an erasure leaves in the activity log of finance codes and savings plans: both are kept, and so is who set them."""

from django.db import migrations

ERASE = "retention_erase(bigint, integer, bigint)"
BEFORE = "('year_end.accrued', NULL::text[])"
MORE = f"{BEFORE}, ('finance_codes.recorded', NULL::text[]), ('savings_plan.recorded', ARRAY['year', 'total']::text[])"


def changed(old, new):
    """The function with one text in the place of another, which has to be there; owner and privileges stay."""
    return f"""
DO $do$
DECLARE
    said text := pg_get_functiondef('public.{ERASE}'::regprocedure);
BEGIN
    IF position($old${old}$old$ IN said) = 0 THEN
        RAISE EXCEPTION 'retention_erase is not as it was made';
    END IF;
    EXECUTE replace(said, $old${old}$old$, $new${new}$new$);
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0014_finance_codes"), ("savings", "0005_savings_plans")]

    operations = [migrations.RunSQL(changed(BEFORE, MORE), changed(MORE, BEFORE))]
