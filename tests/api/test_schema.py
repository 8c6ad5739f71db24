"""The schema of the API: valid, whole, and true of what the API answers."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cohort.api.kinds import EVERY, FactKind
from cohort.queries.history import IDENTITIES
from pbr_ledger.clients.scopes import SCOPES
from pbr_ledger.wsgi import application
from tests.api.programs import Ground, Program

CASES = 1
"""Right cases, and wrong ones, for each operation and kind of client: a right one names a row that is there.

test_schema_at_length.py has thousands.
"""


def schema() -> dict[str, Any]:
    return Client().get("/api/v1/schema/").json()


def operations() -> list[dict[str, Any]]:
    return [operation for path in schema()["paths"].values() for operation in path.values()]


def test_the_schema_is_valid_openapi_and_open_to_everybody():
    found = schema()
    assert found["openapi"] == "3.1.0"
    validate_schema(found)


def test_every_operation_says_what_it_is_what_it_takes_and_how_it_can_end():
    for operation in operations():
        assert operation["description"]
        assert operation["tags"] != ["api"]
        for status in ("404", "406", "429", "500"):
            assert operation["responses"][status]["$ref"].endswith(status)
        for scheme in operation.get("security", []):
            assert set(scheme.get("clientCredentials", [])) <= set(SCOPES)
    named = [each["operationId"] for each in operations()]
    assert len(named) == len(set(named))


def test_every_scope_opens_something_and_every_write_that_moves_money_takes_a_key():
    used = {
        scope
        for each in operations()
        for scheme in each.get("security", [])
        for scope in scheme.get("clientCredentials", [])
    }
    assert used == set(SCOPES)
    for operation in operations():
        if any("payments:write" in scheme.get("clientCredentials", []) for scheme in operation.get("security", [])):
            assert "Idempotency-Key" in {each["name"] for each in operation["parameters"]}


CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, databases=["default", "agent"])
@pytest.mark.parametrize("who", ["agent", "council", "provider", "stranger", "nobody"])
def test_whatever_is_sent_the_answer_is_one_that_the_schema_knows(
    here: Ground, who: str, monkeypatch: pytest.MonkeyPatch
):
    """Examples, boundaries and random requests, right and wrong, as each kind of client."""
    for name in ("MOST_REQUESTS", "MOST_STRANGERS"):
        monkeypatch.setattr(f"pbr_ledger.clients.api.views.{name}", 10**6)
    program: Program | None = getattr(here, who, None)
    headers = {"Authorization": f"Bearer {program.token}"} if program else {}
    loaded = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    wrong, tried = [], Counter[str]()
    for found in loaded.get_all_operations():
        operation = found.ok()
        for mode in schemathesis.GenerationMode:
            _attempt(operation, mode, headers, here, wrong, tried)
    assert wrong == []
    assert sum(tried.values()) >= len(list(loaded.get_all_operations()))


def _attempt(
    operation: Any, mode: Any, headers: dict[str, str], here: Ground, wrong: list[str], tried: Counter[str]
) -> None:
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        tried[operation.label] += 1
        if tried[operation.label] % 2 and "row" in case.path_parameters:
            case.path_parameters["row"] = _id_of(operation.label, here)
        try:
            case.call_and_validate(headers=headers, checks=CHECKS)
        except (BaseExceptionGroup, AssertionError) as failure:
            said = [str(each) for each in getattr(failure, "exceptions", [failure])]
            wrong.append(f"{operation.label} {mode}: {said}")

    with suppress(Unsatisfiable):  # nothing can be wrong about an operation that takes nothing
        attempt()


def _id_of(label: str, here: Ground) -> str:
    """The id of something that is there."""
    if "invoices" in label:
        return f"inv_{here.approved.pk}"
    kinds = {"contracts": f"con_{here.contract.pk}", "statements": "stm_1", "proposals": "prp_1", "set-offs": "set_1"}
    kinds |= {each.scope: f"{each.prefix}_{_first(each)}" for each in EVERY}
    kinds |= {"evidence/": "evd_1", "webhook-endpoints": "end_1", "webhook-deliveries": "dlv_1"}
    return next((row for name, row in kinds.items() if f"v1/{name}" in label), "pay_1")


def _first(kind: FactKind) -> int:
    """The key of the first fact of the kind that there is."""
    return IDENTITIES[kind.kind].objects.order_by("pk").values_list("pk", flat=True).first() or 1
