"""Every named constraint of the rows refuses what it is there to refuse, by the ORM and by raw SQL alike."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from cohort.models import Contract
from cohort.services import RefusedByDatabase, checked_at_once, keep_stamp
from tests.cohort import breaking, sample
from tests.cohort.breaking import Ground
from tests.cohort.conftest import Record
from tests.cohort.sample import Parties
from tests.refusals import cause_of

Insert = Callable[[models.Model], None]


def by_orm(row: models.Model) -> None:
    """Insert the row as Django would."""
    row.save(force_insert=True)


def by_sql(row: models.Model) -> None:
    """Insert the row by hand."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO {row._meta.db_table} ({columns}) VALUES ({places})", values)


def check_deferred() -> None:
    """Check now what is otherwise checked at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused_by(rows: list[models.Model], insert: Insert) -> str:
    """The name of the constraint that refuses the last of the rows."""
    with transaction.atomic():
        for row in rows[:-1]:
            insert(row)
        try:
            with transaction.atomic():
                insert(rows[-1])
                if is_deferred(rows[-1]):
                    check_deferred()
        except IntegrityError as error:
            transaction.set_rollback(True)
            return str(cause_of(error).diag.constraint_name)
        transaction.set_rollback(True)
    return "nothing"


def said(row: models.Model) -> str:
    """What is in the row, to tell the cases apart."""
    return ", ".join(f"{key}={value}" for key, value in vars(row).items() if key != "_state")


def is_deferred(row: models.Model) -> bool:
    """The row could break the one constraint that is checked at the end: the overlap of placements."""
    return isinstance(row, breaking.models.PlacementVersion)


@pytest.fixture
def ground(contract: Contract, parties: Parties, record: Record) -> Ground:
    """A contract with facts of every kind."""
    record(*sample.MOVE)
    return breaking.ground_of(contract, parties)


@pytest.mark.parametrize("insert", [by_orm, by_sql])
def test_every_wrong_row_is_refused_by_the_constraint_against_it(
    ground: Ground, insert: Insert, subtests: pytest.Subtests
) -> None:
    for constraint, rows in breaking.wrong_rows(ground):
        with subtests.test(f"{constraint}: {said(rows[-1])}"):
            assert refused_by(rows, insert) == constraint


@pytest.mark.parametrize("insert", [by_orm, by_sql])
def test_the_rows_from_which_the_wrong_ones_differ_are_taken(
    ground: Ground, insert: Insert, subtests: pytest.Subtests
) -> None:
    for row in breaking.right_rows(ground):
        with subtests.test(said(row)), transaction.atomic():
            insert(row)
            transaction.set_rollback(True)


def test_every_named_constraint_is_broken_by_some_row(ground: Ground) -> None:
    broken = {name for name, _ in breaking.wrong_rows(ground)}
    named = {
        constraint.name
        for model in apps.get_app_config("cohort").get_models()
        for constraint in model._meta.constraints
    }
    assert named == broken


def test_overlap_is_checked_at_the_end_so_that_a_move_can_be_recorded_in_either_order(ground: Ground) -> None:
    with transaction.atomic():
        by_orm(breaking.version("placement", ground, child=ground.known("child"), start=sample.FOSTERING.start))
        transaction.set_rollback(True)


def test_deferred_constraint_speaks_inside_the_service_even_within_a_larger_transaction(ground: Ground) -> None:
    with transaction.atomic():
        with pytest.raises(RefusedByDatabase) as refused:
            record_an_overlap(ground)
        assert refused.value.constraint == "placementversion_no_overlap"
        assert not breaking.models.PlacementVersion.objects.filter(fact=ground.new["placement"]).exists()


def record_an_overlap(ground: Ground) -> None:
    """Do all that a service does but ask the rules."""
    overlap = breaking.version("placement", ground, child=ground.known("child"), start=sample.FOSTERING.start)
    with checked_at_once():
        overlap.save(force_insert=True)
        breaking.rate("placement", ground, version=overlap, start=overlap.start).save(force_insert=True)
        ground.contract.last_stamped_at = breaking.STAMP
        keep_stamp(ground.contract)
