"""Facts are never overwritten: by trigger, and by what the application's role may do. The paying agent sees nothing.

Beyond that, what a CHECK cannot say: a live version has the rates it was recorded with, reaching back far enough; a
schedule adds up to the two fees; facts refer within their own contract; nothing is recorded behind the contract's last
stamp, so what was known at an earlier instant stays as it was.
"""

from django.db import migrations

IDENTITIES = ["child", "placement", "claim", "household", "extracost", "expense"]
RATES = [("childversion", "baselinerate", "joined"), ("placementversion", "placementrate", "start")]
REFERENCES = [
    ("placementversion", "placement", "child", "child_id"),
    ("placementversion", "placement", "household", "household_id"),
    ("claimversion", "claim", "placement", "placement_id"),
    ("extracostversion", "extracost", "child", "child_id"),
]

VERSION_TABLES = [f"cohort_{name}version" for name in IDENTITIES]
ADDED_ONLY = [
    *(f"cohort_{name}" for name in IDENTITIES),
    "cohort_baselinerate",
    "cohort_placementrate",
    "cohort_termsversion",
    "cohort_schedulerow",
    "cohort_carerfeerefund",
]
KEPT_TABLES = ["cohort_contract", *VERSION_TABLES, *ADDED_ONLY]

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"


def never(table):
    """Refuse DELETE and TRUNCATE, whoever asks."""
    short = table.removeprefix("cohort_")
    return f"""
CREATE TRIGGER {short}_never_deleted BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {short}_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def not_never(table):
    short = table.removeprefix("cohort_")
    return f"""
DROP TRIGGER {short}_never_deleted ON {table};
DROP TRIGGER {short}_never_truncated ON {table};
"""


def never_changed(table):
    short = table.removeprefix("cohort_")
    return f"""
CREATE TRIGGER {short}_never_changed BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def not_never_changed(table):
    return f"DROP TRIGGER {table.removeprefix('cohort_')}_never_changed ON {table};\n"


# The stamp of a contract moves on only, and everything recorded is stamped behind it.

STAMPS = f"""
CREATE FUNCTION cohort_stamp_moves_on() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF NEW.last_stamped_at IS DISTINCT FROM OLD.last_stamped_at
        AND (NEW.last_stamped_at IS NULL OR NEW.last_stamped_at < OLD.last_stamped_at)
    THEN
        RAISE EXCEPTION 'the last stamp of a contract only moves on' {REFUSED};
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION cohort_stamp_of(contract bigint) RETURNS timestamptz LANGUAGE sql STABLE {SAFELY}
    RETURN (SELECT last_stamped_at FROM public.cohort_contract WHERE id = contract);

CREATE FUNCTION cohort_terms_stamped() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF NEW.recorded_at <= public.cohort_stamp_of(NEW.contract_id) THEN
        RAISE EXCEPTION 'terms cannot be recorded behind the last stamp of their contract' {REFUSED};
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION cohort_terms_stamp_kept() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF public.cohort_stamp_of(NEW.contract_id) IS NULL
        OR NEW.recorded_at > public.cohort_stamp_of(NEW.contract_id)
    THEN
        RAISE EXCEPTION 'the contract does not keep the stamp of these terms' {REFUSED};
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER contract_stamp_moves_on BEFORE UPDATE ON cohort_contract
    FOR EACH ROW EXECUTE FUNCTION cohort_stamp_moves_on();
CREATE TRIGGER termsversion_stamped BEFORE INSERT ON cohort_termsversion
    FOR EACH ROW EXECUTE FUNCTION cohort_terms_stamped();
CREATE CONSTRAINT TRIGGER termsversion_stamp_kept AFTER INSERT ON cohort_termsversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cohort_terms_stamp_kept();
REVOKE ALL ON FUNCTION cohort_stamp_moves_on(), cohort_terms_stamped(), cohort_terms_stamp_kept(),
    cohort_stamp_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cohort_stamp_of(bigint) TO pbr_application;
"""
NO_STAMPS = """
DROP TRIGGER contract_stamp_moves_on ON cohort_contract;
DROP TRIGGER termsversion_stamped ON cohort_termsversion;
DROP TRIGGER termsversion_stamp_kept ON cohort_termsversion;
DROP FUNCTION cohort_stamp_moves_on(), cohort_terms_stamped(), cohort_terms_stamp_kept(), cohort_stamp_of(bigint);
"""


