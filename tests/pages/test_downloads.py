"""A statement's documents: the very bytes that are kept, for nobody but those they are for."""

import hashlib
import json

import pytest
from django.test import Client

from savings.services import statement_text
from tests.pages.world import World, keep_report, keep_workbook, last_statement
from tests.signing_in import signed_in


@pytest.fixture
def reader(here: World, client: Client) -> Client:
    signed_in(here.people["own provider provider_staff"], client)
    return client


def test_report_is_the_stored_bytes_under_a_name_that_every_system_keeps(here: World, reader: Client):
    statement = last_statement(here.contract)
    content = keep_report(statement)
    answer = reader.get(f"/contracts/{here.contract.pk}/statements/{statement.month}/reconciliation.pdf")
    assert answer.content == content
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="reconciliation-L04-25-26-{statement.month}.pdf"'
    assert answer["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_workbook_is_the_stored_bytes(here: World, reader: Client):
    statement = last_statement(here.contract)
    content = keep_workbook(statement)
    answer = reader.get(f"/contracts/{here.contract.pk}/statements/{statement.month}/workbook.xlsx")
    assert answer.content == content
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer["Content-Disposition"] == f'attachment; filename="workbook-L04-25-26-{statement.month}.xlsx"'
    assert answer["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'


def test_list_of_documents_is_sent_again_only_when_something_is_made(here: World, reader: Client):
    statement = last_statement(here.contract)
    address = f"/contracts/{here.contract.pk}/statements/{statement.month}/documents/"
    asked_by_htmx = {"HX-Request": "true"}
    same = reader.get(f"{address}?stage=waiting-waiting", headers=asked_by_htmx).content.decode()
    assert ("documents-list" in same, "looks=1&amp;stage=waiting-waiting" in same) == (False, True)
    keep_report(statement)
    first = reader.get(f"{address}?stage=waiting-waiting", headers=asked_by_htmx).content.decode()
    assert ("reconciliation.pdf" in first, "stage=made-waiting" in first, "Look again" in first) == (True, True, True)
    keep_workbook(statement)
    last = reader.get(f"{address}?stage=made-waiting", headers=asked_by_htmx).content.decode()
    assert ("workbook.xlsx" in last, "hx-get" in last, "Look again" in last) == (True, False, False)


def test_document_is_the_closed_statement(here: World, reader: Client):
    statement = last_statement(here.contract)
    answer = reader.get(f"/contracts/{here.contract.pk}/statements/{statement.month}/statement.json")
    assert answer.content.decode() == statement_text(statement)
    assert json.loads(answer.content)["contract"] == "L04 25/26"
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == f'attachment; filename="statement-L04-25-26-{statement.month}.json"'
    assert answer["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'


def test_unchanged_document_is_not_sent_again(here: World, reader: Client):
    address = f"/contracts/{here.contract.pk}/statements/{last_statement(here.contract).month}/statement.json"
    etag = reader.get(address)["ETag"]
    again = reader.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert reader.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_every_page_forbids_frames_foreign_files_and_keeping(here: World, reader: Client):
    answer = reader.get("/contracts/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Content-Security-Policy"] == (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
