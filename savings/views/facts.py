"""Recording facts about children: added, moved, broken down, repriced, corrected, retracted."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohort.core.facts import KnownFacts
from cohort.core.moves import running_placement
from cohort.forms.children import ChildCorrectionForm, NewChildForm
from cohort.forms.extra_costs import ExtraCostCorrectionForm, NewExtraCostForm
from cohort.forms.ground import RetractionForm, seen_text
from cohort.forms.placements import BreakdownForm, MoveForm, PlacementCorrectionForm, PriceForm
from cohort.pages.facts import KIND_WORDS
from cohort.queries.baselines import baseline_is_agreed
from pbr_ledger.words import day_shown, setting_shown
from savings.views.recording import (
    Words,
    answer,
    child_address,
    contract_to_record,
    contract_to_report,
    ground_of,
    live_reference,
)

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _filled(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@get_or_post
def add_child(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A child joins the cohort, with where it lives."""
    contract = contract_to_record(request, contract_id)
    form = NewChildForm(_filled(request), ground=ground_of(contract, "child", "placement"))
    words = Words(
        heading="Add a child",
        lead="A child that joins the cohort, with the price its savings are measured against.",
        done="The child is in the cohort.",
        back=reverse("cohort", args=[contract.pk]),
    )
    return answer(request, contract, form, words)


