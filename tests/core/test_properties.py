"""What must hold of every contract, tried on random ones; and the day-by-day calculator agreeing with the engine."""

import copy
import datetime as dt
import json
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from savings.core.model import model
from savings.core.scenario import read_scenario
from tests.oracle import day_by_day
from tests.oracle.strategies import contracts
from tests.oracle.validity import is_valid

pytestmark = pytest.mark.slow


def result_of(document):
    """The engine's result for a parsed document, by way of the bytes of a file."""
    return model(read_scenario(json.dumps(document).encode()))


def stated_by(statements):
    """Every month's savings as all these statements together have stated them."""
    stated = {}
    for statement in statements:
        rows = [(statement["month"], row) for row in statement["lines"]]
        rows += [(row["month"], row) for row in statement["adjustments"]]
        for month, row in rows:
            stated[month] = stated.get(month, Fraction(0)) + Fraction(row["saving"])
    return stated


def charged(statements, kind):
    return sum(Fraction(statement["charges"][kind]) for statement in statements)


def last_live_facts(document):
    """The facts as known in the end, each in its last version."""
    cut_off = day_by_day.day(document["close"][-1]["as_known_on"])
    known = day_by_day.known_facts(document, cut_off)
    return [fact for facts in known.values() for fact in facts.values()]


# The day-by-day calculator


@given(contracts())
def test_day_by_day_calculator_agrees_with_the_engine(document):
    assert result_of(document) == day_by_day.result_of(document)


# Fees


@given(contracts(unvaried_terms=True))
def test_no_months_fee_passes_its_savings_its_limit_or_the_cap(document):
    terms = document["terms"][0]
    statements = result_of(document)["statements"]
    for count, statement in enumerate(statements, start=1):
        savings = stated_by(statements[:count])
        fees_before = savings_before = Fraction(0)
        for month, charged_fee in statement["fixed_fee_by_month"].items():
            fee = Fraction(charged_fee)
            allowed = savings.get(month, Fraction(0))
            if terms.get("fixed_fee_savings") == "to_date":
                allowed += savings_before - fees_before
            assert 0 <= fee <= max(0, allowed)
            assert fee <= max(0, day_by_day.limit_of(terms, month) - fees_before)
            fees_before += fee
            savings_before += savings.get(month, Fraction(0))
        assert fees_before <= day_by_day.cap_of(terms)
        assert charged(statements[:count], "fixed_fee") == fees_before


@given(contracts())
def test_lines_and_adjustments_add_up_to_savings_and_charges_to_what_is_charged(document):
    statements = result_of(document)["statements"]
    for count, statement in enumerate(statements, start=1):
        so_far = statements[:count]
        assert Fraction(statement["savings_in_month"]) == sum(Fraction(row["saving"]) for row in statement["lines"])
        assert Fraction(statement["savings_to_date"]) == sum(stated_by(so_far).values())
        assert Fraction(statement["total"]) == sum(Fraction(amount) for amount in statement["charges"].values())
        assert Fraction(statement["charged_to_date"]) == sum(Fraction(each["total"]) for each in so_far)
        months = list(statement["fixed_fee_by_month"])
        assert months == day_by_day.months_between(months[0], statement["month"])


# What changes nothing


def split(document, placement_id, on):
    """The same file with one placement told as two that follow each other on a day, claims and all."""
    later_id = f"{placement_id}~later"
    facts = []
    for fact in document["facts"]:
        facts.append(fact)
        twin = {**fact, "id": f"{fact['id']}~later"}
        if (fact["type"], fact["id"]) == ("placement", placement_id):
            if not fact.get("void"):
                facts[-1] = {**fact, "until": on, "ended": "planned"}
                twin["from"] = on
            facts.append(twin)
        elif fact["type"] == "claim" and claims_of(document, fact["id"]) == {placement_id}:
            facts.append(twin if fact.get("void") else {**twin, "placement": later_id})
    return {**document, "facts": facts}


def claims_of(document, identity):
    return {
        fact["placement"]
        for fact in document["facts"]
        if fact["type"] == "claim" and fact["id"] == identity and not fact.get("void")
    }


