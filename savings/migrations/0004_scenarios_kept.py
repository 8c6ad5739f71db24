"""Kept scenarios stay: by trigger, and by what the application's role may do. The paying agent sees nothing.

A scenario is one of the contract's parties', and every version of it is by one of their people; versions are numbered
without gaps, and none follows the one that closes it.
"""

from django.db import migrations

SAFELY = "SET search_path = pg_catalog, public, pg_temp"
REFUSED = "USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME"

KEPT = ["keptscenario", "scenarioversion"]
TABLES = ", ".join(f"savings_{name}" for name in KEPT)


def kept(name):
    """Refuse UPDATE, DELETE and TRUNCATE, whoever asks."""
    return f"""
CREATE TRIGGER {name}_never_changed BEFORE UPDATE ON savings_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {name}_never_deleted BEFORE DELETE ON savings_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {name}_never_truncated BEFORE TRUNCATE ON savings_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def not_kept(name):
    return "".join(f"DROP TRIGGER {name}_never_{done} ON savings_{name};\n" for done in ("changed", "deleted", "truncated"))


OF_A_PARTY = f"""
CREATE FUNCTION savings_keptscenario_of_a_party() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.cohort_contract contract, public.accounts_person person
        WHERE contract.id = NEW.contract_id AND NEW.organisation_id IN (contract.council_id, contract.provider_id)
            AND person.id = NEW.made_by_id AND person.organisation_id = NEW.organisation_id
    ) THEN
        RAISE EXCEPTION 'a scenario is made by a party of the contract, through one of its people' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keptscenario_of_a_party BEFORE INSERT ON savings_keptscenario
    FOR EACH ROW EXECUTE FUNCTION savings_keptscenario_of_a_party();
REVOKE ALL ON FUNCTION savings_keptscenario_of_a_party() FROM PUBLIC;
"""
NOT_OF_A_PARTY = """
DROP TRIGGER keptscenario_of_a_party ON savings_keptscenario;
DROP FUNCTION savings_keptscenario_of_a_party();
"""

FOLLOWS = f"""
CREATE FUNCTION savings_scenarioversion_follows() RETURNS trigger LANGUAGE plpgsql {SAFELY} AS $$
DECLARE
    before public.savings_scenarioversion;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.savings_keptscenario kept JOIN public.accounts_person person
            ON person.organisation_id = kept.organisation_id
        WHERE kept.id = NEW.scenario_id AND person.id = NEW.recorded_by_id
    ) THEN
        RAISE EXCEPTION 'a scenario is changed by people of its own organisation' {REFUSED};
    END IF;
    SELECT * INTO before FROM public.savings_scenarioversion
        WHERE scenario_id = NEW.scenario_id ORDER BY number DESC LIMIT 1;
    IF before.closed THEN
        RAISE EXCEPTION 'a scenario that is closed has no further version' {REFUSED};
    END IF;
    IF NEW.number > coalesce(before.number, 0) + 1 THEN
        RAISE EXCEPTION 'versions are numbered without gaps' {REFUSED};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scenarioversion_follows BEFORE INSERT ON savings_scenarioversion
    FOR EACH ROW EXECUTE FUNCTION savings_scenarioversion_follows();
REVOKE ALL ON FUNCTION savings_scenarioversion_follows() FROM PUBLIC;
"""
NOT_FOLLOWS = """
DROP TRIGGER scenarioversion_follows ON savings_scenarioversion;
DROP FUNCTION savings_scenarioversion_follows();
"""

PRIVILEGES = f"""
REVOKE ALL ON TABLE {TABLES} FROM PUBLIC, pbr_application, pbr_agent;
GRANT SELECT, INSERT ON TABLE {TABLES} TO pbr_application;
"""
NO_PRIVILEGES = f"REVOKE ALL ON TABLE {TABLES} FROM pbr_application;"


class Migration(migrations.Migration):
    dependencies = [("savings", "0003_scenarios"), ("cohort", "0002_append_only"), ("accounts", "0002_privileges")]

    operations = [
        *(migrations.RunSQL(kept(name), not_kept(name)) for name in KEPT),
        migrations.RunSQL(OF_A_PARTY, NOT_OF_A_PARTY),
        migrations.RunSQL(FOLLOWS, NOT_FOLLOWS),
        migrations.RunSQL(PRIVILEGES, NO_PRIVILEGES),
    ]
