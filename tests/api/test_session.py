"""The session of docs/api.md, word for word, against a running ledger."""

import re
from pathlib import Path

import pytest

from invoicing.models import Payment
from tests.api.programs import Ground

SESSION = re.search(
    r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.mark.django_db(transaction=True, databases=["default", "agent"])
def test_the_session_in_the_documentation_pays_what_is_payable_once(
    here: Ground, live_server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert SESSION
    monkeypatch.setenv("LEDGER", live_server.url)
    monkeypatch.setenv("CLIENT_ID", here.agent.made.client_id)
    monkeypatch.setenv("CLIENT_SECRET", here.agent.made.secret)
    for _ in range(2):
        exec(compile(SESSION[1], "docs/api.md", "exec"), {})  # noqa: S102 - our own documentation
    assert capsys.readouterr().out == "EXAMPLE 1 201 pay_1\n"
    here.approved.refresh_from_db()
    assert here.approved.status == "paid"
    assert [each.amount for each in Payment.objects.filter(contract=here.contract)] == [here.approved.gross]
