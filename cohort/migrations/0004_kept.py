"""Notes, evidence and agreed baselines stay: by trigger, and by what the application's role may do.

A proposed baseline is decided once, by people of the sides that it names; an agreed one says what was proposed. The paying agent sees nothing.
"""

from django.db import migrations

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

ADDED_ONLY = ["claimnote", "evidence", "evidencewithdrawal", "baselineagreement"]
KEPT = [*ADDED_ONLY, "baselineproposal"]
TABLES = ", ".join(f"cohort_{name}" for name in KEPT)
DECISION = "status, decided_side, decided_by_id, decided_at, decision_reason"


def never(name):
    """Refuse DELETE and TRUNCATE, whoever asks."""
    return f"""
CREATE TRIGGER {name}_never_deleted BEFORE DELETE ON cohort_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {name}_never_truncated BEFORE TRUNCATE ON cohort_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def not_never(name):
    return f"""
DROP TRIGGER {name}_never_deleted ON cohort_{name};
DROP TRIGGER {name}_never_truncated ON cohort_{name};
"""


def never_changed(name):
    return f"""
CREATE TRIGGER {name}_never_changed BEFORE UPDATE ON cohort_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def not_never_changed(name):
    return f"DROP TRIGGER {name}_never_changed ON cohort_{name};"


SIDES = f"""
CREATE FUNCTION cohort_stands_for(side varchar, person bigint, child bigint) RETURNS boolean LANGUAGE sql STABLE
    {SAFELY} RETURN EXISTS (
        SELECT FROM public.cohort_child each
        JOIN public.cohort_contract contract ON contract.id = each.contract_id
        JOIN public.accounts_person person ON person.organisation_id =
            CASE side WHEN 'council' THEN contract.council_id ELSE contract.provider_id END
        WHERE each.id = child AND person.id = cohort_stands_for.person
    );
REVOKE ALL ON FUNCTION cohort_stands_for(varchar, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cohort_stands_for(varchar, bigint, bigint) TO pbr_application;
"""
NO_SIDES = "DROP FUNCTION cohort_stands_for(varchar, bigint, bigint);"

PROPOSAL_KEPT = f"""
CREATE FUNCTION cohort_baselineproposal_kept() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF NOT public.cohort_stands_for(NEW.proposed_side, NEW.proposed_by_id, NEW.child_id) THEN
        RAISE EXCEPTION 'the person who proposes does not stand for the %', NEW.proposed_side {REFUSED};
    END IF;
    IF NEW.decided_by_id IS NOT NULL
        AND NOT public.cohort_stands_for(NEW.decided_side, NEW.decided_by_id, NEW.child_id)
    THEN
        RAISE EXCEPTION 'the person who decides does not stand for the %', NEW.decided_side {REFUSED};
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF OLD.status <> 'open' OR NEW.status = 'open' THEN
        RAISE EXCEPTION 'a proposed baseline is decided once' {REFUSED};
    END IF;
    OLD.status := NEW.status;
    OLD.decided_side := NEW.decided_side;
    OLD.decided_by_id := NEW.decided_by_id;
    OLD.decided_at := NEW.decided_at;
    OLD.decision_reason := NEW.decision_reason;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'what was proposed does not change' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER baselineproposal_kept BEFORE INSERT OR UPDATE ON cohort_baselineproposal
    FOR EACH ROW EXECUTE FUNCTION cohort_baselineproposal_kept();
REVOKE ALL ON FUNCTION cohort_baselineproposal_kept() FROM PUBLIC;
"""
NOT_PROPOSAL_KEPT = """
DROP TRIGGER baselineproposal_kept ON cohort_baselineproposal;
DROP FUNCTION cohort_baselineproposal_kept();
"""

AS_PROPOSED = f"""
CREATE FUNCTION cohort_baselineagreement_as_proposed() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF NOT public.cohort_stands_for(NEW.agreed_side, NEW.agreed_by_id, NEW.child_id) THEN
        RAISE EXCEPTION 'the person who agrees does not stand for the %', NEW.agreed_side {REFUSED};
    END IF;
    IF NEW.proposal_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.cohort_baselineproposal proposal
        WHERE proposal.id = NEW.proposal_id AND proposal.status = 'agreed' AND proposal.child_id = NEW.child_id
            AND proposal.rates = NEW.rates AND proposal.decided_by_id = NEW.agreed_by_id
            AND proposal.decided_side = NEW.agreed_side
    ) THEN
        RAISE EXCEPTION 'what is agreed is not what was proposed and agreed' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER baselineagreement_as_proposed BEFORE INSERT ON cohort_baselineagreement
    FOR EACH ROW EXECUTE FUNCTION cohort_baselineagreement_as_proposed();
REVOKE ALL ON FUNCTION cohort_baselineagreement_as_proposed() FROM PUBLIC;
"""
NOT_AS_PROPOSED = """
DROP TRIGGER baselineagreement_as_proposed ON cohort_baselineagreement;
DROP FUNCTION cohort_baselineagreement_as_proposed();
"""

PRIVILEGES = f"""
REVOKE ALL ON TABLE {TABLES} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE {TABLES} TO pbr_application;
GRANT UPDATE ({DECISION}) ON TABLE cohort_baselineproposal TO pbr_application;
"""
NO_PRIVILEGES = f"REVOKE ALL ON TABLE {TABLES} FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("cohort", "0003_claims_evidence_baselines"), ("accounts", "0002_privileges")]

    operations = [
        *(migrations.RunSQL(never(name), not_never(name)) for name in KEPT),
        *(migrations.RunSQL(never_changed(name), not_never_changed(name)) for name in ADDED_ONLY),
        migrations.RunSQL(SIDES, NO_SIDES),
        migrations.RunSQL(PROPOSAL_KEPT, NOT_PROPOSAL_KEPT),
        migrations.RunSQL(AS_PROPOSED, NOT_AS_PROPOSED),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
