"""Facts are never overwritten: triggers that stop even the owner, and privileges that stop the application before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from cohort import services
from cohort.core.facts import Retraction
from cohort.models import (
    BaselineProposal,
    CarerFeeRefund,
    ChildVersion,
    Contract,
    PendingImport,
    PlacementVersion,
    ScheduleRow,
    TermsVersion,
)
from cohort.services import keep_stamp
from pbr_ledger.clock import StatedClock
from tests.cohort import beside, breaking, sample
from tests.cohort.breaking import STAMP, VERSIONS, Ground
from tests.cohort.conftest import Record
from tests.cohort.sample import Parties
from tests.refusals import execute, forbidden, refused_by

IDENTITIES = ["child", "placement", "claim", "household", "extracost", "expense"]
RATES = ["baselinerate", "placementrate"]
LISTS = ["schedulerow", "carerfeerefund"]
BESIDE = ["claimnote", "evidence", "evidencewithdrawal", "baselineagreement"]
ADDED_ONLY = [*IDENTITIES, *RATES, *LISTS, "termsversion", *BESIDE]
KEPT = ["contract", "baselineproposal", *(f"{kind}version" for kind in IDENTITIES), *ADDED_ONLY]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ground(contract: Contract, parties: Parties, record: Record) -> Ground:
    """A contract with facts of every kind, and terms with a schedule and refunds."""
    record(*sample.MOVE)
    clock = StatedClock([datetime(2026, 5, 1, tzinfo=UTC)])
    services.record_terms(contract=contract, terms=sample.TERMS_WITH_ROWS, by=parties.lead_accountant, clock=clock)
    return breaking.ground_of(contract, parties)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken, and then undone: a row alone would be refused at the end of the transaction."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check(name: str) -> None:
    """Check now what this trigger checks at the end of the transaction."""
    execute(f"SET CONSTRAINTS {name} IMMEDIATE")


def triggers_of_cohort() -> set[str]:
    """The names of all triggers on this app's tables, but those of foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND starts_with(relname, 'cohort_')"
        )
        return {name for (name,) in cursor.fetchall()}


def test_every_trigger_is_tried_below(db: None) -> None:
    assert triggers_of_cohort() == {
        *(f"{table}_never_deleted" for table in KEPT),
        *(f"{table}_never_truncated" for table in KEPT),
        *(f"{table}_never_changed" for table in ADDED_ONLY),
        *(f"{kind}version_kept" for kind in IDENTITIES),
        *(f"{kind}version_stamp_kept" for kind in IDENTITIES),
        "childversion_rates_complete",
        "baselinerate_rates_complete",
        "placementversion_rates_complete",
        "placementrate_rates_complete",
        "contract_stamp_moves_on",
        "termsversion_stamped",
        "termsversion_stamp_kept",
        "termsversion_complete",
        "schedulerow_complete",
        "carerfeerefund_complete",
        "placementversion_child_same_contract",
        "placementversion_household_same_contract",
        "claimversion_placement_same_contract",
        "extracostversion_child_same_contract",
        "baselineproposal_kept",
        "baselineagreement_as_proposed",
        *("erasure_kept", "erasure_never_deleted", "erasure_never_truncated"),  # in tests/retention
    }


# The owner, who has every privilege


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_can_delete_truncate_or_change_no_row_of_a_fact(ground: Ground, subtests: pytest.Subtests) -> None:
    for table in KEPT:
        with subtests.test(f"DELETE {table}"), refused_by(f"{table}_never_deleted", "owner"):
            execute(f"DELETE FROM cohort_{table}", alias="owner")
        with subtests.test(f"TRUNCATE {table}"), refused_by(f"{table}_never_truncated", "owner"):
            execute(f"TRUNCATE cohort_{table} CASCADE", alias="owner")
    for table in ADDED_ONLY:
        with subtests.test(f"UPDATE {table}"), refused_by(f"{table}_never_changed", "owner"):
            execute(f"UPDATE cohort_{table} SET id = id", alias="owner")


