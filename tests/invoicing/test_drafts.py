"""What is drafted from a closed statement: the right document, once, and nothing while it is out of its bounds."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connections

from cohort.core.facts import Expense, Retraction
from cohort.services import stream_of
from invoicing.models import Invoice, JournalEntry, ParkedStatement
from invoicing.queries.checks import check_everything, waiting_for_a_person
from invoicing.queries.invoices import parked_statements
from invoicing.services import invoices
from invoicing.services.drafts import NotParked
from invoicing.services.ground import ReasonMissing
from invoicing.services.terms import record_invoicing_terms
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotFound, NotPermitted
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import Job
from pbr_ledger.periods import Month
from savings import services as savings
from savings.models import ClosedStatement
from savings.services import Parties
from tests.invoicing.settling import World, amounts, at, pounds
from tests.savings import ledger


def entries(world: World) -> list[str]:
    """The keys of the journal's entries, in their order."""
    return list(JournalEntry.objects.filter(contract=world.contract).order_by("number").values_list("key", flat=True))


# Invoice, credit note, nothing


def test_a_months_statement_makes_a_draft_invoice(world: World) -> None:
    draft = world.draft("2026-02")

    assert draft is not None
    assert (draft.kind, draft.status, draft.number, draft.settled) == ("invoice", "draft", None, pounds("0.00"))
    assert (draft.net, draft.vat, draft.gross) == (pounds("15200.00"), pounds("0.00"), pounds("15200.00"))
    assert amounts(draft) == {"fixed_fee": pounds("15200.00")}
    assert draft.proposed_by == world.parties.officer
    assert draft.drafted_at == ledger.instant("2026-06-07 09:00").replace(microsecond=1)
    event = AuditEvent.objects.filter(stream=stream_of(world.contract)).latest("sequence")
    assert (event.action, event.actor_name) == ("invoice.drafted", "The system")


def test_a_negative_total_makes_a_credit_note_that_names_the_invoices_of_the_months_that_lost(world: World) -> None:
    _, march, april, credit = world.drafts()

    assert (credit.kind, credit.net, credit.gross) == ("credit_note", pounds("33600.00"), pounds("33600.00"))
    assert amounts(credit) == {"prior_periods": pounds("33600.00")}
    assert set(credit.corrects.all()) == {march, april}


def test_expenses_that_come_back_are_credited_to_the_invoice_that_charged_them(parties: Parties) -> None:
    """December charges nothing, January 30,000.00 in error; in February that outweighs the fee and the mileage."""
    contract = ledger.small_contract(parties)
    expense = Expense("E09", date(2026, 1, 20), "other", 3_000_000, "Recorded in error")
    ledger.record(contract, expense, by=parties.officer, at="2026-01-30 09:00")
    january = close(contract, parties, Month(2026, 1), "2026-02-05")
    charged = invoices.draft_from_statement(statement=january, clock=at("2026-02-06 09:00"))
    ledger.record(contract, Retraction("expense", "E09"), by=parties.officer, at="2026-02-10 09:00")
    february = close(contract, parties, Month(2026, 2), "2026-03-05")

    credit = invoices.draft_from_statement(statement=february, clock=at("2026-03-06 09:00"))

    assert credit is not None
    assert (credit.kind, credit.gross) == ("credit_note", pounds("4897.00"))
    assert amounts(credit) == {"fixed_fee": pounds("-24860.00"), "expenses": pounds("29757.00")}
    assert list(credit.corrects.all()) == [charged]


def test_drafting_again_gives_the_same_draft_and_adds_nothing(world: World) -> None:
    first = world.draft("2026-02")
    before = ledger.row_counts()

    assert world.draft("2026-02", "2026-06-08 09:00") == first
    assert ledger.row_counts() == before


def test_the_job_of_a_closing_drafts_once(transactional_db: None) -> None:
    world = World.of(ledger.scenario("mid-month-move"))
    job = Job.objects.get(kind="draft-invoice")

    done = jobs.run(job_id=job.pk)

    assert done is not None
    assert (done.state, done.error) == ("done", "")
    assert Invoice.objects.get().statement == ClosedStatement.objects.get(contract=world.contract)
    assert jobs.run(job_id=job.pk) is None


def test_a_month_that_charges_nothing_has_no_invoice(parties: Parties) -> None:
    contract = ledger.small_contract(parties)
    closed = close(contract, parties, Month(2025, 12), "2026-01-25")

    assert invoices.draft_from_statement(statement=closed, clock=at("2026-01-26 09:00")) is None
    assert Invoice.objects.count() == 0