# A version is closed once; the rest of it stays.


def version_kept(name):
    return f"""
CREATE FUNCTION cohort_{name}version_kept() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    stamp timestamptz;
BEGIN
    SELECT public.cohort_stamp_of(contract_id) INTO stamp FROM public.cohort_{name} WHERE id = NEW.fact_id;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.superseded_at IS NULL AND NEW.superseded_at > stamp THEN
            OLD.superseded_at := NEW.superseded_at;
        END IF;
        IF NEW IS DISTINCT FROM OLD THEN
            RAISE EXCEPTION 'a version is closed once, behind the last stamp, and not changed' {REFUSED};
        END IF;
    ELSIF NEW.recorded_at <= stamp OR NEW.superseded_at <= stamp THEN
        RAISE EXCEPTION 'a fact cannot be recorded behind the last stamp of its contract' {REFUSED};
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION cohort_{name}version_stamp_kept() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    stamp timestamptz;
BEGIN
    SELECT public.cohort_stamp_of(contract_id) INTO stamp FROM public.cohort_{name} WHERE id = NEW.fact_id;
    IF stamp IS NULL OR NEW.recorded_at > stamp OR NEW.superseded_at > stamp THEN
        RAISE EXCEPTION 'the contract does not keep the stamp of this fact' {REFUSED};
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER {name}version_kept BEFORE INSERT OR UPDATE ON cohort_{name}version
    FOR EACH ROW EXECUTE FUNCTION cohort_{name}version_kept();
CREATE CONSTRAINT TRIGGER {name}version_stamp_kept AFTER INSERT OR UPDATE ON cohort_{name}version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cohort_{name}version_stamp_kept();
REVOKE ALL ON FUNCTION cohort_{name}version_kept(), cohort_{name}version_stamp_kept() FROM PUBLIC;
"""


def not_version_kept(name):
    return f"""
DROP TRIGGER {name}version_kept ON cohort_{name}version;
DROP TRIGGER {name}version_stamp_kept ON cohort_{name}version;
DROP FUNCTION cohort_{name}version_kept(), cohort_{name}version_stamp_kept();
"""


# The rates of a version are those it was recorded with.


def rates_complete(version, rate, needed_from):
    return f"""
CREATE FUNCTION cohort_{rate}s_complete() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    version_key bigint;
    wanted integer;
    wanted_from date;
    found integer;
    found_from date;
BEGIN
    IF TG_TABLE_NAME = 'cohort_{version}' THEN
        version_key := NEW.id;
    ELSE
        version_key := NEW.version_id;
    END IF;
    SELECT coalesce(rate_count, 0), {needed_from} INTO wanted, wanted_from
        FROM public.cohort_{version} WHERE id = version_key;
    SELECT count(*), min(start) INTO found, found_from FROM public.cohort_{rate} WHERE version_id = version_key;
    IF found <> wanted THEN
        RAISE EXCEPTION 'a version keeps the % rates it was recorded with, not %', wanted, found {REFUSED};
    END IF;
    IF found_from > wanted_from THEN
        RAISE EXCEPTION 'the rates begin on %, but are needed from %', found_from, wanted_from {REFUSED};
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER {version}_rates_complete AFTER INSERT ON cohort_{version}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cohort_{rate}s_complete();
CREATE CONSTRAINT TRIGGER {rate}_rates_complete AFTER INSERT ON cohort_{rate}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cohort_{rate}s_complete();
REVOKE ALL ON FUNCTION cohort_{rate}s_complete() FROM PUBLIC;
"""


def not_rates_complete(version, rate, needed_from):
    return f"""
DROP TRIGGER {version}_rates_complete ON cohort_{version};
DROP TRIGGER {rate}_rates_complete ON cohort_{rate};
DROP FUNCTION cohort_{rate}s_complete();
"""