ANOTHER_VALUE = {
    "BigAutoField": "{} + 1000",
    "ForeignKey": "coalesce({}, 0) + 1000",
    "DateTimeField": "{} + interval '1 second'",
    "BooleanField": "NOT {}",
    "DateField": "coalesce({}, DATE '2025-08-04') + 1",
    "CharField": "coalesce({}, '') || 'x'",
    "TextField": "{} || 'x'",
    "DecimalField": "{} + 1",
    "PositiveSmallIntegerField": "{} + 1",
}
"""For each type of column, what is surely not in it."""


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_can_change_no_column_of_a_version_not_even_when_closing_it(
    ground: Ground, subtests: pytest.Subtests
) -> None:
    for kind, model in VERSIONS.items():
        for field in model._meta.concrete_fields:
            if field.column == "superseded_at":
                continue
            column = f'"{field.column}"'
            another = ANOTHER_VALUE[field.get_internal_type()].format(column)
            for closing in ["", ", superseded_at = '2026-06-01'"]:
                changed = f"UPDATE {model._meta.db_table} SET {column} = {another}{closing}"
                with subtests.test(changed), refused_by(f"{kind}version_kept", "owner"):
                    execute(changed, alias="owner")


# A version is closed once, behind the last stamp


@pytest.mark.parametrize("kind", IDENTITIES)
def test_version_is_closed_once_and_never_opened_again(ground: Ground, record: Record, kind: str) -> None:
    versions = VERSIONS[kind].objects.filter(fact=ground.known(kind))
    for too_early in [datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)]:
        with refused_by(f"{kind}version_kept"):
            versions.update(superseded_at=too_early)
    with undone():
        assert versions.update(superseded_at=STAMP) == 1
        for another in [None, STAMP + MINUTE]:
            with refused_by(f"{kind}version_kept"):
                versions.update(superseded_at=another)


@pytest.mark.parametrize("kind", IDENTITIES)
def test_nothing_is_recorded_behind_the_last_stamp_of_its_contract(ground: Ground, kind: str) -> None:
    last = datetime(2026, 5, 1, tzinfo=UTC)
    for changes in [{"recorded_at": last}, {"recorded_at": datetime(2025, 1, 1, tzinfo=UTC), "superseded_at": last}]:
        with refused_by(f"{kind}version_kept"):
            breaking.version(kind, ground, **changes).save(force_insert=True)


@pytest.mark.parametrize("kind", IDENTITIES)
def test_contract_keeps_the_stamp_of_what_is_recorded(ground: Ground, kind: str) -> None:
    with refused_by(f"{kind}version_stamp_kept"):
        breaking.retraction(kind, ground).save(force_insert=True)
        check(f"{kind}version_stamp_kept")
    with refused_by(f"{kind}version_stamp_kept"):
        VERSIONS[kind].objects.filter(fact=ground.known(kind)).update(superseded_at=STAMP)
        check(f"{kind}version_stamp_kept")

    with undone():
        breaking.retraction(kind, ground).save(force_insert=True)
        stamp_contract(ground)
        check(f"{kind}version_stamp_kept")


def stamp_contract(ground: Ground, at: datetime = STAMP) -> None:
    """Move the contract's last stamp on."""
    ground.contract.last_stamped_at = at
    keep_stamp(ground.contract)


def test_last_stamp_of_a_contract_only_moves_on(ground: Ground) -> None:
    stamp_contract(ground)
    stamp_contract(ground)
    for earlier in [STAMP - timedelta(microseconds=1), None]:
        with refused_by("contract_stamp_moves_on"):
            Contract.objects.filter(pk=ground.contract.pk).update(last_stamped_at=earlier)


# Rates


