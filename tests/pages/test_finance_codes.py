"""The council's own codes for the accounts, and the journal of a period that bears them."""

import csv
import io

import pytest
from django.test import Client

from invoicing.core.finance_codes import FinanceCode, is_code
from invoicing.models import FinanceCodes
from invoicing.services.finance_codes import record_finance_codes
from invoicing.services.ledger_year_end import accrue_year_end
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotFound, NotPermitted, Refused
from tests.pages import billing
from tests.pages.months import page_of
from tests.pages.test_year_end import late_breakdown
from tests.pages.world import World, world
from tests.signing_in import signed_in

CODED = {"5100": FinanceCode("CY4410", "R4120"), "2300": FinanceCode("", "B2300")}


def books(here: World, ending: str) -> str:
    return f"/contracts/{here.contract.pk}/ledger/{ending}"


def client_of(here: World, who: str = "council lead_accountant") -> Client:
    return signed_in(here.people[f"own {who}"])


def rows_of(client: Client, address: str, period: str) -> list[dict[str, str]]:
    answer = client.get(address, {"period": period})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_journal_of_a_period_bears_the_codes_and_balances(db: None) -> None:
    """February of 15,200.00 is approved; March of 24,800.00 is accrued on 31 March and taken back on 1 April."""
    here = world(late_breakdown(closed=2))
    accountant = here.people["own council lead_accountant"]
    february, _ = billing.drafted(here.contract)
    billing.approved(here.contract, february)
    accrue_year_end(contract=here.contract, year=2025, by=accountant, clock=billing.ticking(here.contract))
    record_finance_codes(contract=here.contract, codes=CODED, by=accountant, clock=billing.ticking(here.contract))

    client, address = client_of(here, "council auditor"), books(here, "codes/upload.csv")
    march = rows_of(client, address, "2025/26-P12")
    assert [
        (row["cost centre"], row["subjective"], row["account"], row["debit"], row["credit"], row["period"])
        for row in march
    ] == [
        ("CY4410", "R4120", "5100", "24800.00", "", "2025/26 P12"),
        ("", "B2300", "2300", "", "24800.00", "2025/26 P12"),
    ]
    assert march[0]["contract"] == "L04 25/26"
    assert march[0]["account name"] == "Placements: fixed fee"
    assert march[0]["narrative"] == "Accrual at the end of 2025/26"
    april = rows_of(client, address, "2026/27-P1")
    assert [(row["account"], row["debit"], row["credit"]) for row in april] == [
        ("5100", "", "24800.00"),
        ("2300", "24800.00", ""),
    ]
    february_rows = rows_of(client, address, "2025/26-P11")
    assert [(row["account"], row["subjective"]) for row in february_rows] == [("5100", "R4120"), ("2100", "")]
    assert client.get(address, {"period": "1999/00-P1"}).status_code == 404
    page = page_of(client, books(here, "codes/"), period="2025/26-P12")
    assert f"{address}?period=2025%2F26-P12" in page
    assert "The journal of P12 of 2025/26: March 2026 (CSV)" in page
    assert "Choose a period from the list" in page_of(client, books(here, "codes/"), period="1999/00-P1")
    assert client_of(here, "provider provider_staff").get(address).status_code == 404


def test_codes_are_recorded_in_versions_that_say_what_changed(here: World) -> None:
    client = client_of(here)
    page = page_of(client, books(here, "codes/"))
    assert "No codes are recorded yet: the file has empty columns for them." in page
    form = {"cost_centre_5100": "CY4410", "subjective_5100": "R4120"}
    page = page_of_post(client, books(here, "codes/record/"), form)
    assert "Finance codes recorded" in page
    assert "Without a cost centre or a subjective code: 2100 Payable to provider, 2200 Paid by agent" in page
    begun = page_of(client, books(here, "codes/record/"))
    assert 'value="CY4410"' in begun
    assert "9100" not in begun
    page = page_of_post(client, books(here, "codes/record/"), form | {"subjective_2100": "B2100"})
    assert "1 account: 2100" in page
    assert [version.codes for version in FinanceCodes.objects.order_by("pk")] == [
        {"5100": ["CY4410", "R4120"]},
        {"2100": ["", "B2100"], "5100": ["CY4410", "R4120"]},
    ]
    event = AuditEvent.objects.filter(action="finance_codes.recorded").latest("pk")
    assert event.actor_id == here.people["own council lead_accountant"].pk

    for wrong in ("=1+1", "-A", "x" * 31):
        page = page_of_post(client, books(here, "codes/record/"), form | {"subjective_2100": wrong})
        assert "2100 Payable to provider: subjective code must be at most 30 letters and figures" in page
    assert FinanceCodes.objects.count() == 2


def page_of_post(client: Client, address: str, form: dict[str, str]) -> str:
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_only_the_lead_accountant_keeps_codes_and_only_such_as_are_codes(here: World) -> None:
    def recorded(codes: dict[str, FinanceCode], who: str = "own council lead_accountant") -> None:
        record_finance_codes(contract=here.contract, codes=codes, by=here.people[who], clock=DATABASE_CLOCK)

    for who in ("own council finance_officer", "own council auditor", "own provider provider_staff"):
        with pytest.raises(NotPermitted):
            recorded(CODED, who)
    with pytest.raises(NotFound):
        recorded(CODED, "other council lead_accountant")
    with pytest.raises(Refused, match=r"codes\.9100: is no account that a finance system takes over"):
        recorded({"9100": FinanceCode("A", "B")})
    with pytest.raises(Refused, match=r"codes\.5100\.subjective: has to be at most 30"):
        recorded({"5100": FinanceCode("A", "@B")})
    assert not FinanceCodes.objects.exists()


def test_what_a_code_can_be() -> None:
    assert [text for text in ("CY4410", "4-410/R.1 A", "x" * 30) if not is_code(text)] == []
    assert [text for text in ("", " A", "A ", "=A", "+A", "-A", "@A", "A\n", "Ä", "x" * 31) if is_code(text)] == []
