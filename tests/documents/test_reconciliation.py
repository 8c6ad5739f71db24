"""The reconciliation report: what it says, that both standards hold whatever it says, and that it never varies."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import page
import pikepdf
import pytest
from django.conf import settings

from pbr_ledger.periods import Month
from savings.core.results import Line
from savings.documents.reconciliation import reconciliation_html, reconciliation_pdf
from tests.documents.reading import printed_text, prints
from tests.documents.samples import report


def assert_valid(made):
    for profile in ("3a", "ua1"):
        found = page.validate_pdf_bytes(made, profile=profile)
        assert [(failure.rule_id, failure.message) for failure in found.failures] == []


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("plymouth", "2025-08"),
        ("plymouth", "2026-01"),
        ("plymouth", "2026-04"),
        ("plymouth", "2026-09"),
        ("plymouth", "2026-10"),
        ("breakdown-reported-late", "2026-05"),
    ],
)
def test_reports_are_archival_and_accessible(name, month):
    assert_valid(reconciliation_pdf(report(name, month)))


def test_the_report_of_april_says_what_is_charged_and_why():
    html = reconciliation_html(report("plymouth", "2026-04"))
    for words in (
        "<title>Reconciliation report, April 2026: L04 25/26</title>",
        "2026/27, period 1 (April 2026)",
        "Plymouth City Council (council) and Reconnect (provider), paid through Team Matrix",
        '<p class="figure">£366,308.49</p><p class="note">of £599,800.00</p>',
        '<p class="figure">£233,491.51</p>',
        '<p class="figure">£12,010.73</p>',
        "The statement of April 2026 charges the council £158,603.48.",
        "so the fee of April 2026 is £150,574.20; £54,195.79 of savings stays with the council.",
        "£407,035.69 has been charged of a maximum contract value of £1,000,000.00: 40.7%.",
        "As known on 6 May 2026, closed on 7 May 2026",
        "6 May 2026, 17:30",
    ):
        assert words in html


def test_the_printed_text_can_be_read_and_searched():
    made = reconciliation_pdf(report("breakdown-reported-late", "2026-05"))
    assert prints(made, "The statement of May 2026 is a credit of £33,600.00 to the council.")
    assert prints(made, "April 2026: savings of £24,000.00 were stated and £0.00 is now known")


def test_the_result_document_is_inside_unchanged():
    content = report("plymouth", "2026-04")
    with pikepdf.open(BytesIO(reconciliation_pdf(content))) as pdf:
        attached = pdf.attachments["statement-2026-04.json"].get_file().read_bytes()
    assert attached == content.document_json.encode()
    assert json.loads(attached)["statements"][0]["total"] == "158603.48"


def test_two_processes_make_the_same_bytes():
    program = (
        "import sys, django; django.setup(); from tests.documents.samples import report; "
        "from savings.documents.reconciliation import reconciliation_pdf; "
        "sys.stdout.buffer.write(reconciliation_pdf(report('plymouth', '2026-04')))"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "pbr_ledger.settings",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    made = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=environment | changed,
            capture_output=True,
            check=True,
        ).stdout
        for changed in ({"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C"})
    ]
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-1.7")


def test_a_cohort_of_sixty_keeps_its_headers_on_every_page():
    content = cohort_of(60)
    made = reconciliation_pdf(content)
    assert_valid(made)
    assert printed_text(made).count("ChildNightsFrom,toSetting") == 2


def test_more_lines_than_can_be_read_stay_in_the_attached_file():
    html = reconciliation_html(cohort_of(201))
    assert "201 children have nights that count in this month" in html
    assert "C0201" not in html


def cohort_of(children):
    """The report of April with so many children, each with the nights and prices of C01."""
    content = report("plymouth", "2026-04")
    nights = [run for run in content.nights if run.child == "C01"]
    names = [f"C{number:04}" for number in range(1, children + 1)]
    lines = tuple(Line(name, 30, 2_796_686) for name in names)
    return replace(
        content,
        statement=replace(content.statement, lines=lines),
        nights=tuple(replace(run, child=name) for name in names for run in nights),
    )


def test_markup_in_references_is_text():
    content = awkward()
    html = reconciliation_html(content)
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Sons&quot;" in html
    made = reconciliation_pdf(content)
    assert_valid(made)
    assert prints(made, '<script>alert(1)</script> & "Sons"')


def awkward():
    """Names that are markup, a contract reference without a break, references in a script that the font lacks."""
    content = report("plymouth", "2026-04")
    fees = content.statement.carer_fees
    statement = replace(
        content.statement,
        lines=(Line("C01" * 40, 30, 2_796_686), *content.statement.lines[1:]),
        carer_fees=(*fees[:-1], replace(fees[-1], household="<b>H05</b>" * 9)),
    )
    return replace(
        content,
        statement=statement,
        provider='<script>alert(1)</script> & "Sons"',
        contract_reference="L04/25/26-" * 30,
        contract_title="児童 " * 40,
        audit_head="",
    )


def test_a_charge_beyond_the_maximum_value_is_flagged():
    content = report("plymouth", "2026-09")
    terms = replace(content.statement.terms, maximum_value_pence=80_000_000)
    over = replace(content, statement=replace(content.statement, terms=terms, headroom_pence=-2_049_562))
    made = reconciliation_pdf(over)
    assert_valid(made)
    assert prints(made, "The headroom is −£20,495.62.")
    assert prints(made, "the invoice cannot be approved until a variation of the contract is recorded.")


def test_what_was_recorded_on_closing_is_told():
    remark = "Reconnect did not answer within 10 days; the Lead Accountant closed the month."
    assert remark in reconciliation_html(replace(report("plymouth", "2026-04"), remarks=(remark,)))


def test_no_document_depends_on_when_it_is_printed_only_on_when_it_was_closed():
    content = report("plymouth", "2025-08")
    assert reconciliation_pdf(content) == reconciliation_pdf(content)
    later = replace(content, closed_at=content.closed_at + timedelta(days=1))
    assert reconciliation_pdf(later) != reconciliation_pdf(content)
    assert content.month == Month(2025, 8)