def test_lines_that_cancel_are_reclassified_in_the_books_and_make_no_invoice(parties: Parties) -> None:
    """February's fee, 28 nights at 6,215.00 / 7, is 24,860.00; 243.00 of mileage comes, 25,103.00 goes back."""
    contract = ledger.small_contract(parties)
    expense = Expense("E09", date(2026, 1, 20), "other", 2_510_300, "Recorded in error")
    ledger.record(contract, expense, by=parties.officer, at="2026-01-30 09:00")
    january = close(contract, parties, Month(2026, 1), "2026-02-05")
    ledger.record(contract, Retraction("expense", "E09"), by=parties.officer, at="2026-02-10 09:00")
    february = close(contract, parties, Month(2026, 2), "2026-03-05")

    first = invoices.draft_from_statement(statement=january, clock=at("2026-03-06 09:00"))
    assert first is not None
    assert amounts(first)["expenses"] == pounds("25103.00")
    assert invoices.draft_from_statement(statement=february, clock=at("2026-03-06 10:00")) is None
    assert invoices.draft_from_statement(statement=february, clock=at("2026-03-06 11:00")) is None

    entry = JournalEntry.objects.get(kind="reclassification")
    legs = {leg.account.code: (leg.side, leg.amount) for leg in entry.postings.select_related("account")}
    assert legs == {"5100": ("debit", pounds("24860.00")), "5130": ("credit", pounds("24860.00"))}
    assert entry.effective_on == date(2026, 2, 28)
    assert list(check_everything(contract)) == []


def close(contract, parties: Parties, month: Month, day: str) -> ClosedStatement:
    """The month, proposed, agreed and closed on the day."""
    clock = at(f"{day} 10:00")
    proposal = savings.propose(contract=contract, month=month, by=parties.officer, clock=clock)
    for by in (parties.provider_staff, parties.second_officer):
        savings.agree(proposal=proposal, by=by, clock=clock)
    return savings.close(
        proposal=proposal, by=parties.accountant, clock=clock, skipping_because="Nobody was placed before."
    )


# VAT


def test_vat_follows_the_terms_recorded_before_the_draft(world: World) -> None:
    february = world.draft("2026-02")
    record_invoicing_terms(
        contract=world.contract,
        vat_treatments={"fixed_fee": "standard"},
        by=world.parties.accountant,
        clock=at("2026-06-07 10:00"),
    )
    march = world.draft("2026-03", "2026-06-07 11:00")

    assert february is not None
    assert march is not None
    assert (february.net, february.vat, february.gross) == (pounds("15200.00"), pounds("0.00"), pounds("15200.00"))
    assert (march.net, march.vat, march.gross) == (pounds("24800.00"), pounds("4960.00"), pounds("29760.00"))
    line = march.lines.get()
    assert (line.vat_treatment, line.vat_rate, line.vat) == ("standard", Decimal("0.2000"), pounds("4960.00"))

    approved = world.approve(world.issue(march))
    entry = JournalEntry.objects.get(contract=world.contract, key=f"invoice {approved.number}")
    legs = {leg.account.code: (leg.side, leg.amount) for leg in entry.postings.select_related("account")}
    assert legs == {
        "5100": ("debit", pounds("24800.00")),
        "5190": ("debit", pounds("4960.00")),
        "2100": ("credit", pounds("29760.00")),
    }


# Out of bounds


@pytest.fixture
def parked(transactional_db: None) -> tuple[World, ParkedStatement]:
    """A statement whose stored figures the owner of the database changed behind the ledger's back, and so is parked."""
    world = World.of(ledger.scenario("mid-month-move"))
    statement = ClosedStatement.objects.get(contract=world.contract)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE savings_closedstatement DISABLE TRIGGER closedstatement_never_changed")
        cursor.execute(
            'UPDATE savings_closedstatement SET document = replace(document, \'"as_known_on":"\', \'"as_known_on":"0\')'
        )
        cursor.execute("ALTER TABLE savings_closedstatement ENABLE TRIGGER closedstatement_never_changed")
    statement.refresh_from_db()
    assert invoices.draft_from_statement(statement=statement, clock=DATABASE_CLOCK) is None
    return world, ParkedStatement.objects.get()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_statement_unlike_its_facts_is_parked_and_stays_so(parked: tuple[World, ParkedStatement]) -> None:
    world, row = parked

    assert row.findings == "Worked out again, the statement does not come to what was closed."
    assert list(parked_statements(world.contract)) == [row]
    assert [finding.place for finding in waiting_for_a_person(world.contract)] == [str(row.statement)]
    assert invoices.draft_from_statement(statement=row.statement, clock=DATABASE_CLOCK) is None
    assert Invoice.objects.count() == 0


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_another_lead_accountant_releases_it_with_a_reason(parked: tuple[World, ParkedStatement]) -> None:
    world, row = parked
    deputy = ledger.person(world.parties.council, "Dora Deputy", "lead_accountant")
    outsider = ledger.person(ledger.organisation("Elsewhere Council", "council"), "Ola Other", "lead_accountant")

    def release(by, reason: str = "The day is a slip of the pen; the figures stand.") -> Invoice | None:
        return invoices.release_parked(parked=row, reason=reason, by=by, clock=DATABASE_CLOCK)

    for by in (world.parties.accountant, world.parties.officer, world.parties.provider_staff):
        with pytest.raises(NotPermitted, match="other than the one who closed it"):
            release(by)
    with pytest.raises(NotFound):
        release(outsider)
    with pytest.raises(ReasonMissing):
        release(deputy, " ")
    assert Invoice.objects.count() == 0

    invoice = release(deputy)
    assert invoice is not None
    assert invoice.status == "draft"
    assert list(parked_statements(world.contract)) == []
    with pytest.raises(NotParked):
        release(deputy)
    assert invoices.draft_from_statement(statement=row.statement, clock=DATABASE_CLOCK) == invoice
