"""Bytes that are no scenario at all are refused kindly, whatever they are: never a traceback."""

import json
import time

import pytest

from savings.core.model import model
from savings.core.scenario import read_scenario
from tests.core.small_contract import problems_of, small
from tests.core.test_worked_examples import run_model

SMALL_TEXT = json.dumps(small())


def only_problem(data):
    (problem,) = problems_of(data)
    return problem


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"", 1, 1),
        (b"   ", 1, 4),
        (b"{} {}", 1, 4),
        (b'{\n "contract": "X",\n "terms": [}\n', 3, 12),
        (b'{"contract": "X",}', 1, 18),
        (b"{'contract': 1}", 1, 2),
        (b'{"contract": "unended', 1, 14),
        (b'{"contract": "tab\there"}', 1, 18),
        (b'{"contract": "\\x"}', 1, 15),
        (b'{"contract": 01}', 1, 15),
        (b"# no JSON", 1, 1),
    ],
)
def test_text_that_is_not_json_names_line_and_column(data, line, column):
    problem = only_problem(data)
    assert problem.place == ""
    assert "not JSON" in problem.message
    assert f"line {line}," in problem.message
    assert f"column {column}" in problem.message


@pytest.mark.parametrize(
    "data",
    [
        SMALL_TEXT.encode("utf-16"),
        SMALL_TEXT.encode("utf-16-le"),
        SMALL_TEXT.encode("utf-32"),
        SMALL_TEXT.replace("SMALL", "\u00e9").encode("latin-1"),
        b"\xff\xfe\x00\x00",
        b"\x80",
        b'{"contract": "\xed\xa0\x80"}',
    ],
    ids=["utf-16", "utf-16 without mark", "utf-32", "latin-1", "mark only", "stray byte", "surrogate in bytes"],
)
def test_bytes_in_another_encoding_are_refused(data):
    assert [problem.place for problem in problems_of(data)] == [""]


def test_a_byte_order_mark_is_read_over():
    marked = b"\xef\xbb\xbf" + SMALL_TEXT.encode()
    assert model(read_scenario(marked)) == model(read_scenario(SMALL_TEXT.encode()))


@pytest.mark.parametrize("data", [b"null", b"true", b"5", b'"text"', b"[]", b"[{}]"])
def test_a_top_level_that_is_no_object_is_refused(data):
    assert only_problem(data).place == ""


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, "-" + "9" * 5000, "1e-999"])
def test_numbers_that_are_no_figures_are_refused_where_they_stand(number):
    text = json.dumps(small()).replace("365", number)
    assert [problem.place for problem in problems_of(text.encode())] == ["terms[0].annual_days"]
    text = json.dumps(small()).replace('"185.40"', number)
    assert [problem.place for problem in problems_of(text.encode())] == ["facts[7].amount"]


@pytest.mark.parametrize(
    ("once", "place"),
    [
        ('"contract": "SMALL"', "contract"),
        ('"carer_fee": "10000.00"', "terms[0].carer_fee"),
        ('"amount": "564400.00"', "terms[0].schedule[1].amount"),
        ('"id": "E01"', "facts[7].id"),
        ('"contribution": "100.00"', "facts[0].baseline[0].contribution"),
        ('"as_known_on": "2026-05-06"', "close[1].as_known_on"),
    ],
)
def test_a_key_that_stands_twice_is_refused_where_it_stands(once, place):
    assert SMALL_TEXT.count(once) == 1
    twice = SMALL_TEXT.replace(once, f"{once}, {once}")
    assert [problem.place for problem in problems_of(twice.encode())] == [place]


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"contract": [', "[[{}, "])
@pytest.mark.parametrize("closed", [True, False])
def test_a_hundred_thousand_levels_of_nesting_are_refused(opening, closed):
    closings = {"[": "]", "{": "}"}
    ending = "".join(closings[mark] for mark in reversed(opening) if mark in closings).replace("}{", "")
    data = opening * 100_000 + ("0" + ending * 100_000 if closed else "")
    assert problems_of(data.encode()) != []


def test_nesting_inside_a_valid_file_is_refused():
    deep = SMALL_TEXT.replace("365", "[" * 100_000 + "]" * 100_000)
    assert problems_of(deep.encode()) != []


@pytest.mark.parametrize("character", ["\\ud800", "\\udfff", "\\udc00\\ud800", "\\u0000"])
def test_text_that_no_database_can_keep_is_refused_where_it_stands(character):
    named = SMALL_TEXT.replace("412 miles", character)
    assert [problem.place for problem in problems_of(named.encode())] == ["facts[7].description"]
    named = SMALL_TEXT.replace('"SMALL"', f'"{character}"')
    assert [problem.place for problem in problems_of(named.encode())] == ["contract"]


def test_any_other_text_is_taken():
    document = small(contract="Ärger \U0001f600 \u202e مرحبا", why="")
    assert problems_of(json.dumps(document).encode()) == []
    assert problems_of(json.dumps(document, ensure_ascii=False).encode()) == []


@pytest.mark.slow
class TestCommand:
    def test_a_huge_file_is_refused_by_its_size_before_it_is_read(self, tmp_path):
        huge = tmp_path / "huge.json"
        with huge.open("wb") as file:
            file.truncate(8 * 1024**3)
        began = time.monotonic()
        run = run_model(huge)
        assert (run.returncode, run.stdout) == (2, "")
        assert "huge.json" in run.stderr
        assert "Traceback" not in run.stderr
        assert time.monotonic() - began < 30

    def test_every_unreadable_file_is_named_without_a_traceback(self, tmp_path):
        contents = {
            "empty.json": b"",
            "byte.json": b"\xff",
            "deep.json": b"[" * 100_000,
            "object.json": b"{}",
            "surrogate.json": b'{"contract": "\\ud800"}',
            "broken-line.json": b"{\n]",
        }
        for name, data in contents.items():
            (tmp_path / name).write_bytes(data)
        run = run_model(*(tmp_path / name for name in contents))
        assert (run.returncode, run.stdout) == (2, "")
        assert [name for name in contents if name not in run.stderr] == []
        assert "Traceback" not in run.stderr

    def test_a_folder_exits_2_without_a_traceback(self, tmp_path):
        run = run_model(tmp_path)
        assert (run.returncode, run.stdout) == (2, "")
        assert "Traceback" not in run.stderr
