"""The books balance, whoever writes to them.

An entry has the legs that it states, and its debits equal its credits; it stands next in its contract's line, in an
open period, behind the contract's last stamp; what reverses it mirrors it, once. Periods close in order. The running
columns of a contract are what its rows come to, and its limits are those of its terms and variations.
"""

from django.db import migrations

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

PERIODS = f"""
CREATE FUNCTION invoicing_period_of(day date) RETURNS integer LANGUAGE sql IMMUTABLE {SAFELY}
    RETURN (extract(year FROM day - interval '3 months') * 12 + extract(month FROM day - interval '3 months'))::integer;

CREATE FUNCTION invoicing_last_closed_period(council bigint) RETURNS integer LANGUAGE sql STABLE {SAFELY}
    RETURN (SELECT max(financial_year * 12 + number) FROM public.invoicing_closedperiod WHERE council_id = council);

CREATE FUNCTION invoicing_closed_period_in_order() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    -- Whoever is posting for this council is done before, or waits and then sees the period closed.
    PERFORM pg_advisory_xact_lock(hashtext('invoicing_closedperiod'), NEW.council_id::integer);
    IF NEW.financial_year * 12 + NEW.number <> public.invoicing_last_closed_period(NEW.council_id) + 1 THEN
        RAISE EXCEPTION 'periods are closed one after the other' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_period_in_order BEFORE INSERT ON invoicing_closedperiod
    FOR EACH ROW EXECUTE FUNCTION invoicing_closed_period_in_order();

CREATE FUNCTION invoicing_entry_in_open_period() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    council bigint;
BEGIN
    SELECT council_id INTO council FROM public.cohort_contract WHERE id = NEW.contract_id;
    PERFORM pg_advisory_xact_lock_shared(hashtext('invoicing_closedperiod'), council::integer);
    IF public.invoicing_period_of(NEW.effective_on) <= public.invoicing_last_closed_period(council) THEN
        RAISE EXCEPTION 'nothing is posted to %: its period is closed', NEW.effective_on {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_entry_in_open_period BEFORE INSERT ON invoicing_journalentry
    FOR EACH ROW EXECUTE FUNCTION invoicing_entry_in_open_period();
REVOKE ALL ON FUNCTION invoicing_period_of(date), invoicing_last_closed_period(bigint),
    invoicing_closed_period_in_order(), invoicing_entry_in_open_period() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invoicing_period_of(date), invoicing_last_closed_period(bigint) TO pbr_application;
"""
NO_PERIODS = """
DROP TRIGGER journal_entry_in_open_period ON invoicing_journalentry;
DROP TRIGGER closed_period_in_order ON invoicing_closedperiod;
DROP FUNCTION invoicing_entry_in_open_period(), invoicing_closed_period_in_order(),
    invoicing_last_closed_period(bigint), invoicing_period_of(date);
"""

LINE = f"""
CREATE FUNCTION invoicing_entry_next_in_line() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    last integer;
BEGIN
    SELECT coalesce(max(number), 0) INTO last FROM public.invoicing_journalentry WHERE contract_id = NEW.contract_id;
    IF NEW.number <> last + 1 THEN
        RAISE EXCEPTION 'the next entry is number %, not %', last + 1, NEW.number {REFUSED};
    END IF;
    IF NEW.recorded_at < public.cohort_stamp_of(NEW.contract_id) THEN
        RAISE EXCEPTION 'an entry cannot be recorded behind the last stamp of its contract' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_entry_next_in_line BEFORE INSERT ON invoicing_journalentry
    FOR EACH ROW EXECUTE FUNCTION invoicing_entry_next_in_line();

CREATE FUNCTION invoicing_entry_stamp_kept() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF (NEW.recorded_at <= public.cohort_stamp_of(NEW.contract_id)) IS NOT TRUE THEN
        RAISE EXCEPTION 'the contract does not keep the stamp of this entry' {REFUSED};
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_entry_stamp_kept AFTER INSERT ON invoicing_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_entry_stamp_kept();
REVOKE ALL ON FUNCTION invoicing_entry_next_in_line(), invoicing_entry_stamp_kept() FROM PUBLIC;
"""
NO_LINE = """
DROP TRIGGER journal_entry_stamp_kept ON invoicing_journalentry;
DROP TRIGGER journal_entry_next_in_line ON invoicing_journalentry;
DROP FUNCTION invoicing_entry_stamp_kept(), invoicing_entry_next_in_line();
"""

