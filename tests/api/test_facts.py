"""Facts recorded by the council's and the provider's programs: the same services and rules as the pages."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.core.facts import Expense
from cohort.models import ChildVersion, Contract
from cohort.queries import current_facts
from pbr_ledger.clients.models import KeptAnswer
from savings.services import Parties
from tests.api.programs import Program
from tests.ledger.billing import findings
from tests.savings import ledger
from tests.stage import Stage

pytestmark = pytest.mark.django_db(databases=["default", "agent"])
BASELINE = [{"start": "2025-09-01", "weekly": "6800.00", "contribution": "0.00"}]


@pytest.fixture
def parties(stage: Stage) -> Parties:
    return stage.of(ledger.parties)


@pytest.fixture
def row(parties: Parties) -> Contract:
    return ledger.small_contract(parties)


@pytest.fixture
def council(parties: Parties, row: Contract) -> Program:
    return Program.of(parties.council)


@pytest.fixture
def provider(parties: Parties, row: Contract) -> Program:
    return Program.of(parties.provider)


def kind_of(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/api/v1/problems/")


def places(answer: Any) -> dict[str, str]:
    assert kind_of(answer) == (422, "invalid")
    return {each["pointer"]: each["detail"] for each in answer.json()["errors"]}


def child(row: Contract, **changes: Any) -> dict[str, Any]:
    right = {"contract": f"con_{row.pk}", "reference": "C02", "joined": "2025-09-01", "left": None}
    return {**right, "baseline": BASELINE, **changes}


def placement(row: Contract, **changes: Any) -> dict[str, Any]:
    right = {"contract": f"con_{row.pk}", "reference": "C02-R0", "child": "C02", "setting": "residential"}
    nights = {"start": "2025-09-01", "until": None, "ended": None, "household": None}
    return {**right, **nights, "costs": [{"start": "2025-09-01", "weekly": "6800.00"}], **changes}


def expense(row: Contract, **changes: Any) -> dict[str, Any]:
    right = {"contract": f"con_{row.pk}", "reference": "E02", "day": "2026-02-07", "category": "travel"}
    return {**right, "amount": "12.50", "description": "Train to a visit", **changes}


def only(program: Program, resource: str, row: Contract, more: str = "") -> dict[str, Any]:
    (found,) = program.get(f"{resource}?contract=con_{row.pk}{more}").json()["items"]
    return found


def tag(program: Program, address: str) -> str:
    return program.get(address)["ETag"]


def test_a_child_is_recorded_and_read_as_it_was_written(row: Contract, council: Program):
    made = council.post("children", child(row))
    assert made.status_code == 201, made.content
    said = made.json()
    assert said | {"id": "", "recorded_at": ""} == child(row) | {"id": "", "retracted": False, "recorded_at": ""}
    assert made["Location"] == f"/api/v1/children/{said['id']}"
    one = council.get(f"children/{said['id']}")
    assert (one.json(), one["ETag"]) == (said, made["ETag"])
    assert only(council, "children", row, "&reference=C02") == said
    assert current_facts(row).children["C02"].baseline[0].weekly_pence == 680_000
    version = ChildVersion.objects.get(fact__reference="C02")
    assert version.recorded_by == council.made.client.person
    assert findings(row) == []


def test_a_move_is_a_placement_that_ends_and_another_that_begins(row: Contract, council: Program):
    council.post("children", child(row))
    first = council.post("placements", placement(row))
    assert first.status_code == 201, first.content
    address = first["Location"].removeprefix("/api/v1/")
    after = placement(row, reference="C02-F0", setting="fostering_in_house", start="2026-02-02", household="H01")
    after["costs"] = [{"start": "2026-02-02", "weekly": "785.00", "contribution": "5.00"}]
    assert places(council.post("placements", after)) == {"/start": "placement C02-F0 overlaps placement C02-R0"}
    whole = placement(row, until="2026-02-02", ended="planned")
    ended = {name: whole[name] for name in whole if name not in ("contract", "reference")}
    assert council.post(f"{address}/versions", ended, If_Match=first["ETag"]).status_code == 200
    assert council.post("placements", after).status_code == 201
    found = current_facts(row).placements
    assert (str(found["C02-R0"].until), found["C02-F0"].costs[0].contribution_pence) == ("2026-02-02", 500)


def test_what_is_wrong_is_named_by_its_place_in_the_body(row: Contract, council: Program, subtests: pytest.Subtests):
    wrong_rates = [BASELINE[0] | {"weekly": "1.0"}, BASELINE[0] | {"note": "x"}, {"start": "2025-09-01"}]
    twice = [BASELINE[0], BASELINE[0] | {"weekly": "7000.00", "contribution": "7000.01"}]
    cases: list[tuple[str, dict[str, Any], set[str]]] = [
        ("children", child(row, baseline=[wrong_rates[0]]), {"/baseline/0/weekly"}),
        ("children", child(row, baseline=[BASELINE[0], wrong_rates[1]]), {"/baseline/1/note"}),
        ("children", child(row, baseline=[wrong_rates[2]]), {"/baseline/0/weekly"}),
        ("children", child(row, baseline=twice), {"/baseline/1/start", "/baseline/1/contribution"}),
        ("children", child(row, baseline=[]), {"/baseline"}),
        ("children", child(row, left="2025-09-01"), {"/left"}),
        ("children", child(row, joined="2025-08-31"), {"/baseline"}),
        ("children", child(row, name="somebody"), {"/name"}),
        ("children", child(row, reference=""), {"/reference"}),
        ("children", child(row, reference="x" * 101), {"/reference"}),
        ("children", child(row, contract="con_999"), {"/contract"}),
        ("children", {}, {"/contract", "/reference", "/joined", "/left", "/baseline"}),
        ("placements", placement(row), {"/child"}),
        ("placements", placement(row, child="C01", setting="hotel"), {"/setting"}),
        ("placements", placement(row, child="C01", household="H99"), {"/household", "/start"}),
        ("placements", placement(row, child="C01", until="2025-10-01"), {"/ended"}),
        (
            "households",
            {"contract": f"con_{row.pk}", "reference": "H2", "assessed_by": "us"},
            {"/assessed_by", "/panel_approved"},
        ),
        ("expenses", expense(row, amount="-1.00"), {"/amount"}),
        ("expenses", expense(row, category=""), {"/category"}),
        ("expenses", expense(row, description="x" * 501), {"/description"}),
    ]
    for resource, body, expected in cases:
        with subtests.test(f"{resource} {body}"):
            assert set(places(council.post(resource, body))) == expected
    assert set(current_facts(row).children) == {"C01"}


def test_a_reference_is_taken_once_even_after_it_was_retracted(row: Contract, council: Program):
    made = council.post("expenses", expense(row))
    assert kind_of(council.post("expenses", expense(row, amount="1.00"))) == (409, "reference-in-use")
    address = f"expenses/{made.json()['id']}"
    gone = council.post(f"{address}/retraction", {}, If_Match=made["ETag"])
    assert gone.json()["retracted"] is True
    assert kind_of(council.post("expenses", expense(row))) == (409, "reference-in-use")
    assert current_facts(row).expenses.keys() == {"E01"}


def test_a_creation_with_a_key_is_made_once_and_its_content_is_kept_nowhere_else(row: Contract, council: Program):
    first = council.post("children", child(row), Idempotency_Key="import-1")
    again = council.post("children", child(row), Idempotency_Key="import-1")
    assert (again.status_code, again.json(), again["ETag"]) == (201, first.json(), first["ETag"])
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert kind_of(council.post("children", child(row, left="2026-01-01"), Idempotency_Key="import-1")) == (
        422,
        "idempotency-key-reused",
    )
    assert kind_of(council.post("children", child(row), Idempotency_Key="not a key")) == (
        400,
        "idempotency-key-missing",
    )
    (kept,) = KeptAnswer.objects.all()
    assert (kept.body, kept.headers) == (first.json()["id"].removeprefix("chd_"), {})
    assert ChildVersion.objects.filter(fact__reference="C02").count() == 1
    assert council.post("children", child(row, reference="C03"), Idempotency_Key="").status_code == 201


def test_a_correction_is_of_the_version_that_was_read_and_of_no_other(row: Contract, council: Program):
    address = f"expenses/{only(council, 'expenses', row)['id']}"
    seen = tag(council, address)
    right = {"day": "2026-02-05", "category": "mileage", "amount": "200.00", "description": "Fewer miles"}
    assert kind_of(council.post(f"{address}/versions", right)) == (428, "if-match-missing")
    assert kind_of(council.post(f"{address}/versions", right, If_Match='"old"')) == (412, "changed-since")
    done = council.post(f"{address}/versions", right, If_Match=seen)
    assert (done.status_code, done.json()["amount"]) == (200, "200.00")
    late = council.post(f"{address}/versions", right | {"amount": "1.00"}, If_Match=seen)
    assert kind_of(late) == (412, "changed-since")
    assert late["ETag"] == done["ETag"]
    assert places(council.post(f"{address}/versions", right | {"reference": "E9"}, If_Match=done["ETag"])) == {
        "/reference": "There is no such field."
    }
    assert set(places(council.post(f"{address}/versions", {"amount": "2.00"}, If_Match=done["ETag"]))) == {
        "/day",
        "/category",
        "/description",
    }
    assert current_facts(row).expenses["E01"].amount_pence == 20_000
    history = council.get(f"{address}/versions").json()["items"]
    assert [(each["amount"], each["superseded_at"] is None) for each in history] == [
        ("243.00", False),
        ("200.00", True),
    ]
    assert history[1]["recorded_by"] == council.made.client.person.full_name
    assert findings(row) == []


def test_what_was_recorded_between_reading_and_writing_is_never_overwritten(
    row: Contract, council: Program, monkeypatch: pytest.MonkeyPatch
):
    """The service asks once more under its lock: an answer that was true a moment ago does not count."""
    address = f"expenses/{only(council, 'expenses', row)['id']}"
    read = "cohort.api.found.require_unchanged"
    officer = ledger.person(row.council, "Olga Other", "finance_officer")

    def meanwhile(_request: Any, _said: Any) -> None:
        changed = Expense("E01", current_facts(row).expenses["E01"].day, "mileage", 100, "By somebody else")
        ledger.record(row, changed, by=officer, at="2026-03-01 09:00")

    monkeypatch.setattr(read, meanwhile)
    right = {"day": "2026-02-05", "category": "mileage", "amount": "200.00", "description": "Fewer miles"}
    assert kind_of(council.post(f"{address}/versions", right, If_Match='"x"')) == (412, "changed-since")
    assert current_facts(row).expenses["E01"].description == "By somebody else"


def test_a_fact_is_retracted_and_restored_as_it_was(row: Contract, council: Program):
    household = f"households/{only(council, 'households', row)['id']}"
    assert places(council.post(f"{household}/retraction", {}, If_Match=tag(council, household))) == {
        "/reference": "placement C01-F0 still refers to household H01"
    }
    address = f"expenses/{only(council, 'expenses', row)['id']}"
    seen = tag(council, address)
    assert kind_of(council.post(f"{address}/restoration", {}, If_Match=seen)) == (409, "conflict")
    gone = council.post(f"{address}/retraction", {}, If_Match=seen)
    assert (gone.json()["retracted"], gone.json()["amount"]) == (True, "243.00")
    assert council.get(f"expenses?contract=con_{row.pk}").json()["items"] == []
    assert only(council, "expenses", row, "&include_retracted=true") == gone.json()
    assert current_facts(row).expenses == {}
    assert kind_of(council.post(f"{address}/retraction", {}, If_Match=gone["ETag"])) == (409, "conflict")
    right = {"day": "2026-02-05", "category": "mileage", "amount": "200.00", "description": "Fewer miles"}
    assert kind_of(council.post(f"{address}/versions", right, If_Match=gone["ETag"])) == (409, "conflict")
    back = council.post(f"{address}/restoration", {}, If_Match=gone["ETag"])
    assert (back.status_code, back.json()["retracted"], back.json()["amount"]) == (200, False, "243.00")
    assert [each["retracted"] for each in council.get(f"{address}/versions").json()["items"]] == [False, True, False]
    assert findings(row) == []


def test_filters_find_what_they_say(row: Contract, council: Program):
    council.post("children", child(row))
    council.post("placements", placement(row))

    def found(address: str) -> list[str]:
        return [each["reference"] for each in council.get(address).json()["items"]]

    of = f"contract=con_{row.pk}"
    assert found(f"placements?{of}") == ["C01-F0", "C01-R0", "C02-R0"]
    assert found(f"placements?{of}&child=C02") == ["C02-R0"]
    assert found(f"placements?{of}&setting=residential") == ["C01-R0", "C02-R0"]
    assert found(f"placements?{of}&household=H01") == ["C01-F0"]
    assert found(f"placements?{of}&changed_since=2026-01-22T00:00:00Z") == ["C02-R0"]
    assert found(f"placements?{of}&known_at=2026-01-22T00:00:00Z&setting=residential") == ["C01-R0"]
    assert found(f"placements?{of}&known_at=2025-01-22T00:00:00Z") == []
    assert found(f"claims?{of}&status=agreed") == ["C01-T0"]
    assert found(f"claims?{of}&status=queried") == []
    assert found(f"claims?{of}&known_at=2026-01-21T09:00:00.000005Z&status=submitted&placement=C01-F0") == ["C01-T0"]
    assert found(f"households?{of}&assessed_by=provider") == ["H01"]
    assert found(f"households?{of}&assessed_by=council") == []
    assert found(f"expenses?{of}&day_from=2026-02-05&day_before=2026-02-06&category=mileage") == ["E01"]
    assert found(f"expenses?{of}&day_from=2026-02-06") == []
    assert found(f"extra-costs?{of}&category=notice&child=C01") == []
    assert kind_of(council.get(f"children?{of}&setting=residential")) == (400, "invalid-query")


def test_a_page_takes_as_many_questions_for_three_hundred_rows_as_for_one(row: Contract, council: Program):
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert council.get(address).status_code == 200
        return len(captured)

    rate = {"start": "2025-09-01", "weekly": "6800.00"}
    before = {each: asked(f"{each}?contract=con_{row.pk}&limit=200") for each in ("children", "expenses", "placements")}
    day = current_facts(row).expenses["E01"].day
    many = [Expense(f"M{number:03}", day, "travel", number, "") for number in range(1, 301)]
    ledger.record(row, *many, by=ledger.person(row.council, "Olga Other", "finance_officer"), at="2026-03-01 09:00")
    for number in range(20):
        council.post("children", child(row, reference=f"D{number:03}", baseline=[rate]))
        council.post("placements", placement(row, reference=f"D{number:03}-R", child=f"D{number:03}"))
    assert {each: asked(f"{each}?contract=con_{row.pk}&limit=200") for each in before} == before
    first = council.get(f"expenses?contract=con_{row.pk}&limit=200").json()
    second = council.get(first["next"].removeprefix("/api/v1/")).json()
    assert [len(first["items"]), len(second["items"]), second["next"]] == [200, 101, None]
    assert len({each["id"] for each in (*first["items"], *second["items"])}) == 301


def test_the_provider_records_what_is_for_it_and_nothing_else(row: Contract, parties: Parties, provider: Program):
    assert provider.post("expenses", expense(row)).status_code == 201
    household = {"contract": f"con_{row.pk}", "reference": "H02", "panel_approved": None}
    assert provider.post("households", household | {"assessed_by": "provider"}).status_code == 201
    refused = provider.post("households", household | {"assessed_by": "council", "reference": "H03"})
    assert kind_of(refused) == (403, "not-permitted")
    assert kind_of(provider.post("children", child(row))) == (403, "insufficient-scope")
    assert kind_of(provider.post("placements", placement(row, child="C01"))) == (403, "not-permitted")
    running = f"placements/{only(provider, 'placements', row, '&setting=fostering_in_house')['id']}"
    seen = tag(provider, running)
    assert kind_of(provider.post(f"{running}/retraction", {}, If_Match=seen)) == (403, "not-permitted")
    assert set(places(provider.post(f"{running}/breakdown", {"until": "2026-01-19"}, If_Match=seen))) == {"/until"}
    broken = provider.post(f"{running}/breakdown", {"until": "2026-03-02"}, If_Match=seen)
    assert (broken.json()["until"], broken.json()["ended"]) == ("2026-03-02", "breakdown")
    assert kind_of(provider.post(f"{running}/breakdown", {"until": "2026-03-03"}, If_Match=seen)) == (
        412,
        "changed-since",
    )
    assert kind_of(provider.post(f"{running}/breakdown", {"until": "2026-03-03"}, If_Match=broken["ETag"])) == (
        403,
        "not-permitted",
    )


def test_readers_write_nothing_and_strangers_see_nothing(row: Contract, parties: Parties, council: Program):
    address = f"expenses/{only(council, 'expenses', row)['id']}"
    auditor = Program.of(parties.council, roles=["auditor"])
    assert kind_of(auditor.post("expenses", expense(row))) == (403, "not-permitted")
    assert kind_of(auditor.post(f"{address}/retraction", {}, If_Match=tag(auditor, address))) == (403, "not-permitted")
    narrow = Program.of(parties.council, "expenses:read")
    assert kind_of(narrow.post("expenses", expense(row))) == (403, "insufficient-scope")
    assert kind_of(narrow.get(f"children?contract=con_{row.pk}")) == (403, "insufficient-scope")
    stranger = Program.of(ledger.organisation("Other Council", "council"))
    for asked in (address, f"{address}/versions", f"expenses?contract=con_{row.pk}"):
        assert kind_of(stranger.get(asked)) == (404, "not-found")
    assert kind_of(stranger.post(f"{address}/retraction", {}, If_Match="*")) == (404, "not-found")
    assert set(places(stranger.post("expenses", expense(row)))) == {"/contract"}
    agent = Program.of(parties.agent)
    assert kind_of(agent.get(address)) == (403, "insufficient-scope")
    assert kind_of(agent.post("expenses", expense(row))) == (403, "insufficient-scope")


def test_a_block_contract_is_told_and_stays_where_a_correction_says_nothing_of_it(
    row: Contract, council: Program
) -> None:
    council.post("children", child(row))
    assert places(council.post("placements", placement(row, block_contract="yes"))) == {
        "/block_contract": "Must be a valid boolean."
    }
    made = council.post("placements", placement(row, block_contract=True))
    assert made.json()["block_contract"] is True
    address = made["Location"].removeprefix("/api/v1/")
    whole = placement(row, until="2026-02-02", ended="planned")
    ended = {name: whole[name] for name in whole if name not in ("contract", "reference")}
    kept = council.post(f"{address}/versions", ended, If_Match=made["ETag"])
    assert (kept.json()["until"], kept.json()["block_contract"]) == ("2026-02-02", True)
    taken_back = council.post(f"{address}/versions", {**ended, "block_contract": False}, If_Match=kept["ETag"])
    assert taken_back.json()["block_contract"] is False
    assert current_facts(row).placements["C02-R0"].block_contract is False