@given(contracts(unvaried_terms=True), st.data())
def test_splitting_a_placement_in_two_changes_no_saving(document, data):
    versions = {}
    for fact in document["facts"]:
        if fact["type"] == "placement" and not fact.get("void"):
            versions.setdefault(fact["id"], []).append(fact)
    claimed = {fact["placement"] for fact in document["facts"] if fact["type"] == "claim" and not fact.get("void")}
    assume(claimed)
    placement_id = data.draw(st.sampled_from(sorted(claimed)))
    earliest = max(fact["from"] for fact in versions[placement_id])
    latest = min((fact["until"] for fact in versions[placement_id] if fact["until"]), default="2030-01-01")
    nights = (day_by_day.day(latest) - day_by_day.day(earliest)).days
    assume(nights >= 2)
    on = day_by_day.day(earliest) + dt.timedelta(days=data.draw(st.integers(1, min(nights - 1, 200))))
    in_two = split(document, placement_id, str(on))
    assume(is_valid(in_two))
    for whole, parts in zip(result_of(document)["statements"], result_of(in_two)["statements"], strict=True):
        for kind in ("lines", "adjustments", "savings_to_date", "fixed_fee_by_month", "run_rate"):
            assert parts[kind] == whole[kind]
        for kind in ("fixed_fee", "success_fee", "expenses"):
            assert parts["charges"][kind] == whole["charges"][kind]


@given(contracts(), st.data())
def test_a_fact_recorded_again_unchanged_changes_nothing(document, data):
    position = data.draw(st.integers(1, len(document["facts"])), label="after how many lines")
    live = {}
    for fact in document["facts"][:position]:
        live[fact["type"], fact["id"]] = fact
    fact = live[data.draw(st.sampled_from(sorted(live)), label="which fact")]
    assume(not fact.get("void"))
    again = {**fact, "recorded": document["facts"][position - 1]["recorded"]}
    repeated = {**document, "facts": [*document["facts"][:position], again, *document["facts"][position:]]}
    assume(is_valid(repeated))
    assert result_of(repeated) == result_of(document)


@given(contracts(), st.data())
def test_what_is_known_in_the_end_fixes_what_is_charged_to_date_however_it_was_learned(document, data):
    ranks = ["child", "household", "placement", "claim", "extra_cost", "expense"]
    shuffled = data.draw(st.permutations(last_live_facts(document)))
    facts = sorted(shuffled, key=lambda fact: (ranks.index(fact["type"]), fact.get("placement", "")))
    first = dt.date.fromisoformat(document["facts"][0]["recorded"])
    span = (dt.date.fromisoformat(document["close"][-1]["as_known_on"]) - first).days
    delays = sorted(data.draw(st.lists(st.integers(0, span), min_size=len(facts), max_size=len(facts))))
    learned = [
        {**fact, "recorded": str(first + dt.timedelta(days=delay))} for fact, delay in zip(facts, delays, strict=True)
    ]
    otherwise = {**document, "facts": learned}
    assume(is_valid(otherwise))
    one, other = result_of(document)["statements"], result_of(otherwise)["statements"]
    for kind in ("fixed_fee", "carer_fees", "success_fee"):
        assert charged(one, kind) == charged(other, kind)
    assert stated_by(one) == stated_by(other) or without_zeros(stated_by(one)) == without_zeros(stated_by(other))
    for kind in ("lines", "savings_in_month", "savings_to_date", "fixed_fee_by_month", "schedule_to_date", "run_rate"):
        assert one[-1][kind] == other[-1][kind]


def without_zeros(amounts):
    return {month: amount for month, amount in amounts.items() if amount}


# Computing again


@given(contracts())
def test_closing_one_more_month_with_nothing_new_adjusts_nothing(document):
    last = document["close"][-1]
    known = {**document, **{key: known_by(document[key], last["as_known_on"]) for key in ("terms", "facts")}}
    month = day_by_day.next_month(last["month"])
    cut_off = max(day_by_day.last_day(month) + dt.timedelta(days=1), day_by_day.day(last["as_known_on"]))
    longer = copy.deepcopy(known)
    longer["close"].append({"month": month, "as_known_on": str(cut_off)})
    *before, previous, added = result_of(longer)["statements"]
    assert [*before, previous] == result_of(document)["statements"]
    assert added["adjustments"] == []
    assert added["charges"]["fixed_fee"] == added["fixed_fee_by_month"].pop(month)
    assert added["fixed_fee_by_month"] == previous["fixed_fee_by_month"]


def known_by(rows, cut_off):
    return [row for row in rows if row["recorded"] <= cut_off]


@given(contracts(), st.data())
def test_later_knowledge_and_later_months_change_no_earlier_statement(document, data):
    count = data.draw(st.integers(1, len(document["close"])))
    shorter = {**document, "close": document["close"][:count]}
    cut_off = shorter["close"][-1]["as_known_on"]
    known = {**shorter, "terms": known_by(document["terms"], cut_off), "facts": known_by(document["facts"], cut_off)}
    assert result_of(known)["statements"] == result_of(document)["statements"][:count]