@pytest.mark.parametrize("kind", ["child", "placement"])
def test_version_has_the_rates_it_was_recorded_with_from_its_start(ground: Ground, kind: str) -> None:
    name = f"{kind}version_rates_complete"
    with refused_by(name):
        breaking.version(kind, ground).save(force_insert=True)
        check(name)
    with refused_by(name):
        row = breaking.version(kind, ground)
        row.save(force_insert=True)
        breaking.rate(kind, ground, version=row, start=date(2025, 8, 5)).save(force_insert=True)
        check(name)

    with undone():
        row = breaking.version(kind, ground)
        row.save(force_insert=True)
        breaking.rate(kind, ground, version=row, start=date(2025, 8, 4)).save(force_insert=True)
        check(name)


@pytest.mark.parametrize(("kind", "rate"), [("child", "baselinerate"), ("placement", "placementrate")])
def test_no_rate_is_slipped_into_a_version_later_nor_into_a_retraction(ground: Ground, kind: str, rate: str) -> None:
    with refused_by(f"{rate}_rates_complete"):
        breaking.rate(kind, ground).save(force_insert=True)
        check(f"{rate}_rates_complete")
    with refused_by(f"{rate}_rates_complete"):
        row = breaking.retraction(kind, ground)
        row.save(force_insert=True)
        breaking.rate(kind, ground, version=row).save(force_insert=True)
        check(f"{rate}_rates_complete")


# Terms


def test_terms_are_stamped_in_order_and_their_stamp_is_kept(ground: Ground) -> None:
    with refused_by("termsversion_stamped"):
        breaking.terms(ground, recorded_at=datetime(2026, 5, 1, tzinfo=UTC)).save(force_insert=True)
    with refused_by("termsversion_stamp_kept"):
        breaking.terms(ground).save(force_insert=True)
        check("termsversion_stamp_kept")

    with undone():
        breaking.terms(ground).save(force_insert=True)
        stamp_contract(ground)
        check("termsversion_stamp_kept")


def test_terms_keep_the_lists_they_were_recorded_with(ground: Ground) -> None:
    recorded = TermsVersion.objects.get(contract=ground.contract, schedule_row_count=2)
    with refused_by("schedulerow_complete"):
        ScheduleRow.objects.create(version=recorded, position=2, month=date(2026, 1, 1), amount=Decimal(0))
        check("schedulerow_complete")
    with refused_by("carerfeerefund_complete"):
        CarerFeeRefund.objects.create(version=recorded, position=2, within_nights=1, share=Decimal(1))
        check("carerfeerefund_complete")
    for changes in [{"schedule_row_count": 1}, {"refund_count": 1}]:
        with refused_by("termsversion_complete"):
            breaking.terms(ground, **changes).save(force_insert=True)
            check("termsversion_complete")


def test_schedule_adds_up_to_the_two_fees(ground: Ground) -> None:
    fees = {"phase2_fee": Decimal("0.01"), "phase3_fee": Decimal("0.02"), "schedule_row_count": 1}
    with refused_by("termsversion_complete"):
        row = breaking.terms(ground, **fees)
        row.save(force_insert=True)
        breaking.schedule_row(ground, version=row, amount=Decimal("0.02")).save(force_insert=True)
        check("termsversion_complete")

    with undone():
        row = breaking.terms(ground, **fees)
        row.save(force_insert=True)
        breaking.schedule_row(ground, version=row, amount=Decimal("0.03")).save(force_insert=True)
        check("termsversion_complete")


# Baselines are decided once, by people of the sides that they name


