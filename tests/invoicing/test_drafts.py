"""What is drafted from a closed statement: the right document, once, and nothing while it is out of its bounds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connections

from cohort.core.facts import Expense, Retraction
from cohort.models import Contract
from cohort.services import record_terms, stream_of
from invoicing.models import ContractBalance, Invoice, JournalEntry, ParkedStatement
from invoicing.queries.checks import check_everything, waiting_for_a_person
from invoicing.queries.invoices import parked_statements
from invoicing.services import invoices
from invoicing.services.drafts import NotParked
from invoicing.services.ground import OverCap, ReasonMissing
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
from tests.cohort import sample
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
    assert legs_of(entry) == {"5100": ("debit", pounds("24860.00")), "5130": ("credit", pounds("24860.00"))}
    assert entry.effective_on == date(2026, 2, 28)
    assert counted(contract) == (pounds("0.00"), pounds("24860.00"))
    assert list(check_everything(contract)) == []


def test_charges_that_cancel_once_vat_is_added_count_without_it(parties: Parties) -> None:
    """A fee of 24,860.00 with 4,972.00 of VAT against 29,832.00 of exempt expenses: 4,972.00 less is approved."""
    contract = ledger.small_contract(parties)
    expense = Expense("E09", date(2026, 1, 20), "other", 3_007_500, "Recorded in error")
    ledger.record(contract, expense, by=parties.officer, at="2026-01-30 09:00")
    january = close(contract, parties, Month(2026, 1), "2026-02-05")
    ledger.record(contract, Retraction("expense", "E09"), by=parties.officer, at="2026-02-10 09:00")
    february = close(contract, parties, Month(2026, 2), "2026-03-05")
    assert invoices.draft_from_statement(statement=january, clock=at("2026-03-06 09:00")) is not None
    terms(contract, parties, "2026-03-06 10:00", fixed_fee="standard")

    assert invoices.draft_from_statement(statement=february, clock=at("2026-03-06 11:00")) is None

    entry = JournalEntry.objects.get(kind="reclassification")
    assert legs_of(entry) == {
        "5100": ("debit", pounds("24860.00")),
        "5190": ("debit", pounds("4972.00")),
        "5130": ("credit", pounds("29832.00")),
    }
    assert counted(contract) == (pounds("-4972.00"), pounds("24860.00"))
    assert list(check_everything(contract)) == []
    terms(contract, parties, "2026-03-07 10:00", fixed_fee="zero")
    assert list(check_everything(contract)) == []


def test_charges_that_cancel_wait_for_a_person_where_their_fee_would_pass_the_cap(parties: Parties) -> None:
    """Of a cap of 30,000.00, 11,542.14 is approved for January, and in February lost again by a credit note.

    By March all is earned after all: 30,000.00, with 10,000.00 for the carers, against expenses of 40,000.00 that come
    back. Only once the credit is approved is there room for it.
    """
    contract = ledger.small_contract(parties)
    phase3 = replace(sample.TERMS.phase3, fee_pence=2_000_000)
    phase2 = replace(sample.TERMS.phase2, fee_pence=1_000_000)
    small = replace(sample.TERMS, phase2=phase2, phase3=phase3, fixed_fee_limit="cap", expenses_wait_for_savings=False)
    record_terms(contract=contract, terms=small, by=parties.accountant, clock=at("2026-01-22 09:00"))
    ledger.record(contract, MILES, by=parties.officer, at="2026-01-30 09:00")
    january = close(contract, parties, Month(2026, 1), "2026-02-05")
    decide(contract, parties, "rejected", "2026-02-10 09:00")
    february = close(contract, parties, Month(2026, 2), "2026-03-05")
    decide(contract, parties, "agreed", "2026-03-10 09:00")
    ledger.record(contract, Retraction("expense", MILES.id), by=parties.officer, at="2026-03-11 09:00")
    march = close(contract, parties, Month(2026, 3), "2026-04-05")
    clock = at("2026-04-06 09:00")
    first, credit = (invoices.draft_from_statement(statement=closed, clock=clock) for closed in (january, february))
    assert first is not None
    assert credit is not None
    assert amounts(first)["fixed_fee"] == pounds("11542.14")
    assert amounts(credit)["prior_periods"] == pounds("11542.14")
    approve(contract, parties, first, "2026-04-07")

    assert invoices.draft_from_statement(statement=march, clock=at("2026-04-08 09:00")) is None

    assert counted(contract) == (first.net, pounds("11542.14"))
    row = ParkedStatement.objects.get()
    assert row.findings == (
        "With the charges of March 2026 that cancel counted, the fixed fee would come to £41,542.14, past its cap of "
        "£30,000.00."
    )
    deputy = ledger.person(parties.council, "Dora Deputy", "lead_accountant")
    why = "The credit of February is approved now."
    with pytest.raises(OverCap):
        invoices.release_parked(parked=row, reason=why, by=deputy, clock=at("2026-04-08 10:00"))
    row.refresh_from_db()
    assert row.released_at is None
    approve(contract, parties, credit, "2026-04-09")

    assert invoices.release_parked(parked=row, reason=why, by=deputy, clock=at("2026-04-10 10:00")) is None

    assert counted(contract) == (first.net - credit.net, pounds("30000.00"))
    assert JournalEntry.objects.filter(kind="reclassification").count() == 1
    assert invoices.draft_from_statement(statement=march, clock=at("2026-04-11 09:00")) is None
    assert list(check_everything(contract)) == []


MILES = Expense("E09", date(2026, 1, 20), "other", 4_000_000, "Recorded in error")


def decide(contract: Contract, parties: Parties, claim: str, when: str) -> None:
    """The council decides the contract's only claim anew."""
    ledger.record(contract, replace(sample.AGREED, status=claim), by=parties.officer, at=when)


def approve(contract: Contract, parties: Parties, draft: Invoice, day: str) -> Invoice:
    """The draft, issued and approved on the day."""
    issued = invoices.issue(invoice=draft, by=parties.provider_staff, clock=at(f"{day} 10:00"))
    return invoices.approve(invoice=issued, by=parties.second_officer, clock=at(f"{day} 11:00"))


def terms(contract: Contract, parties: Parties, when: str, **treatments: str) -> None:
    """Invoicing terms with these VAT treatments."""
    record_invoicing_terms(contract=contract, vat_treatments=treatments, by=parties.accountant, clock=at(when))


def legs_of(entry: JournalEntry) -> dict[str, tuple[str, Decimal]]:
    """Side and amount by account."""
    return {leg.account.code: (leg.side, leg.amount) for leg in entry.postings.select_related("account")}


def counted(contract: Contract) -> tuple[Decimal, Decimal]:
    """What the running columns hold as approved, and as fixed fee of it."""
    return ContractBalance.objects.values_list("approved", "fixed_fee_approved").get(pk=contract.pk)


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