@get_or_post
def correct_child(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponse:
    """When a child joined and left, corrected."""
    contract = contract_to_record(request, contract_id)
    ground = ground_of(contract)
    reference = live_reference(contract, ground.known, "child", child_id)
    form = ChildCorrectionForm(_filled(request), ground=ground, child=ground.known.children[reference])
    words = Words(
        heading=f"Correct when child {reference} joined and left",
        lead="The version before stays readable.",
        done=f"Child {reference} is corrected.",
        back=reverse("child", args=[contract.pk, child_id]),
    )
    return answer(request, contract, form, words)


@get_or_post
def move_child(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponse:
    """A child moves: its running placement ends as planned, the next begins."""
    contract = contract_to_record(request, contract_id)
    ground = ground_of(contract, "placement", "claim")
    reference = live_reference(contract, ground.known, "child", child_id)
    is_agreed = baseline_is_agreed(contract, ground.known.children[reference])
    form = MoveForm(_filled(request), ground=ground, child=reference, baseline_is_agreed=is_agreed)
    words = Words(
        heading=f"Record a move of child {reference}",
        lead=_where_now(ground.known, reference),
        done=f"The move of child {reference} is recorded.",
        back=reverse("child", args=[contract.pk, child_id]),
    )
    return answer(request, contract, form, words)


def _where_now(known: KnownFacts, child: str) -> str:
    running = running_placement(known, child)
    if running is None:
        return "No placement is running, so a new one begins."
    now = f"{setting_shown(running.setting)}, placement {running.id}, since {day_shown(running.start)}"
    return f"Now: {now}. It ends as planned on the date of the move."


@get_or_post
def report_breakdown(request: HttpRequest, contract_id: int, placement_id: int) -> HttpResponse:
    """A running placement broke down."""
    contract = contract_to_report(request, contract_id)
    ground = ground_of(contract)
    reference = live_reference(contract, ground.known, "placement", placement_id)
    placement = ground.known.placements[reference]
    back = child_address(contract, placement.child)
    if placement.until is not None:
        messages.error(request, f"Placement {reference} has ended already, on {day_shown(placement.until)}.")
        return HttpResponseRedirect(back)
    words = Words(
        heading=f"Report that placement {reference} broke down",
        lead=f"{setting_shown(placement.setting)} of child {placement.child}, since {day_shown(placement.start)}.",
        done=f"The breakdown of placement {reference} is recorded.",
        back=back,
        button="Report the breakdown",
    )
    return answer(request, contract, BreakdownForm(_filled(request), ground=ground, placement=placement), words)


@get_or_post
def change_price(request: HttpRequest, contract_id: int, placement_id: int) -> HttpResponse:
    """A placement costs something else from a date on."""
    contract = contract_to_record(request, contract_id)
    ground = ground_of(contract)
    reference = live_reference(contract, ground.known, "placement", placement_id)
    placement = ground.known.placements[reference]
    words = Words(
        heading=f"Change the price of placement {reference}",
        lead="From a date on. To mend a price that was recorded wrongly, correct the placement instead.",
        done=f"The new price of placement {reference} is recorded.",
        back=child_address(contract, placement.child),
    )
    return answer(request, contract, PriceForm(_filled(request), ground=ground, placement=placement), words)


@get_or_post
def correct_placement(request: HttpRequest, contract_id: int, placement_id: int) -> HttpResponse:
    """Anything recorded of a placement, corrected."""
    contract = contract_to_record(request, contract_id)
    ground = ground_of(contract)
    reference = live_reference(contract, ground.known, "placement", placement_id)
    placement = ground.known.placements[reference]
    words = Words(
        heading=f"Correct placement {reference}",
        lead="Change what was recorded wrongly. The version before stays readable.",
        done=f"Placement {reference} is corrected.",
        back=child_address(contract, placement.child),
    )
    form = PlacementCorrectionForm(_filled(request), ground=ground, placement=placement)
    return answer(request, contract, form, words)


@get_or_post
def add_extra_cost(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponse:
    """Something that is paid for a child beside the placement."""
    contract = contract_to_record(request, contract_id)
    ground = ground_of(contract, "extra_cost")
    reference = live_reference(contract, ground.known, "child", child_id)
    words = Words(
        heading=f"Add an extra cost of child {reference}",
        lead="What the council still pays beside the placement. It is taken off the child’s savings night by night.",
        done=f"The extra cost of child {reference} is recorded.",
        back=reverse("child", args=[contract.pk, child_id]),
    )
    return answer(request, contract, NewExtraCostForm(_filled(request), ground=ground, child=reference), words)


@get_or_post
def correct_extra_cost(request: HttpRequest, contract_id: int, extra_cost_id: int) -> HttpResponse:
    """Anything recorded of an extra cost, corrected."""
    contract = contract_to_record(request, contract_id)
    ground = ground_of(contract)
    reference = live_reference(contract, ground.known, "extra_cost", extra_cost_id)
    extra_cost = ground.known.extra_costs[reference]
    words = Words(
        heading=f"Correct extra cost {reference}",
        lead="Change what was recorded wrongly. The version before stays readable.",
        done=f"Extra cost {reference} is corrected.",
        back=child_address(contract, extra_cost.child),
    )
    form = ExtraCostCorrectionForm(_filled(request), ground=ground, extra_cost=extra_cost)
    return answer(request, contract, form, words)


@get_or_post
def retract_child(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponse:
    """A child that should never have been recorded."""
    return _retract(request, contract_id, "child", child_id)


@get_or_post
def retract_placement(request: HttpRequest, contract_id: int, placement_id: int) -> HttpResponse:
    """A placement that never was."""
    return _retract(request, contract_id, "placement", placement_id)


@get_or_post
def retract_extra_cost(request: HttpRequest, contract_id: int, extra_cost_id: int) -> HttpResponse:
    """An extra cost that never was."""
    return _retract(request, contract_id, "extra_cost", extra_cost_id)


def _retract(request: HttpRequest, contract_id: int, kind: str, key: int) -> HttpResponse:
    contract = contract_to_record(request, contract_id)
    ground = ground_of(contract)
    reference = live_reference(contract, ground.known, kind, key)
    fact: Any = ground.known.of_kind(kind)[reference]
    name = f"{KIND_WORDS[kind].lower()} {reference}"
    words = Words(
        heading=f"Retract {name}",
        lead="Retract what was wrong altogether. If only a part of it was wrong, correct it instead. What was recorded "
        "stays readable, and can be recorded again.",
        done=f"{name[0].upper()}{name[1:]} is retracted.",
        back=child_address(contract, reference if kind == "child" else fact.child),
        button="Retract",
    )
    shown = QueryDict(urlencode({"seen": seen_text(ground)}))
    data = request.POST if request.method == "POST" else shown
    return answer(request, contract, RetractionForm(data, ground=ground, kind=kind, reference=reference), words)
