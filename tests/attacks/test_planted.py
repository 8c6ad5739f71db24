"""Script, markup and formulas in every text that people write come out as text: on every page, in every file.

And on the same walk: nothing of strangers is anywhere, and whoever opens what is about children is noted.
"""

import csv
import io
import re
from collections.abc import Iterator
from html import escape
from itertools import chain

import openpyxl
import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CharField, Field, TextField

from pbr_ledger.observability.security import routes_of_children
from tests.attacks.crawl import Seen, trouble_with
from tests.attacks.planted import MARK, PLANT, SCRIPT
from tests.pages.world import World

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OURS = ("pbr_ledger.", "cohort.", "savings.", "invoicing.")
FORMULA = re.compile(r"[=+@\t\r-]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
NEVER_WRITTEN = {
    *(
        "action",
        "because",
        "category",
        "code",
        "kind",
        "purpose",
        "role",
        "setting",
        "side",
        "state",
        "status",
        "treatment",
    ),
    *("agreed_side", "assessed_by", "charge", "choice", "decided_side", "ended", "proposed_side", "status_after"),
    *("carer_fee_trigger", "fixed_fee_limit", "fixed_fee_savings", "negative_savings", "success_fee_basis"),
    *("audit_head", "digest", "file_sha256", "hash", "head_hash", "input_digest", "output_digest", "previous_hash"),
    *("kept_as", "key", "media_type", "message_id", "page", "password", "release", "scan", "sha256", "token_hash"),
    *(
        "company_number",
        "electronic_identifier",
        "electronic_scheme",
        "vat_number",
        "vat_treatment",
        "disabled_because",
    ),
}
"""Columns of words that the ledger chooses, and of numbers whose form is checked."""
MADE_BY_US = {
    # its form is checked, it is enciphered, or it is what the ledger itself says
    *("accounts.Organisation.reference", "accounts.Person.email", "audit.AuditEvent.actor_email"),
    *("accounts.KeptFilter.listing", "accounts.KeptFilter.query"),
    *("clients.KeptAnswer.body", "clients.RequestCount.source", "webhooks.EndpointSecret.enciphered"),
    *("invoicing.Account.cost_code", "invoicing.Account.name", "invoicing.InvoiceDocument.name"),
    *("savings.Agreement.agreed_as", "savings.Proposal.proposed_as", "savings.KeptScenario.document"),
    *("invoicing.ParkedStatement.findings", "jobs.Job.progress", "notices.Notice.text", "savings.StatementReport.name"),
    # what errors and receivers said: tests/pages/test_work.py, tests/webhooks/test_sending.py
    *("jobs.Job.error", "jobs.JobReport.lines", "webhooks.Attempt.error", "webhooks.Attempt.excerpt"),
}
NOT_PLANTED = {
    # cleaned of all marks, and shown as the other names of files are
    *("cohort.Evidence.name", "cohort.PendingImport.file_name"),
    # of rows that this world has none of: reasons like all the others
    *("invoicing.ParkedStatement.reason", "invoicing.SetOff.reason"),
    *("savings.ClosedStatement.skipped_months_because", "savings.ClosedStatement.unanswered_because"),
}
NAMED_IN_PASSING = {"home", "contracts", "contract"}
"""Pages that name a child's reference among what needs somebody, and say nothing of the child."""


def text_columns() -> Iterator[Field]:
    for model in apps.get_models():
        if model.__module__.startswith(OURS) and model._meta.managed:
            for field in model._meta.concrete_fields:
                if isinstance(field, CharField | TextField) and not field.choices:
                    yield field


def holds(field: Field, text: str) -> bool:
    table, column = (connection.ops.quote_name(name) for name in (field.model._meta.db_table, field.column))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE {column}::text LIKE %s)", [f"%{text}%"])
        return bool(cursor.fetchone()[0])


def test_every_text_that_people_write_is_planted(planted: World) -> None:
    missing = {each for each in text_columns() if not holds(each, SCRIPT)}
    written = {f"{each.model._meta.label}.{each.name}" for each in missing if each.name not in NEVER_WRITTEN}
    assert written == NOT_PLANTED | MADE_BY_US


def test_no_page_holds_what_was_planted_as_markup(walks: dict[str, list[Seen]]) -> None:
    pages = [each for each in chain(*walks.values()) if each.is_page]
    assert [each.address for each in pages if SCRIPT in each.text] == []
    assert [each.address for each in chain(*walks.values()) if each.answer.status_code != 200] == []
    assert len([each for each in pages if escape(SCRIPT) in each.text]) > 150


def test_every_answer_to_somebody_signed_in_has_its_headers(walks: dict[str, list[Seen]]) -> None:
    found = {each.address: trouble_with(each.answer) for each in chain(*walks.values())}
    assert {address: trouble for address, trouble in found.items() if trouble} == {}


def test_nothing_of_strangers_is_on_any_page(walks: dict[str, list[Seen]]) -> None:
    assert [each.address for each in chain(*walks.values()) if MARK in each.text] == []


def cells_of(seen: Seen) -> Iterator[str]:
    """The cells that a spreadsheet would take for formulas."""
    if seen.answer["Content-Type"].startswith("text/csv"):
        for row in csv.reader(io.StringIO(seen.answer.content.decode("utf-8-sig"))):
            yield from (cell for cell in row if FORMULA.match(cell) and not NUMBER.fullmatch(cell))
    elif "spreadsheetml" in seen.answer["Content-Type"]:
        book = openpyxl.load_workbook(io.BytesIO(seen.answer.content))
        for cell in chain.from_iterable(row for sheet in book for row in sheet.iter_rows()):
            if cell.data_type == "f" and ("workbook" not in seen.name or PLANT in str(cell.value)):
                yield str(cell.value)


def test_no_cell_of_any_file_is_a_formula_that_somebody_wrote(walks: dict[str, list[Seen]]) -> None:
    files = [each for each in chain(*walks.values()) if re.search("csv|spreadsheet", each.answer["Content-Type"])]
    assert len(files) > 40
    assert {each.address: list(cells_of(each)) for each in files if any(cells_of(each))} == {}


def test_every_page_that_names_a_child_is_one_whose_readers_are_noted(walks: dict[str, list[Seen]]) -> None:
    named = {each.name for each in chain(*walks.values()) if re.search(r"(&gt;|>|__)C[02][12]", each.text)}
    assert named - routes_of_children() == NAMED_IN_PASSING
