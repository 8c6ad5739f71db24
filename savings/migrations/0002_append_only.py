"""Statements bind: by trigger, and by what the application's role may do. The paying agent sees nothing.

An agreement is to its proposal's own figures, by a person of its side; a proposal only moves along its lifecycle; a
month closes once, in rising order, on figures that both sides agreed (or that the provider let stand unanswered); what
is closed, and every report, stays as it is.
"""

from django.db import migrations

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

ADDED_ONLY = ["savings_agreement", "savings_closedstatement", "savings_statementreport"]
KEPT_TABLES = ["savings_proposal", "savings_dispute", *ADDED_ONLY]

STEPS = [
    ("proposed", "part_agreed"),
    ("proposed", "disputed"),
    ("proposed", "lapsed"),
    ("proposed", "replaced"),
    ("part_agreed", "agreed"),
    ("part_agreed", "disputed"),
    ("part_agreed", "lapsed"),
    ("part_agreed", "replaced"),
    ("part_agreed", "closed"),
    ("agreed", "disputed"),
    ("agreed", "lapsed"),
    ("agreed", "replaced"),
    ("agreed", "closed"),
]


def never(table):
    """Refuse DELETE and TRUNCATE, whoever asks."""
    short = table.removeprefix("savings_")
    return f"""
CREATE TRIGGER {short}_never_deleted BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {short}_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def not_never(table):
    short = table.removeprefix("savings_")
    return f"DROP TRIGGER {short}_never_deleted ON {table};\nDROP TRIGGER {short}_never_truncated ON {table};\n"


def never_changed(table):
    short = table.removeprefix("savings_")
    return (
        f"CREATE TRIGGER {short}_never_changed BEFORE UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    )


def not_never_changed(table):
    return f"DROP TRIGGER {table.removeprefix('savings_')}_never_changed ON {table};"


PROPOSAL_BEGINS = f"""
CREATE FUNCTION savings_proposal_begins() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF NEW.status <> 'proposed' THEN
        RAISE EXCEPTION 'a proposal begins as proposed, not as %', NEW.status {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_begins BEFORE INSERT ON savings_proposal
    FOR EACH ROW EXECUTE FUNCTION savings_proposal_begins();
REVOKE ALL ON FUNCTION savings_proposal_begins() FROM PUBLIC;
"""
NO_PROPOSAL_BEGINS = """
DROP TRIGGER proposal_begins ON savings_proposal;
DROP FUNCTION savings_proposal_begins();
"""

PROPOSAL_MOVES = f"""
CREATE FUNCTION savings_proposal_moves_along() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    moved text := NEW.status;
BEGIN
    IF (OLD.status, moved) NOT IN ({', '.join(f"('{before}', '{after}')" for before, after in STEPS)}) THEN
        RAISE EXCEPTION 'a % proposal does not become %', OLD.status, moved {REFUSED};
    END IF;
    NEW.status := OLD.status;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'of a proposal only the status changes' {REFUSED};
    END IF;
    IF moved = 'closed'
        AND NOT EXISTS (SELECT FROM public.savings_closedstatement WHERE proposal_id = OLD.id)
    THEN
        RAISE EXCEPTION 'a proposal is closed by its statement' {REFUSED};
    END IF;
    NEW.status := moved;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_moves_along BEFORE UPDATE ON savings_proposal
    FOR EACH ROW EXECUTE FUNCTION savings_proposal_moves_along();
REVOKE ALL ON FUNCTION savings_proposal_moves_along() FROM PUBLIC;
"""
NO_PROPOSAL_MOVES = """
DROP TRIGGER proposal_moves_along ON savings_proposal;
DROP FUNCTION savings_proposal_moves_along();
"""

AGREEMENT_BINDS = f"""
CREATE FUNCTION savings_agreement_binds() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    proposal public.savings_proposal;
    own_side text;
BEGIN
    SELECT * INTO proposal FROM public.savings_proposal WHERE id = NEW.proposal_id;
    SELECT CASE person.organisation_id
        WHEN contract.council_id THEN 'council' WHEN contract.provider_id THEN 'provider' END
        INTO own_side
        FROM public.accounts_person person, public.cohort_contract contract
        WHERE person.id = NEW.agreed_by_id AND contract.id = proposal.contract_id;
    IF NEW.digest <> proposal.digest OR NEW.proposed_by_id <> proposal.proposed_by_id THEN
        RAISE EXCEPTION 'an agreement is to its proposal, by its own digest and proposer' {REFUSED};
    END IF;
    IF NEW.side IS DISTINCT FROM own_side THEN
        RAISE EXCEPTION 'a person agrees for their own side only' {REFUSED};
    END IF;
    IF proposal.status NOT IN ('proposed', 'part_agreed') THEN
        RAISE EXCEPTION 'a % proposal takes no agreement', proposal.status {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_binds BEFORE INSERT ON savings_agreement
    FOR EACH ROW EXECUTE FUNCTION savings_agreement_binds();
REVOKE ALL ON FUNCTION savings_agreement_binds() FROM PUBLIC;
"""
NO_AGREEMENT_BINDS = """
DROP TRIGGER agreement_binds ON savings_agreement;
DROP FUNCTION savings_agreement_binds();
"""

DISPUTE_WITHDRAWN_ONCE = f"""
CREATE FUNCTION savings_dispute_withdrawn_once() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF OLD.withdrawn_at IS NULL THEN
        OLD.withdrawn_at := NEW.withdrawn_at;
        OLD.withdrawn_by_id := NEW.withdrawn_by_id;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a dispute is withdrawn once, and not changed' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispute_withdrawn_once BEFORE UPDATE ON savings_dispute
    FOR EACH ROW EXECUTE FUNCTION savings_dispute_withdrawn_once();
REVOKE ALL ON FUNCTION savings_dispute_withdrawn_once() FROM PUBLIC;
"""
NO_DISPUTE_WITHDRAWN_ONCE = """
DROP TRIGGER dispute_withdrawn_once ON savings_dispute;
DROP FUNCTION savings_dispute_withdrawn_once();
"""

CLOSING_BINDS = f"""
CREATE FUNCTION savings_closing_binds() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    proposal public.savings_proposal;
    contract public.cohort_contract;
    sides text[];
BEGIN
    SELECT * INTO proposal FROM public.savings_proposal WHERE id = NEW.proposal_id;
    SELECT * INTO contract FROM public.cohort_contract WHERE id = NEW.contract_id;
    IF (proposal.contract_id, proposal.month_start, proposal.digest)
        IS DISTINCT FROM (NEW.contract_id, NEW.month_start, NEW.digest)
    THEN
        RAISE EXCEPTION 'a statement is closed on its own proposal and its digest' {REFUSED};
    END IF;
    IF proposal.status NOT IN ('part_agreed', 'agreed') THEN
        RAISE EXCEPTION 'a % proposal cannot be closed', proposal.status {REFUSED};
    END IF;
    IF EXISTS (SELECT FROM public.savings_closedstatement other
        WHERE other.contract_id = NEW.contract_id AND other.month_start >= NEW.month_start)
    THEN
        RAISE EXCEPTION 'months close once, in rising order' {REFUSED};
    END IF;
    IF NEW.known_at > contract.last_stamped_at OR contract.last_stamped_at IS NULL THEN
        RAISE EXCEPTION 'the contract does not keep the cut-off of this statement' {REFUSED};
    END IF;
    SELECT array_agg(side ORDER BY side) INTO sides FROM public.savings_agreement
        WHERE proposal_id = NEW.proposal_id AND digest = NEW.digest;
    IF NOT (sides = ARRAY['council', 'provider']
        OR sides = ARRAY['council'] AND NEW.unanswered_because <> '') IS TRUE
    THEN
        RAISE EXCEPTION 'a statement is closed on figures that both sides agreed' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closing_binds BEFORE INSERT ON savings_closedstatement
    FOR EACH ROW EXECUTE FUNCTION savings_closing_binds();
REVOKE ALL ON FUNCTION savings_closing_binds() FROM PUBLIC;
"""
NO_CLOSING_BINDS = """
DROP TRIGGER closing_binds ON savings_closedstatement;
DROP FUNCTION savings_closing_binds();
"""

REPORT_HASH = """
ALTER TABLE savings_statementreport ADD CONSTRAINT statement_report_hash_is_of_its_content
    CHECK (sha256 = encode(sha256(content), 'hex'));
"""
NO_REPORT_HASH = "ALTER TABLE savings_statementreport DROP CONSTRAINT statement_report_hash_is_of_its_content;"

PRIVILEGES = f"""
REVOKE ALL ON TABLE {', '.join(KEPT_TABLES)} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE {', '.join(KEPT_TABLES)} TO pbr_application;
GRANT UPDATE (status) ON TABLE savings_proposal TO pbr_application;
GRANT UPDATE (withdrawn_at, withdrawn_by_id) ON TABLE savings_dispute TO pbr_application;
"""
NO_PRIVILEGES = f"REVOKE ALL ON TABLE {', '.join(KEPT_TABLES)} FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("savings", "0001_initial"), ("cohort", "0002_append_only")]

    operations = [
        *(migrations.RunSQL(never(table), not_never(table)) for table in KEPT_TABLES),
        *(migrations.RunSQL(never_changed(table), not_never_changed(table)) for table in ADDED_ONLY),
        migrations.RunSQL(PROPOSAL_BEGINS, NO_PROPOSAL_BEGINS),
        migrations.RunSQL(PROPOSAL_MOVES, NO_PROPOSAL_MOVES),
        migrations.RunSQL(AGREEMENT_BINDS, NO_AGREEMENT_BINDS),
        migrations.RunSQL(DISPUTE_WITHDRAWN_ONCE, NO_DISPUTE_WITHDRAWN_ONCE),
        migrations.RunSQL(CLOSING_BINDS, NO_CLOSING_BINDS),
        migrations.RunSQL(REPORT_HASH, NO_REPORT_HASH),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
