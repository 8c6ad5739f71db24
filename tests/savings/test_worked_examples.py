"""Every worked example through PostgreSQL: loaded, proposed, agreed and closed by the services, then read back."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from cohort.models import ChildVersion, ClaimVersion, Contract, ExpenseVersion, PlacementVersion, TermsVersion
from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Person, RoleGrant
from pbr_ledger.audit.queries import verify_all
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotPermitted, Refused
from savings.models import ClosedStatement, Proposal
from savings.queries import closed_result_document
from savings.services import ContractExists, Parties
from tests.jobs.processes import environment
from tests.savings import ledger
from tests.savings.readings import document_of, readings_modelled, readings_shown


@pytest.mark.parametrize("name", ledger.SCENARIO_NAMES)
def test_worked_example(name: str, parties: Parties) -> None:
    scenario = ledger.scenario(name)
    contract = ledger.load(scenario, parties)
    assert closed_result_document(contract) == ledger.expected(name), scenario.why or "the sample contract"
    assert readings_shown(contract) == readings_modelled(document_of(name))


def test_every_closing_leaves_its_proposal_its_two_agreements_and_its_statement(parties: Parties) -> None:
    contract = ledger.load(ledger.scenario("terms-varied"), parties)

    months = [str(statement.month) for statement in ClosedStatement.objects.order_by("month_start")]
    assert months == [each["month"] for each in ledger.expected("terms-varied")["statements"]]
    for proposal in Proposal.objects.filter(contract=contract):
        assert (proposal.number, proposal.status, proposal.proposed_by) == (1, "closed", parties.officer)
        signed = {each.side: each.agreed_by for each in proposal.agreements.all()}
        assert signed == {"council": parties.second_officer, "provider": parties.provider_staff}
        assert proposal.closed_statement.closed_by == parties.accountant
    assert verify_all() == []


def test_without_closing_there_are_facts_and_nothing_else(parties: Parties) -> None:
    ledger.load(ledger.scenario("breakdown-reported-late"), parties, closing=False)

    counts = ledger.row_counts()
    assert {name: count for name, count in counts.items() if name.startswith(("savings", "jobs")) and count} == {}
    assert counts["cohort_child"] == 1
    assert counts["cohort_claimversion"] >= 1
    # A day in British Summer Time begins an hour before midnight UTC.
    assert TermsVersion.objects.get().recorded_at == datetime(2025, 7, 28, 23, 0, 0, 1, tzinfo=UTC)


# When everything was recorded


def test_each_line_is_recorded_at_midnight_in_london_and_as_many_microseconds_as_its_number(parties: Parties) -> None:
    """Terms count first, from 1. British Summer Time ends on 26 October 2025."""
    contract = ledger.load(ledger.scenario("expense-retracted"), parties, closing=False)

    document = json.loads(ledger.scenario_path("expense-retracted").read_bytes())
    recorded = [each["recorded"] for each in [*document["terms"], *document["facts"]]]
    instants = sorted(
        row.recorded_at
        for model in (TermsVersion, ChildVersion, PlacementVersion, ClaimVersion, ExpenseVersion)
        for row in model.objects.all()
    )
    assert instants == [
        ledger.instant(day).replace(microsecond=line).astimezone(UTC) for line, day in enumerate(recorded, start=1)
    ]
    assert contract.last_stamped_at == instants[-1]


def test_a_closing_is_known_to_the_last_microsecond_of_its_day(parties: Parties) -> None:
    ledger.load(ledger.scenario("mid-month-move"), parties)

    statement = ClosedStatement.objects.get()
    as_known_on = ledger.expected("mid-month-move")["statements"][0]["as_known_on"]
    assert statement.known_at == ledger.instant(as_known_on).replace(
        hour=23, minute=59, second=59, microsecond=999_999
    ).astimezone(UTC)
    assert statement.closed_at == statement.known_at


def test_months_left_out_have_the_reason_recorded(parties: Parties) -> None:
    ledger.load(ledger.scenario("mid-month-move"), parties)

    statement = ClosedStatement.objects.get()
    assert statement.skipped_months_because == "The scenario’s list of months to close leaves them out."


def test_a_month_closed_on_the_last_day_there_is(parties: Parties) -> None:
    document = json.loads(ledger.scenario_path("mid-month-move").read_bytes())
    document["close"][-1]["as_known_on"] = "9999-12-31"

    contract = ledger.load(ledger.read_from(document), parties)

    (statement,) = closed_result_document(contract)["statements"]
    assert statement["as_known_on"] == "9999-12-31"
    assert statement["lines"] == ledger.expected("mid-month-move")["statements"][0]["lines"]


# All or nothing


def test_a_failure_at_a_later_month_leaves_no_row_of_any_table(parties: Parties) -> None:
    """The second officer, who agrees for the council, has lost the role: facts and a proposal stand by then."""
    grant = RoleGrant.objects.get(person=parties.second_officer)
    accounts.revoke_role(grant=grant, by=ledger.administrator(), clock=DATABASE_CLOCK)
    before = ledger.row_counts()

    with pytest.raises(NotPermitted, match="another person of the council"):
        ledger.load(ledger.scenario("terms-varied"), parties)

    assert ledger.row_counts() == before
    assert not Contract.objects.exists()


def test_a_second_loading_under_the_same_reference_is_refused_and_under_another_is_not(parties: Parties) -> None:
    scenario = ledger.scenario("leap-february")
    ledger.load(scenario, parties)
    before = ledger.row_counts()

    with pytest.raises(ContractExists, match=f"There is a contract {scenario.contract} already"):
        ledger.load(scenario, parties)
    assert ledger.row_counts() == before

    again = ledger.load(scenario, parties, reference="another")
    assert closed_result_document(again) == {**ledger.expected("leap-february"), "contract": "another"}


def test_a_reference_longer_than_a_row_keeps_is_refused_in_words(parties: Parties) -> None:
    with pytest.raises(Refused, match="contract: has more than 100 characters"):
        ledger.load(replace(ledger.scenario("leap-february"), contract="L" * 101), parties)

    contract = ledger.load(replace(ledger.scenario("leap-february"), contract="L" * 100), parties, closing=False)
    assert contract.reference == "L" * 100


# The command


def test_command_loads_closes_and_prints_the_document_of_the_closed_statements(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_scenario", str(ledger.scenario_path("carer-fee-refund")), "--close", "--compact", "--as", "X 1")

    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.count("\n") == 1
    assert json.loads(said.out) == {**ledger.expected("carer-fee-refund"), "contract": "X 1"}


def test_command_without_closing_says_what_it_loaded(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_scenario", str(ledger.scenario_path("leap-february")))

    reference = ledger.scenario("leap-february").contract
    assert capsys.readouterr().out == f"Loaded {reference}: 5 facts, no month closed.\n"
    assert ClosedStatement.objects.count() == 0


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[object, str]:
    """The exit status and standard error of a command that writes no row and prints nothing."""
    before = ledger.row_counts()
    with pytest.raises(SystemExit) as exited:
        call_command("load_scenario", *map(str, arguments))
    said = capsys.readouterr()
    assert said.out == ""
    assert ledger.row_counts() == before
    return exited.value.code, said.err


def test_command_refuses_a_contract_that_is_there_with_status_1(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    path = ledger.scenario_path("leap-february")
    call_command("load_scenario", str(path), "--as", "X 2")
    capsys.readouterr()

    status, said = refused(capsys, path, "--close", "--as", "X 2", "--council", "Another Council")

    assert status == 1
    assert said == f"{path} was not loaded: There is a contract X 2 already. Load it under another reference.\n"


def test_command_refuses_a_wrong_scenario_with_status_2_and_every_problem(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(ledger.scenario_path("mid-month-move").read_bytes())
    document["facts"][1]["costs"][0]["weekly"] = 7000
    document["close"][0]["as_known_on"] = "2025-11-30"
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(document))

    status, said = refused(capsys, path, "--close")

    assert status == 2
    assert said.startswith(f"{path} is refused:\n")
    assert "facts[1].costs[0].weekly: " in said
    assert "close[0].as_known_on: " in said


def test_command_refuses_a_file_that_is_not_there_with_status_2(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "nowhere.json")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--as", " "], "reference: must not be empty"),
        (["--as", "L" * 101], "contract: has more than 100 characters"),
        (["--provider", "…"], "“…” is no name for an organisation"),
        (["--provider", "Plymouth City Council"], "provider: Plymouth City Council is a council"),
    ],
)
def test_command_refuses_words_that_cannot_be_kept(
    db: None, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], message: str
) -> None:
    status, said = refused(capsys, ledger.scenario_path("leap-february"), *arguments)

    assert (status, message in said) == (2, True), said


def test_command_says_why_somebody_who_left_cannot_act(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    path = ledger.scenario_path("leap-february")
    call_command("load_scenario", str(path), "--as", "X 3")
    capsys.readouterr()
    leaver = Person.objects.get(full_name="Scenario second finance officer")
    accounts.close_person(person=leaver, by=ledger.administrator(), clock=DATABASE_CLOCK)

    assert refused(capsys, path, "--close") == (
        1,
        f"{path} was not loaded: Scenario second finance officer has left.\n",
    )


@pytest.mark.django_db(transaction=True)
def test_command_line_puts_the_document_alone_on_standard_output(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "load_scenario", str(ledger.scenario_path("plymouth"))]
    run = subprocess.run(
        [*command, "--close", "--compact", "--as", "X"],
        cwd=ledger.ROOT,
        env=environment(var=tmp_path, broker_url=""),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("\n") == 1
    assert json.loads(run.stdout) == {**ledger.expected("plymouth"), "contract": "X"}
    assert Contract.objects.count() == 1
    assert ClosedStatement.objects.count() == 15
