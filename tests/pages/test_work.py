"""The page of the work in the background: what it tells whom, and that only an administrator sets work going again."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from pbr_ledger.accounts.services import create_person, grant_role
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import FAILED, Job, JobReport
from pbr_ledger.jobs.pages import cause_shown
from tests.pages.accessibility import faults, open_menu
from tests.pages.world import World, world
from tests.signing_in import sign_in, signed_in

SECRET = "Canary Child 4711"


def failed(number: int, **more: object) -> Job:
    """A report that could not be made, whose error quotes a fact."""
    told = {
        "error": f"ValueError: {SECRET}\n\n  File, in {SECRET}",
        "attempts": 5,
        "finished_at": Now(),
        "state": FAILED,
    }
    return Job.objects.create(
        kind="reconciliation.pdf", key=f"of this test {number}", subject="L04 25/26 2026-03", **(told | more)
    )


def checked(here: World, findings: int) -> JobReport:
    """A check of the own contract."""
    done = {"state": "done", "finished_at": Now()}
    job = Job.objects.create(kind="check_ledger", key="2026-06-20 contract", subject="L04 25/26", **done)
    lines = "\n".join(f"L04 25/26 entry {number}: is out of balance" for number in range(1, findings + 1))
    return JobReport.objects.create(job=job, organisation=here.contract.council, findings=findings, lines=lines)


WORK = reverse("work")


def text_of(client: Client, address: str = "/work/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def administrator(here: World) -> Client:
    return signed_in(here.people["own council administrator"])


@pytest.fixture
def auditor(here: World) -> Client:
    return signed_in(here.people["own council auditor"])


def test_administrator_sees_what_failed_without_what_the_error_said(administrator: Client) -> None:
    job = failed(1)
    page = text_of(administrator)
    said = ("Reconciliation report", "L04 25/26 2026-03", "ValueError", "Run it again. If it fails", "Run again<span")
    for words in (*said, f"job {job.pk}"):
        assert words in page
    assert SECRET not in page


def test_auditor_sees_neither_which_contract_nor_a_button(auditor: Client) -> None:
    failed(1)
    page = text_of(auditor)
    assert "Reconciliation report" in page
    assert "L04 25/26 2026-03" not in page
    assert "An administrator of a council can run them again" in page
    assert "Run again" not in page
    assert "Run it again" not in page


def test_another_councils_administrator_learns_that_it_failed_and_no_more(here: World) -> None:
    job = failed(1, organisation=here.contract.council)
    elsewhere = signed_in(here.people["other council administrator"])
    page = text_of(elsewhere)
    assert "Reconciliation report" in page
    assert "L04 25/26 2026-03" not in page
    assert "Run again" not in page
    answer = elsewhere.post(reverse("work-run-again", args=[job.pk]), follow=True)
    assert "Only an administrator of the council sets failed work going again." in answer.content.decode()
    job.refresh_from_db()
    assert job.state == FAILED


def test_nobody_is_told_of_the_business_of_an_organisation_that_keeps_itself(here: World) -> None:
    """With a second administrator of its own the provider keeps itself; the council still sets its work going again."""
    failed(1, organisation=here.contract.provider)
    council = signed_in(here.people["own council administrator"])
    assert "L04 25/26 2026-03" in text_of(council)
    by = here.people["own provider administrator"]
    who = {"email": "second@provider.example", "full_name": "Second Keeper", "password": None}
    second = create_person(organisation=here.contract.provider, by=by, clock=DATABASE_CLOCK, **who)
    grant_role(person=second, role="administrator", by=by, clock=DATABASE_CLOCK)
    page = text_of(council)
    assert "L04 25/26 2026-03" not in page
    assert "Run again<span" in page


def test_failed_job_runs_again_and_the_log_says_who_wished_it(administrator: Client, here: World) -> None:
    job = failed(1)
    answer = administrator.post(f"/work/{job.pk}/run-again/", follow=True)
    assert f"Job {job.pk} is waiting to be run again." in answer.content.decode()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)
    event = AuditEvent.objects.get(stream="jobs")
    assert (event.actor_email, event.action) == (here.people["own council administrator"].email, "job run again")
    again = administrator.post(f"/work/{job.pk}/run-again/", follow=True)
    assert "A job that is waiting cannot be changed by “run again”." in again.content.decode()


def test_auditor_of_the_council_reads_findings_and_others_only_their_number(
    here: World, auditor: Client, administrator: Client
) -> None:
    report = checked(here, 2)
    address = f"/work/findings/{report.pk}/"
    assert "2 findings" in text_of(auditor)
    assert address in text_of(auditor)
    assert "L04 25/26 entry 2: is out of balance" in text_of(auditor, address)
    assert "2 findings" in text_of(administrator)
    assert address not in text_of(administrator)
    assert administrator.get(address).status_code == 404
    elsewhere = signed_in(here.people["other council auditor"])
    assert elsewhere.get(address).status_code == 404
    assert "2 findings" not in text_of(elsewhere)


def test_menu_leads_there_for_those_who_may_read_it(here: World, administrator: Client) -> None:
    assert 'href="/work/"' in text_of(administrator, "/contracts/")
    assert 'href="/work/"' not in text_of(signed_in(here.people["own council finance_officer"]), "/contracts/")
    assert 'href="/work/"' not in text_of(signed_in(here.people["own provider administrator"]), "/contracts/")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("failed", "No job has failed."),
        ("running", "Nothing is running."),
        ("done", "Nothing has been done yet."),
    ],
)
def test_empty_lists_say_so(administrator: Client, state: str, said: str) -> None:
    assert said in text_of(administrator, f"/work/?state={state}")


def test_state_that_never_was_is_not_found(administrator: Client) -> None:
    assert administrator.get("/work/?state=paused").status_code == 404


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        text_of(client)
    return len(captured)


def test_three_hundred_jobs_cost_no_more_queries_than_one(administrator: Client) -> None:
    failed(0)
    of_one = queries(administrator)
    for number in range(1, 300):
        failed(number)
    assert queries(administrator) == of_one
    assert "Page 1 of 6" in text_of(administrator)


def looked(client: Client, address: str) -> str:
    return client.get(address, headers={"HX-Request": "true"}).content.decode()


def next_faults(text: str) -> str:
    found = re.search(r'hx-get="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else ""


def test_page_looks_again_only_while_something_is_to_be_done(administrator: Client) -> None:
    failed(1)
    Job.objects.exclude(state=FAILED).update(state="done", finished_at=Now(), lease_token=None, leased_until=None)
    assert next_faults(text_of(administrator)) == ""
    assert "Look again" not in text_of(administrator)
    job = Job.objects.create(kind="check_ledger", key="waits", subject="All contracts together")
    page = text_of(administrator, f"{WORK}?state=waiting")
    assert next_faults(page).startswith(f"{WORK}?state=waiting&page=1&looks=1&stage=")
    assert f'href="{WORK}?state=waiting">Look again</a>' in page

    same = looked(administrator, next_faults(page))
    assert ("<html" in same, 'id="work"' in same) == (False, False)
    assert "looks=2" in next_faults(same)
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=Now())
    news = looked(administrator, next_faults(same))
    assert ('<div id="work" hx-swap-oob="true">' in news, "Nothing is waiting." in news) == (True, True)
    assert next_faults(news) == ""


def test_looks_come_less_often_and_end_after_ten_minutes(administrator: Client) -> None:
    Job.objects.create(kind="check_ledger", key="waits", subject="All contracts together")
    address, pauses = next_faults(text_of(administrator)), [2]
    while address:
        part = looked(administrator, address)
        address = next_faults(part)
        pauses += [int(seconds) for seconds in re.findall(r"delay:(\d+)s", part)]
    assert pauses[:9] == [2, 2, 2, 3, 5, 8, 13, 20, 30]
    assert (set(pauses[9:]), sum(pauses)) == ({30}, 595)


@pytest.mark.parametrize("looks", ["-1", "x", "9999999999", "²"])
def test_look_that_counts_wrongly_begins_anew(administrator: Client, looks: str) -> None:
    Job.objects.create(kind="check_ledger", key="waits", subject="All contracts together")
    assert "looks=1&" in next_faults(looked(administrator, f"{WORK}?looks={looks}"))


def test_job_whose_worker_was_lost_each_time_says_whom_to_tell_first(administrator: Client) -> None:
    failed(1, error="The worker was lost in each attempt.")
    assert "Tell whoever runs this installation first" in text_of(administrator)


def test_outsiders_learn_nothing_by_looking_again(here: World) -> None:
    Job.objects.create(kind="check_ledger", key="waits", subject="All contracts together")
    officer = signed_in(here.people["own council finance_officer"])
    assert officer.get(WORK, headers={"HX-Request": "true"}).status_code == 404


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("ValueError: Ann", "ValueError"),
        ("pbr_ledger.jobs.registry.UnknownJobKind: There is none.", "UnknownJobKind"),
        ("The worker was lost in each attempt.", "The worker was lost in each attempt."),
        ("Ann said: no", "Error"),
        ("", ""),
    ],
)
def test_of_an_error_its_name_is_shown(error: str, shown: str) -> None:
    assert cause_shown(error) == shown


@pytest.fixture
def busy(transactional_db: None) -> World:
    """A world in which something failed, waits, runs and was found."""
    here = world()
    failed(1)
    Job.objects.create(kind="check_ledger", key="waits", subject="All contracts together")
    checked(here, 3)
    return here


@pytest.fixture(params=[320, 1280])
def wide(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A window of that width, of a browser that runs no script of ours."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_administrator_sets_a_job_going_in_the_browser(wide: Page, live_server: LiveServer, busy: World) -> None:
    sign_in(wide, live_server.url, busy.people["own council administrator"])
    open_menu(wide)
    wide.get_by_role("link", name="Background work").click()
    expect(wide).to_have_title("Background work – Payment-by-results ledger")
    assert faults(wide) == []
    wide.get_by_role("button", name="Run again").click()
    expect(wide.get_by_role("alert")).to_contain_text("is waiting to be run again")
    wide.get_by_role("link", name="Waiting").click()
    assert faults(wide) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_page_shows_by_itself_what_was_done_and_then_rests(page: Page, live_server: LiveServer, busy: World) -> None:
    Job.objects.exclude(state=FAILED).exclude(key="waits").update(state="done", finished_at=Now())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "looks=" in request.url else None)
    sign_in(page, live_server.url, busy.people["own council administrator"])
    page.goto(f"{live_server.url}{WORK}?state=waiting")
    expect(page.get_by_role("link", name="Waiting (1)")).to_be_visible()
    with page.expect_response(lambda answer: "looks=1" in answer.url):
        pass
    Job.objects.filter(key="waits").update(state="done", finished_at=Now())
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible(timeout=15_000)
    assert page.get_by_role("link", name="Look again").count() == 0
    looks = len(asked)
    page.wait_for_timeout(2500)
    assert (len(asked), looks >= 2) == (looks, True)
    assert faults(page) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_auditor_reads_the_findings_in_the_browser(wide: Page, live_server: LiveServer, busy: World) -> None:
    sign_in(wide, live_server.url, busy.people["own council auditor"])
    open_menu(wide)
    wide.get_by_role("link", name="Background work").click()
    wide.get_by_role("link", name="Read what was found in L04 25/26").click()
    expect(wide.get_by_role("heading", level=1)).to_have_text("What the check found")
    assert faults(wide) == []
