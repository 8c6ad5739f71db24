"""Who may do what to invoices, payments and the terms of both, as small predicates."""

from cohort.models import Contract
from invoicing.models import Invoice
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import AGENT
from savings.models import ClosedStatement


def is_party(person: Person, contract: Contract) -> bool:
    """Whether the person's organisation is the council, the provider or the paying agent of the contract."""
    return person.organisation_id in (contract.council_id, contract.provider_id, contract.agent_id)


def may_issue(person: Person, contract: Contract) -> bool:
    """A person of the provider who may issue invoices."""
    return person.organisation_id == contract.provider_id and "issue_invoice" in permissions_now(person)


def may_approve(person: Person, invoice: Invoice) -> bool:
    """An officer of the council, other than whoever proposed the statement, and than whoever issued the invoice."""
    return person.pk not in (invoice.proposed_by_id, invoice.issued_by_id) and _of_council(
        person, invoice.contract, "approve_invoice"
    )


def may_hold(person: Person, contract: Contract) -> bool:
    """An officer of the council; who holds an invoice may also release it."""
    return _of_council(person, contract, "hold_invoice")


def may_record_payment(person: Person, contract: Contract) -> bool:
    """A person of the paying agent who records what was paid, set off and repaid."""
    return person.organisation_id == contract.agent_id and "record_payment" in permissions_now(person)


def may_record_variation(person: Person, contract: Contract) -> bool:
    """The council's Lead Accountant."""
    return _of_council(person, contract, "record_variation")


def may_record_invoicing_terms(person: Person, contract: Contract) -> bool:
    """The council's Lead Accountant."""
    return _of_council(person, contract, "record_invoicing_terms")


def may_record_finance_codes(person: Person, contract: Contract) -> bool:
    """The council's Lead Accountant."""
    return _of_council(person, contract, "record_invoicing_terms")


def may_release_parked(person: Person, statement: ClosedStatement) -> bool:
    """A Lead Accountant of the council, other than whoever closed the statement."""
    return person.pk != statement.closed_by_id and _of_council(person, statement.contract, "release_parked")


def may_act(person: Person, invoice: Invoice, action: str) -> bool:
    """Whether the person may do what the lifecycle calls by this word: a button is offered to nobody else."""
    match action:
        case "issue":
            return may_issue(person, invoice.contract)
        case "approve":
            return may_approve(person, invoice)
        case "hold" | "release":
            return may_hold(person, invoice.contract)
    return False


def pays_for(person: Person) -> bool:
    """A person of a paying agent who records payments: the payable invoices of the agent's contracts are theirs."""
    return person.organisation.kind == AGENT and "record_payment" in permissions_now(person)


def may_read_books(person: Person, contract: Contract) -> bool:
    """A person of the council whose role reads the books; nobody of the provider or the agent."""
    return _of_council(person, contract, "read_books")


def may_read_activity(person: Person, contract: Contract) -> bool:
    """A person of the council whose role reads the activity log."""
    return _of_council(person, contract, "read_activity")


def may_close_period(person: Person, council: Organisation) -> bool:
    """The council's Lead Accountant."""
    return person.organisation_id == council.pk and "close_statement" in permissions_now(person)


def may_accrue(person: Person, contract: Contract) -> bool:
    """The council's Lead Accountant."""
    return _of_council(person, contract, "close_statement")


def _of_council(person: Person, contract: Contract, permission: str) -> bool:
    return person.organisation_id == contract.council_id and permission in permissions_now(person)