def test_proposed_baseline_is_decided_once_and_its_content_stays(ground: Ground) -> None:
    decision = {
        "status": "agreed",
        "decided_side": "provider",
        "decided_by": ground.parties.provider_staff,
        "decided_at": STAMP,
    }
    open_one = BaselineProposal.objects.filter(child=ground.known("child"))
    with forbidden():
        open_one.update(reason="another")
    with undone():
        open_one.update(**decision)
        with refused_by("baselineproposal_kept"):
            open_one.update(status="declined")
    with refused_by("baselineproposal_kept"):
        open_one.update(**{**decision, "decided_by": ground.by})
    with refused_by("baselineproposal_kept"):
        open_one.update(status="open")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_changes_no_content_of_a_proposed_baseline_not_even_when_deciding_it(
    ground: Ground, subtests: pytest.Subtests
) -> None:
    provider = ground.parties.provider_staff.pk
    decision = f"status = 'agreed', decided_side = 'provider', decided_by_id = {provider}, decided_at = '2026-06-01'"
    for changed in [
        "rates = '[]'",
        "reason = 'another'",
        "proposed_at = '2026-05-21'",
        f"child_id = {ground.new['child'].pk}",
    ]:
        with subtests.test(changed), refused_by("baselineproposal_kept", "owner"):
            execute(f"UPDATE cohort_baselineproposal SET {decision}, {changed}", alias="owner")


def test_people_propose_and_agree_for_their_own_side_only(ground: Ground) -> None:
    provider = ground.parties.provider_staff
    with refused_by("baselineproposal_kept"):
        beside.proposal(ground, proposed_by=provider).save(force_insert=True)
    with refused_by("baselineproposal_kept"):
        beside.decided(ground, decided_by=ground.by).save(force_insert=True)
    with refused_by("baselineagreement_as_proposed"):
        beside.agreement(ground, agreed_by=ground.by).save(force_insert=True)


def test_agreed_baseline_is_the_one_that_was_proposed_and_agreed(ground: Ground) -> None:
    provider = ground.parties.provider_staff
    proposed = BaselineProposal.objects.get(child=ground.known("child"))
    agreed = beside.decided(ground)
    agreed.save()
    right = {"because": "proposed", "proposal": agreed}
    administrator = ground.parties.administrator
    colleague = sample.person(provider.organisation, "two@reconnect.example", "Two", "provider_staff", administrator)
    with undone():
        beside.agreement(ground, **right).save(force_insert=True)
    for changes in [
        {"proposal": proposed, "child": ground.known("child")},
        {"child": ground.known("child")},
        {"rates": beside.OTHER_RATES},
        {"agreed_side": "council", "agreed_by": ground.by},
        {"agreed_by": colleague},
    ]:
        with refused_by("baselineagreement_as_proposed"):
            beside.agreement(ground, **{**right, **changes}).save(force_insert=True)


# Facts refer within their own contract


@pytest.mark.parametrize(
    ("kind", "column", "other"),
    [
        ("placement", "child", "child"),
        ("placement", "household", "household"),
        ("claim", "placement", "placement"),
        ("extracost", "child", "child"),
    ],
)
def test_fact_refers_to_no_fact_of_another_contract(ground: Ground, kind: str, column: str, other: str) -> None:
    elsewhere = sample.contract_of(ground.parties, "another")
    foreign = breaking.IDENTITIES[other].objects.create(contract=elsewhere, reference="theirs")

    with refused_by(f"{kind}version_{column}_same_contract"):
        breaking.version(kind, ground, **{column: foreign}).save(force_insert=True)


# The application and the paying agent, by privilege


