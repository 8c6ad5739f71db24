"""Every value of a small contract replaced by every kind of wrong one: refused at its place, or taken and computed.

Whatever stands in a file, the answer is a result or a refusal that names the place; never another exception.
"""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_ledger.errors import Refused
from savings.core.model import model
from savings.core.scenario import read_scenario
from tests.core.small_contract import SMALL, at, place, small, with_value

TEXTS = ["", "x", "0", "1.00", "2026-03-02", "2026-03", "C01", "C01-R0", "agreed", "residential", "\x00", "\ud800", "é"]
LIMITS = ["0001-01-01", "9999-12-31", "9999-12", "0001-01", "99999999.99", "0.9999"]
WRONG = [None, True, False, 0, 1, -1, 1.5, 10**20, [], {}, [None], ["x"], [[]], {"x": 1}, [{}], *TEXTS, *LIMITS]

# The values of another type than the sample's that the format allows.
ALSO_ALLOWED = {
    ("facts", 0, "left"): str,
    ("facts", 1, "household"): str,
    ("facts", 2, "panel_approved"): type(None),
    ("facts", 3, "household"): str,
    ("facts", 4, "household"): type(None),
    ("facts", 1, "until"): str,
    ("facts", 1, "ended"): str,
    ("facts", 3, "until"): type(None),
    ("facts", 4, "until"): str,
    ("facts", 4, "ended"): str,
    ("terms", 0, "schedule"): type(None),
}


def paths_within(value, path=()):
    """The path of every value in the document, containers too."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths_within(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from paths_within(inner, (*path, position))


PATHS = list(paths_within(SMALL))


def outcome_of(document):
    """The places of the refusal, or None when the document was taken and its result could be written out."""
    try:
        json.dumps(model(read_scenario(json.dumps(document).encode())))
    except Refused as refused:
        return [problem.place for problem in refused.problems if problem.message]
    return None


def same_place(found, path):
    """Whether a problem's place is the changed value's, or in it, or the thing that it makes part of."""
    return any(one.startswith(place(path)) or place(path).startswith(one) for one in found)


@pytest.mark.parametrize("path", PATHS, ids=place)
def test_a_value_of_a_wrong_type_is_refused_where_it_stands(path):
    allowed = {type(at(SMALL, path)), ALSO_ALLOWED.get(path, type(at(SMALL, path)))}
    for value in WRONG:
        if type(value) not in allowed:
            places = outcome_of(with_value(path, value))
            assert places is not None, f"{place(path)} may not be {value!r}"
            assert same_place(places, path), f"{place(path)} = {value!r} was refused at {places}"


@pytest.mark.parametrize("path", PATHS, ids=place)
def test_a_wrong_value_of_the_right_type_is_taken_or_refused(path):
    for value in WRONG:
        if type(value) is type(at(SMALL, path)):
            outcome_of(with_value(path, value))


@pytest.mark.parametrize("value", [None, 0, 1, "true", [], {}], ids=repr)
def test_void_is_true_or_false(value):
    document = small()
    document["facts"][7]["void"] = value
    assert outcome_of(document) == ["facts[7].void"]


@pytest.mark.parametrize("limit", ["0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31"])
@pytest.mark.parametrize("start", range(8))
def test_dates_at_the_ends_of_the_calendar_are_taken_or_refused(start, limit):
    document = small()
    for path in PATHS:
        value = at(document, path)
        if path[:2] == ("facts", start) and isinstance(value, str) and value[:2] == "20" and path[-1] != "recorded":
            at(document, path[:-1])[path[-1]] = limit
            outcome_of(document)


def test_a_programme_as_long_as_the_calendar_is_taken_or_refused():
    document = small(close=[{"month": "9999-11", "as_known_on": "9999-12-31"}])
    document["terms"][0]["phase3"]["until"] = "9999-12-31"
    outcome_of(document)
    document["close"] = [{"month": "9999-12", "as_known_on": "9999-12-31"}]
    assert outcome_of(document) == ["close[0].as_known_on"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(TEXTS + LIMITS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@given(st.lists(st.tuples(st.sampled_from(PATHS), JSON_VALUES), min_size=1, max_size=4))
def test_any_values_anywhere_are_taken_or_refused(changes):
    document = copy.deepcopy(SMALL)
    for path, value in changes:
        try:
            at(document, path[:-1])[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    outcome_of(document)


@given(
    st.binary(max_size=40)
    | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | JSON_VALUES.map(json.dumps).map(str.encode)
)
def test_any_bytes_are_refused(data):
    with pytest.raises(Refused):
        read_scenario(data)


@given(st.data())
def test_a_file_cut_short_or_with_a_byte_changed_is_taken_or_refused(data):
    whole = json.dumps(SMALL).encode()
    cut = data.draw(st.integers(0, len(whole)))
    middle = data.draw(st.sampled_from([b"", b"\x00", b"\xff", b'"', b"[", b"}", b",", b"1", b"\\", b"\\ud800"]))
    try:
        read_scenario(whole[:cut] + middle + whole[cut + data.draw(st.integers(0, 3)) :])
    except Refused:
        return
