"""The books, for the council's readers: trial balance, a year, an account, an entry, and all of it as files."""

import hashlib
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cohort.models import Contract
from cohort.pages.access import render_contract
from cohort.queries import contracts_visible_to
from invoicing.documents import books as files
from invoicing.forms.books import WHOLE_COUNCIL, AsOfForm, YearForm
from invoicing.models import Account
from invoicing.pages.books import HISTORY_SORTS, AsOf, entry_page, history_rows, trial_page, year_page
from invoicing.pages.practice import years_of
from invoicing.pages.words import year_shown
from invoicing.queries.books import entry_of
from invoicing.queries.ledger import HistoryLine, account_history, trial_balance
from invoicing.views.ground import books_for, file_name, today
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import download, page_of_rows, person_of
from pbr_ledger.sorting import Sorting, sorting_of

SECTION = "ledger"
CSV = "text/csv; charset=utf-8"


@require_safe
def ledger(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The chart of accounts with its trial balance on a day, as known at an instant."""
    contract = books_for(request, contract_id)
    form = AsOfForm(request.GET)
    as_of = _as_of(form, contract) if form.is_valid() else None
    context: dict[str, object] = {"form": form, "years": years_of(contract, today=today())}
    if as_of:
        context |= trial_page(as_of)
    return render_contract(request, "invoicing/ledger.html", contract=contract, section=SECTION, context=context)


@require_safe
def trial_balance_file(request: HttpRequest, contract_id: int) -> HttpResponseBase:
    """The same trial balance as a file."""
    contract = books_for(request, contract_id)
    as_of = _asked(request, contract)
    content = files.trial_balance_csv(trial_balance(of=as_of.of, on=as_of.on, as_known_at=as_of.known))
    return csv_file(content, contract, f"trial-balance-{as_of.on}", request)


@require_safe
def year(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A financial year: what each account moved in P1 to P12."""
    contract = books_for(request, contract_id)
    years = years_of(contract, today=today())
    form = YearForm(request.GET or {"year": years[0]}, years=years)
    chosen = form.cleaned_data["year"] if form.is_valid() else years[0]
    context = year_page(contract, year=chosen, known=DATABASE_CLOCK.read(after=None))
    return render_contract(
        request,
        "invoicing/ledger_year.html",
        contract=contract,
        section=SECTION,
        context={"form": form, "year": chosen, "year_name": year_shown(chosen), **context},
    )


@require_safe
def account(request: HttpRequest, contract_id: int, code: str) -> HttpResponse:
    """An account: every posting, with what stood on it after, a page at a time."""
    contract = books_for(request, contract_id)
    found = get_object_or_404(Account, code=code)
    form = AsOfForm(request.GET)
    context: dict[str, object] = {"account": found, "form": form}
    if form.is_valid():
        as_of = _as_of(form, contract)
        sorting = sorting_of(request, HISTORY_SORTS, own="day")
        page = page_of_rows(request, _history(as_of, code, sorting))
        keys = dict(contracts_visible_to(person_of(request)).values_list("reference", "pk"))
        context |= {"as_of": as_of, "sorting": sorting, "page": page, "rows": history_rows(page.object_list, keys)}
    return render_contract(
        request, "invoicing/ledger_account.html", contract=contract, section=SECTION, context=context
    )


@require_safe
def account_file(request: HttpRequest, contract_id: int, code: str) -> HttpResponseBase:
    """The same history, whole and in the same order, as a file."""
    contract = books_for(request, contract_id)
    get_object_or_404(Account, code=code)
    as_of = _asked(request, contract)
    history = _history(as_of, code, sorting_of(request, HISTORY_SORTS, own="day"))
    return csv_file(files.account_csv(history), contract, f"account-{code}-{as_of.on}", request)


@require_safe
def entry(request: HttpRequest, contract_id: int, number: int) -> HttpResponse:
    """One entry: its legs, its dates, its reversal, and what it came from."""
    contract = books_for(request, contract_id)
    found = entry_of(contract=contract, number=number)
    if found is None:
        raise Http404("There is no such entry.")
    return render_contract(
        request, "invoicing/ledger_entry.html", contract=contract, section=SECTION, context=entry_page(found)
    )


@require_safe
def journal(request: HttpRequest, contract_id: int) -> HttpResponseBase:
    """The journal for the finance system: of the contract or the whole council, of a year or from the beginning."""
    contract = books_for(request, contract_id)
    chosen = _year(request, contract)
    ending = f"-{chosen}" if chosen else ""
    if request.GET.get("scope") == WHOLE_COUNCIL:
        return csv_file(files.council_journal(contract.council, chosen), contract, f"council-journal{ending}", request)
    return csv_file(files.journal(contract, chosen), contract, f"journal{ending}", request)


@require_safe
def beancount(request: HttpRequest, contract_id: int) -> HttpResponseBase:
    """The whole ledger of the contract, for Beancount."""
    contract = books_for(request, contract_id)
    content = files.beancount_ledger(contract, None)
    name = file_name(contract, "ledger", "beancount")
    return download(request, content, name=name, media_type="text/plain; charset=utf-8", sha256=_sha256(content))


def _history(as_of: AsOf, code: str, sorting: Sorting) -> list[HistoryLine]:
    return sorting.in_memory(account_history(of=as_of.of, account=code, on=as_of.on, as_known_at=as_of.known))


def _asked(request: HttpRequest, contract: Contract) -> AsOf:
    form = AsOfForm(request.GET)
    if not form.is_valid():
        raise Http404("There is no such day or instant.")
    return _as_of(form, contract)


def _as_of(form: AsOfForm, contract: Contract) -> AsOf:
    on: date = form.cleaned_data["on"] or today()
    known: datetime = form.cleaned_data["known"] or DATABASE_CLOCK.read(after=None)
    asked = {name: form.data[name] for name in ("on", "known", "scope") if form.data.get(name)}
    of = contract.council if form.cleaned_data["scope"] == WHOLE_COUNCIL else contract
    return AsOf(of, on, known, asked)


def _year(request: HttpRequest, contract: Contract) -> int | None:
    if "year" not in request.GET:
        return None
    form = YearForm(request.GET, years=years_of(contract, today=today()))
    if not form.is_valid():
        raise Http404("There is no such year.")
    chosen: int = form.cleaned_data["year"]
    return chosen


def csv_file(content: bytes, contract: Contract, what: str, request: HttpRequest) -> HttpResponseBase:
    """The bytes as a CSV file whose name says the contract and what it is."""
    name = file_name(contract, what, "csv")
    return download(request, content, name=name, media_type=CSV, sha256=_sha256(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