def tables(alias: str = "default") -> list[str]:
    """Every table of the product, and every view but those of the paying agent (tests/api/test_wall.py)."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm')"
            " AND NOT (relkind = 'v' AND starts_with(relname, 'agent_'))"
        )
        return sorted(name for (name,) in cursor.fetchall())


@pytest.mark.django_db
def test_application_owns_nothing_and_cannot_switch_the_triggers_off(subtests: pytest.Subtests) -> None:
    for table in tables():
        for statement in [
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
            f"DROP TABLE {table}",
            f"TRUNCATE {table}",
            f"CREATE TRIGGER mine BEFORE UPDATE ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ]:
            with subtests.test(statement), forbidden():
                execute(statement)
    for statement in [
        "SET session_replication_role = 'replica'",
        "SET ROLE pbr_owner",
        "DROP FUNCTION refuse_change() CASCADE",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE public.mine ()",
    ]:
        with subtests.test(statement), forbidden():
            execute(statement)


@pytest.mark.django_db
def test_application_may_only_add_to_what_is_known(subtests: pytest.Subtests) -> None:
    decision = {"status", "decided_side", "decided_by_id", "decided_at", "decision_reason"}
    particulars = {"last_stamped_at", "title", "decision_reference", "decision_on"}
    changeable = {"cohort_contract": particulars, "cohort_baselineproposal": decision} | {
        model._meta.db_table: {"superseded_at"} for model in VERSIONS.values()
    }
    for name in KEPT:
        table = f"cohort_{name}"
        with subtests.test(f"DELETE {table}"), forbidden():
            execute(f"DELETE FROM {table}")
        for column in columns_of(table) - changeable.get(table, set()):
            with subtests.test(f"UPDATE {table}.{column}"), forbidden():
                execute(f'UPDATE {table} SET "{column}" = "{column}"')


@pytest.mark.django_db
def test_application_adds_and_takes_away_what_is_pending_and_changes_nothing_of_it(
    ground: Ground, subtests: pytest.Subtests
) -> None:
    beside.pending_import(ground).save()
    for column in columns_of("cohort_pendingimport"):
        with subtests.test(column), forbidden():
            execute(f'UPDATE cohort_pendingimport SET "{column}" = "{column}"')
    execute("DELETE FROM cohort_pendingimport")
    assert not PendingImport.objects.exists()


def columns_of(table: str) -> set[str]:
    """The columns of a table."""
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


@pytest.mark.django_db(databases=["default", "agent"])
def test_paying_agent_may_do_nothing_with_any_table(subtests: pytest.Subtests) -> None:
    for table in tables("agent"):
        for statement in [f"SELECT FROM {table}", f"INSERT INTO {table} DEFAULT VALUES", f"DELETE FROM {table}"]:
            with subtests.test(statement), forbidden("agent"):
                execute(statement, alias="agent")
        with connections["agent"].cursor() as cursor:
            cursor.execute("SELECT has_any_column_privilege(%s, 'SELECT, INSERT, UPDATE, REFERENCES')", [table])
            assert cursor.fetchone() == (False,)


def test_temporary_table_of_the_same_name_does_not_mislead_the_triggers(ground: Ground) -> None:
    execute(
        "CREATE TEMPORARY TABLE cohort_childversion ON COMMIT DROP AS SELECT id, 2 AS rate_count, joined"
        " FROM public.cohort_childversion"
    )
    with refused_by("baselinerate_rates_complete"):
        execute(
            "INSERT INTO public.cohort_baselinerate (version_id, start, weekly, contribution)"
            " SELECT id, '2026-05-01', 0, 0 FROM public.cohort_childversion"
        )
        check("baselinerate_rates_complete")


# What the ORM can do through models is refused in the same way


def test_saving_or_deleting_a_recorded_row_through_its_model_is_refused(ground: Ground) -> None:
    version = ChildVersion.objects.get(fact=ground.known("child"))
    version.joined = date(2025, 8, 5)
    with forbidden():
        version.save()
    with forbidden():
        version.rates.all().delete()
    with forbidden():
        ground.known("child").save()


def test_services_pass_where_raw_rows_are_refused(ground: Ground, record: Record) -> None:
    stamps = record(
        replace(sample.CHILD, left=date(2026, 8, 1)),
        Retraction("claim", "C01-T0"),
        Retraction("placement", "C01-F0"),
        sample.FOSTERING,
        at=STAMP,
    )

    assert stamps[0] == STAMP
    assert PlacementVersion.objects.filter(fact=ground.known("placement")).count() == 3
