"""Scenarios beside a contract: whose they are, what their pages say, and what is refused."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.core.moves import broken_down
from cohort.queries import current_facts
from cohort.services import create_contract, record
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from savings.core.what_if.changes import Breakdown
from savings.models import KeptScenario, ScenarioVersion
from savings.services.what_if import close_scenario, make_scenario, plan_change
from tests.pages.world import SCENARIOS, World
from tests.signing_in import signed_in

OFFICER, AUDITOR, PROVIDER = "own council finance_officer", "own council auditor", "own provider provider_staff"


@pytest.fixture
def address(here: World) -> str:
    """Where the scenarios of the own contract are."""
    return f"/contracts/{here.contract.pk}/what-if/"


@pytest.fixture
def officer(here: World) -> Client:
    """A finance officer at a browser."""
    return signed_in(here.people[OFFICER])


def made(here: World, name: str = "A breakdown", who: str = OFFICER) -> KeptScenario:
    return make_scenario(contract=here.contract, name=name, by=here.people[who], clock=DATABASE_CLOCK)


def latest(kept: KeptScenario) -> ScenarioVersion:
    version = kept.versions.order_by("number").last()
    assert version is not None
    return version


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def posted(client: Client, address: str, **fields: Any) -> str:
    return client.post(address, fields, follow=True).content.decode()


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}_0": str(on.day), f"{name}_1": str(on.month), f"{name}_2": str(on.year)}


def test_scenario_is_made_planned_read_and_closed(here: World, address: str, officer: Client) -> None:
    assert "There is no scenario yet" in text_of(officer, address)
    assert "Enter a name for the scenario" in posted(officer, f"{address}add/")
    page = posted(officer, f"{address}add/", name="C01 goes back")
    assert "Nothing is planned yet" in page
    (kept,) = KeptScenario.objects.all()
    (placement,) = (each for each in current_facts(here.contract).placements.values() if each.until is None)

    fields = {"seen": "1", "placement": placement.id, **day("until", date(2026, 6, 1))}
    page = posted(officer, f"{address}{kept.pk}/plan/breakdown/", **fields)
    assert f"Placement {placement.id} breaks down: 1 June 2026 is the first night elsewhere." in page
    assert "less than the contract as it stands" in page

    page = posted(officer, f"{address}{kept.pk}/plan/1/remove/", seen="1")
    assert "Somebody has changed this scenario since the page was opened" in page
    page = posted(officer, f"{address}{kept.pk}/plan/1/remove/", seen="2")
    assert "Nothing is planned yet" in page

    assert "is closed." in posted(officer, f"{address}{kept.pk}/close/")
    assert officer.get(f"{address}{kept.pk}/").status_code == 404
    history = text_of(officer, f"{address}{kept.pk}/history/")
    assert [words in history for words in ("Made from the contract as known", "Taken out: ", "Closed")] == [True] * 3
    assert latest(kept).number == 4


def test_nothing_about_the_contract_changes(here: World, address: str, officer: Client) -> None:
    events = AuditEvent.objects.filter(stream__name="contract:L04 25/26")
    here.contract.refresh_from_db()
    before = (here.contract.last_stamped_at, events.count())
    kept = made(here)
    for part in ("", "history/", "scenario.json", "plan/move/", "plan/terms/"):
        assert officer.get(f"{address}{kept.pk}/{part}").status_code == 200
    here.contract.refresh_from_db()
    assert (here.contract.last_stamped_at, events.count()) == before


def test_each_side_sees_its_own_and_the_auditor_the_council_s(here: World, address: str, officer: Client) -> None:
    ours, theirs = made(here, "Ours"), made(here, "Theirs", PROVIDER)
    auditor, provider = signed_in(here.people[AUDITOR]), signed_in(here.people[PROVIDER])
    opened = {
        who: [client.get(f"{address}{kept.pk}/").status_code for kept in (ours, theirs)]
        for who, client in {"officer": officer, "auditor": auditor, "provider": provider}.items()
    }
    assert opened == {"officer": [200, 404], "auditor": [200, 404], "provider": [404, 200]}
    assert "Theirs" not in text_of(officer, address)
    assert "Ours" not in text_of(provider, address)
    assert provider.post(f"{address}{ours.pk}/close/").status_code == 404
    assert auditor.post(f"{address}{ours.pk}/close/").status_code == 403
    assert "Make a scenario" not in text_of(auditor, address)
    assert "Copy this scenario" not in text_of(auditor, f"{address}{ours.pk}/")


def test_change_that_does_not_fit_is_refused_in_words(here: World, address: str, officer: Client) -> None:
    kept = made(here)
    (placement,) = (each for each in current_facts(here.contract).placements.values() if each.until is None)
    fields = {"seen": "1", "placement": placement.id, **day("until", placement.start)}
    page = posted(officer, f"{address}{kept.pk}/plan/breakdown/", **fields)
    assert "This does not fit what is known and planned: " in page
    assert latest(kept).number == 1


def test_name_stands_once_and_a_copy_has_its_own(here: World, address: str, officer: Client) -> None:
    kept = made(here, "Twice")
    assert "there is a scenario “Twice” already" in posted(officer, f"{address}add/", name=" Twice ")
    posted(officer, f"{address}{kept.pk}/copy/")
    posted(officer, f"{address}{kept.pk}/copy/")
    names = sorted(version.name for version in ScenarioVersion.objects.all())
    assert names == ["Copy of Twice", "Copy of Twice (2)", "Twice"]


def test_breakdown_rate_is_a_share_above_nothing(here: World, address: str, officer: Client) -> None:
    kept = made(here)
    settings = f"{address}{kept.pk}/settings/"
    assert "64%" in text_of(officer, settings)
    assert "must be above 0% and at most 100%" in posted(officer, settings, seen="1", name="A", survival="0")
    page = posted(officer, settings, seen="1", name="A", survival="80%")
    assert "80% of placements last a year" in page
    assert latest(kept).survival == 8000


def test_scenario_is_exported_and_imported(here: World, address: str, officer: Client) -> None:
    kept = made(here)
    content = officer.get(f"{address}{kept.pk}/scenario.json").content
    file = SimpleUploadedFile("scenario.json", content, "application/json")
    page = officer.post(f"{address}import/", {"name": "Again", "file": file}, follow=True).content.decode()
    assert "From a scenario file" in page
    again = KeptScenario.objects.order_by("pk").last()
    assert again is not None
    exported = officer.get(f"{address}{again.pk}/scenario.json").content
    first, second = json.loads(content), json.loads(exported)
    assert (second["terms"], second["facts"]) == (first["terms"], first["facts"])
    assert second["close"][: len(first["close"])] == first["close"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[]", "has to be an object"),
        (b"\xff\xfe{}", "the file is not UTF-8"),
        (b'{"contract": "X", "terms": [], "facts": [{"type": "child"}], "close": []}', "facts[0].id: is missing"),
    ],
)
def test_file_with_a_problem_is_refused_whole(
    content: bytes, said: str, here: World, address: str, officer: Client
) -> None:
    file = SimpleUploadedFile("scenario.json", content, "application/json")
    page = officer.post(f"{address}import/", {"name": "Wrong", "file": file}).content.decode()
    assert said in page.replace("&#x27;", "'")
    assert KeptScenario.objects.count() == 0


def test_file_that_no_page_could_work_out_is_refused(here: World, address: str, officer: Client) -> None:
    document = json.loads((SCENARIOS / "mid-month-move.json").read_bytes())
    child = {**document["facts"][0], "recorded": document["facts"][-1]["recorded"]}
    document["facts"] += [{**child, "id": f"X{number}"} for number in range(1000)]
    file = SimpleUploadedFile("scenario.json", json.dumps(document).encode(), "application/json")
    page = officer.post(f"{address}import/", {"name": "Large", "file": file}).content.decode()
    assert "months of children to work out; a page takes at most 10,000" in page
    assert KeptScenario.objects.count() == 0


def test_of_a_file_with_very_many_problems_the_first_are_named(here: World, address: str, officer: Client) -> None:
    document = json.loads((SCENARIOS / "mid-month-move.json").read_bytes())
    document["facts"] = [{"type": "child"}] * 200
    file = SimpleUploadedFile("scenario.json", json.dumps(document).encode(), "application/json")
    page = officer.post(f"{address}import/", {"name": "Wrong", "file": file}).content.decode()
    assert "And there are more problems than the 50 above." in page
    assert page.count("is missing") <= 52


def test_other_terms_are_planned(here: World, address: str, officer: Client) -> None:
    plan = f"{address}{made(here).pk}/plan/terms/"
    form = officer.get(plan).context["form"]
    fields: dict[str, Any] = {"seen": "1", **day("effective_from", date(2026, 1, 1))}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if isinstance(value, date):
            fields |= day(name, value)
        elif value is not None and name != "seen":
            fields[name] = value if isinstance(value, list) else field.prepare_value(value)
    page = posted(officer, plan, **{**fields, "carer_fee": "12,500"})
    assert "Other terms from 1 January 2026: Carer fee £12,500.00 instead of £10,000.00." in page
    page = posted(officer, plan, **{**fields, "seen": "2", "schedule": "rows"})
    assert "Choose even accrual: there are no own amounts that add up to these fees" in page


def test_scenarios_are_compared_two_or_three_at_a_time(here: World, address: str, officer: Client) -> None:
    keys = [made(here, name).pk for name in ("One", "Two", "Three", "Four")]
    query = "&".join(f"scenario={key}" for key in keys)
    compare = f"{address}compare/"
    assert "Choose two or three" in text_of(officer, f"{compare}?scenario={keys[0]}&compare=")
    assert "Choose two or three scenarios" in text_of(officer, f"{compare}?{query}&compare=")
    page = text_of(officer, f"{compare}?scenario={keys[0]}&scenario={keys[2]}&compare=")
    assert "The contract as it stands" in page
    assert "Net benefit to date, month by month" in page


def test_what_no_longer_fits_says_so_once_it_is_brought_up_to_date(here: World, address: str, officer: Client) -> None:
    kept, by = made(here), here.people[OFFICER]
    (placement,) = (each for each in current_facts(here.contract).placements.values() if each.until is None)
    change = Breakdown(placement.id, date(2026, 9, 1))
    plan_change(scenario=kept, change=change, what="It ends", seen=1, by=by, clock=DATABASE_CLOCK)
    record(contract=here.contract, facts=[broken_down(placement, date(2026, 2, 2))], by=by, clock=DATABASE_CLOCK)
    assert "Left out" not in text_of(officer, f"{address}{kept.pk}/")
    page = posted(officer, f"{address}{kept.pk}/refresh/")
    assert f"Left out: placement {placement.id} ends on 2 February 2026 already." in page
    assert "No different from the contract as it stands" in page


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_list_and_result_cost_as_many_queries_with_many_as_with_one(here: World, address: str, officer: Client) -> None:
    kept = made(here, "0")
    pages = (address, f"{address}{kept.pk}/", f"{address}compare/")
    before = [queries_of(officer, page) for page in pages]
    for number in range(1, 60):
        made(here, str(number))
    assert [queries_of(officer, page) for page in pages] == before
    assert "Page 1 of 2" in text_of(officer, address)
    close_scenario(scenario=kept, by=here.people[OFFICER], clock=DATABASE_CLOCK)
    assert "Scenarios that are closed" in text_of(officer, address)


def test_contract_without_terms_has_nothing_to_go_by(here: World) -> None:
    accountant, like = here.people["own council lead_accountant"], here.contract
    contract = create_contract(
        reference="NEW",
        title="Of which nothing is known yet",
        council=like.council,
        provider=like.provider,
        agent=like.agent,
        decision_reference="D1",
        decision_on=date(2026, 1, 1),
        by=accountant,
        clock=DATABASE_CLOCK,
    )
    kept = make_scenario(contract=contract, name="Nothing", by=accountant, clock=DATABASE_CLOCK)
    page = text_of(signed_in(accountant), f"/contracts/{contract.pk}/what-if/{kept.pk}/")
    assert "No terms of the contract were known by then. Until that is mended, nothing can be worked out." in page