LEGS = f"""
CREATE FUNCTION invoicing_entry_balances() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    entry public.invoicing_journalentry;
    legs integer;
    debits numeric;
    credits numeric;
    sorts integer;
BEGIN
    IF TG_TABLE_NAME = 'invoicing_journalentry' THEN
        entry := NEW;
    ELSE
        SELECT * INTO entry FROM public.invoicing_journalentry WHERE id = NEW.entry_id;
    END IF;
    SELECT count(*), coalesce(sum(amount) FILTER (WHERE side = 'debit'), 0),
            coalesce(sum(amount) FILTER (WHERE side = 'credit'), 0), count(DISTINCT account.kind = 'memorandum')
        INTO legs, debits, credits, sorts
        FROM public.invoicing_posting posting JOIN public.invoicing_account account ON account.id = posting.account_id
        WHERE entry_id = entry.id;
    IF (legs, debits, credits) IS DISTINCT FROM (entry.leg_count::integer, entry.total, entry.total) THEN
        RAISE EXCEPTION 'entry % states % legs of %, and has % of % and %', entry.number, entry.leg_count, entry.total,
            legs, debits, credits {REFUSED};
    END IF;
    IF sorts <> 1 THEN
        RAISE EXCEPTION 'memorandum accounts balance among themselves' {REFUSED};
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_entry_balances AFTER INSERT ON invoicing_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_entry_balances();
CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON invoicing_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_entry_balances();

CREATE FUNCTION invoicing_reversal_mirrors() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    original public.invoicing_journalentry;
BEGIN
    SELECT * INTO original FROM public.invoicing_journalentry WHERE id = NEW.reverses_id;
    IF original.contract_id <> NEW.contract_id OR original.reverses_id IS NOT NULL
        OR (original.leg_count, original.total) IS DISTINCT FROM (NEW.leg_count, NEW.total)
        OR EXISTS (
            SELECT account_id, CASE side WHEN 'debit' THEN 'credit' ELSE 'debit' END, amount
                FROM public.invoicing_posting WHERE entry_id = original.id
            EXCEPT ALL
            SELECT account_id, side, amount FROM public.invoicing_posting WHERE entry_id = NEW.id
        )
    THEN
        RAISE EXCEPTION 'a reversal mirrors the entry that it reverses, leg by leg' {REFUSED};
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_entry_reversal_mirrors AFTER INSERT ON invoicing_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION invoicing_reversal_mirrors();
REVOKE ALL ON FUNCTION invoicing_entry_balances(), invoicing_reversal_mirrors() FROM PUBLIC;
"""
NO_LEGS = """
DROP TRIGGER journal_entry_reversal_mirrors ON invoicing_journalentry;
DROP TRIGGER posting_balances ON invoicing_posting;
DROP TRIGGER journal_entry_balances ON invoicing_journalentry;
DROP FUNCTION invoicing_reversal_mirrors(), invoicing_entry_balances();
"""

# `approved` counts net: VAT is the council's to recover, and no part of the contract's value. The fixed fee of a prior
# period is fixed fee too.
BALANCE = f"""
CREATE FUNCTION invoicing_balance_grows() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF NEW.contract_id <> OLD.contract_id
        OR NEW.last_invoice_number < OLD.last_invoice_number OR NEW.last_entry_number < OLD.last_entry_number
    THEN
        RAISE EXCEPTION 'the numbers of a contract never go back' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER balance_grows BEFORE UPDATE ON invoicing_contractbalance
    FOR EACH ROW EXECUTE FUNCTION invoicing_balance_grows();

CREATE FUNCTION invoicing_balance_holds() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
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
    IF (kept.last_entry_number, kept.last_invoice_number, kept.approved, kept.fixed_fee_approved)
        IS DISTINCT FROM (entries, invoices, approved, fixed_fee)
    THEN
        RAISE EXCEPTION 'the running columns say % entries, % invoices, % approved and % of fixed fee, the rows %, %, % and %',
            kept.last_entry_number, kept.last_invoice_number, kept.approved, kept.fixed_fee_approved,
            entries, invoices, approved, fixed_fee {REFUSED};
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balance_holds AFTER INSERT OR UPDATE ON invoicing_contractbalance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_balance_holds();
CREATE CONSTRAINT TRIGGER journal_entry_counted AFTER INSERT ON invoicing_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_balance_holds();
CREATE CONSTRAINT TRIGGER invoice_counted AFTER UPDATE ON invoicing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_balance_holds();

CREATE FUNCTION invoicing_balance_within_terms() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    highest_cap numeric;
    highest_maximum numeric;
BEGIN
    SELECT max(phase2_fee + phase3_fee), max(maximum_value) INTO highest_cap, highest_maximum
        FROM public.cohort_termsversion WHERE contract_id = NEW.contract_id;
    SELECT greatest(highest_maximum, max(maximum_value)) INTO highest_maximum
        FROM public.invoicing_contractvariation WHERE contract_id = NEW.contract_id;
    IF (NEW.fixed_fee_cap <= highest_cap AND NEW.maximum <= highest_maximum) IS NOT TRUE THEN
        RAISE EXCEPTION 'a limit is above what any terms or variation of the contract say' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER balance_within_terms BEFORE INSERT OR UPDATE ON invoicing_contractbalance
    FOR EACH ROW EXECUTE FUNCTION invoicing_balance_within_terms();
REVOKE ALL ON FUNCTION invoicing_balance_grows(), invoicing_balance_holds(), invoicing_balance_within_terms()
    FROM PUBLIC;
"""
NO_BALANCE = """
DROP TRIGGER balance_within_terms ON invoicing_contractbalance;
DROP TRIGGER invoice_counted ON invoicing_invoice;
DROP TRIGGER journal_entry_counted ON invoicing_journalentry;
DROP TRIGGER balance_holds ON invoicing_contractbalance;
DROP TRIGGER balance_grows ON invoicing_contractbalance;
DROP FUNCTION invoicing_balance_within_terms(), invoicing_balance_holds(), invoicing_balance_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0002_append_only")]

    operations = [
        migrations.RunSQL(PERIODS, NO_PERIODS),
        migrations.RunSQL(LINE, NO_LINE),
        migrations.RunSQL(LEGS, NO_LEGS),
        migrations.RunSQL(BALANCE, NO_BALANCE),
    ]
