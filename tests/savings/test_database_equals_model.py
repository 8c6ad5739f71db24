"""On random contracts the database path gives what the pure path gives, to the last character."""

import os

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings

from savings.core.document import as_text, result_document, statement_document
from savings.core.model import close_in_turn, model
from savings.models import ClosedStatement
from savings.queries import closed_result_document, months_as_closed
from savings.services import Parties, reproduced
from tests.oracle.strategies import contracts
from tests.savings import ledger

EXAMPLES = 500 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 15


# Each example undoes what it wrote; the parties stay.
@settings(max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(document=contracts())
def test_loading_and_closing_equals_the_model(parties: Parties, document: dict[str, object]) -> None:
    scenario = ledger.read_from(document)
    with transaction.atomic():
        contract = ledger.load(scenario, parties)
        closed = as_text(closed_result_document(contract))
        in_turn = [statement_document(each) for each in close_in_turn(months_as_closed(contract))]
        again = [reproduced(each) for each in ClosedStatement.objects.order_by("month_start")[:2]]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)

    assert closed == as_text(model(scenario))
    assert closed == as_text(result_document(scenario.contract, in_turn))
    assert len(again) == min(2, len(scenario.closings))