TERMS_COMPLETE = f"""
CREATE FUNCTION cohort_terms_complete() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    terms public.cohort_termsversion;
    row_count integer;
    row_total numeric;
BEGIN
    IF TG_TABLE_NAME = 'cohort_termsversion' THEN
        terms := NEW;
    ELSE
        SELECT * INTO terms FROM public.cohort_termsversion WHERE id = NEW.version_id;
    END IF;
    SELECT count(*), coalesce(sum(amount), 0) INTO row_count, row_total
        FROM public.cohort_schedulerow WHERE version_id = terms.id;
    IF row_count <> coalesce(terms.schedule_row_count, 0) THEN
        RAISE EXCEPTION 'terms keep the % schedule rows they were recorded with, not %',
            coalesce(terms.schedule_row_count, 0), row_count {REFUSED};
    END IF;
    IF terms.schedule_row_count IS NOT NULL AND row_total <> terms.phase2_fee + terms.phase3_fee THEN
        RAISE EXCEPTION 'the schedule adds up to %, not to the two fees', row_total {REFUSED};
    END IF;
    IF terms.refund_count <> (SELECT count(*) FROM public.cohort_carerfeerefund WHERE version_id = terms.id) THEN
        RAISE EXCEPTION 'terms keep the % refunds they were recorded with', terms.refund_count {REFUSED};
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER termsversion_complete AFTER INSERT ON cohort_termsversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cohort_terms_complete();
CREATE CONSTRAINT TRIGGER schedulerow_complete AFTER INSERT ON cohort_schedulerow
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cohort_terms_complete();
CREATE CONSTRAINT TRIGGER carerfeerefund_complete AFTER INSERT ON cohort_carerfeerefund
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cohort_terms_complete();
REVOKE ALL ON FUNCTION cohort_terms_complete() FROM PUBLIC;
"""
NOT_TERMS_COMPLETE = """
DROP TRIGGER termsversion_complete ON cohort_termsversion;
DROP TRIGGER schedulerow_complete ON cohort_schedulerow;
DROP TRIGGER carerfeerefund_complete ON cohort_carerfeerefund;
DROP FUNCTION cohort_terms_complete();
"""


# Facts refer within their own contract.


def same_contract(version, identity, other, column):
    return f"""
CREATE FUNCTION cohort_{version}_{other}_same_contract() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF (SELECT contract_id FROM public.cohort_{identity} WHERE id = NEW.fact_id)
        <> (SELECT contract_id FROM public.cohort_{other} WHERE id = NEW.{column})
    THEN
        RAISE EXCEPTION 'a fact refers only to facts of its own contract' {REFUSED};
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER {version}_{other}_same_contract BEFORE INSERT ON cohort_{version}
    FOR EACH ROW EXECUTE FUNCTION cohort_{version}_{other}_same_contract();
REVOKE ALL ON FUNCTION cohort_{version}_{other}_same_contract() FROM PUBLIC;
"""


def not_same_contract(version, identity, other, column):
    return f"""
DROP TRIGGER {version}_{other}_same_contract ON cohort_{version};
DROP FUNCTION cohort_{version}_{other}_same_contract();
"""


PRIVILEGES = f"""
REVOKE ALL ON TABLE {', '.join(KEPT_TABLES)} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE {', '.join(KEPT_TABLES)} TO pbr_application;
GRANT UPDATE (last_stamped_at) ON TABLE cohort_contract TO pbr_application;
""" + "".join(f"GRANT UPDATE (superseded_at) ON TABLE {table} TO pbr_application;\n" for table in VERSION_TABLES)
NO_PRIVILEGES = f"REVOKE ALL ON TABLE {', '.join(KEPT_TABLES)} FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("cohort", "0001_initial"), ("accounts", "0002_privileges")]

    operations = [
        migrations.RunSQL(STAMPS, NO_STAMPS),
        *(migrations.RunSQL(never(table), not_never(table)) for table in KEPT_TABLES),
        *(migrations.RunSQL(never_changed(table), not_never_changed(table)) for table in ADDED_ONLY),
        *(migrations.RunSQL(version_kept(name), not_version_kept(name)) for name in IDENTITIES),
        *(migrations.RunSQL(rates_complete(*rate), not_rates_complete(*rate)) for rate in RATES),
        migrations.RunSQL(TERMS_COMPLETE, NOT_TERMS_COMPLETE),
        *(migrations.RunSQL(same_contract(*link), not_same_contract(*link)) for link in REFERENCES),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
