"""The JSON of facts documents, read fast and read strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.acquire import located_json
from checker.acquire.located_json import LocatedDocument, parse_document
from checker.acquire.sample import UnreadableError
from checker.acquire.strict_json import parse_json

LISTS = frozenset({"list", "other"})


def fast(text: str, first_line: int = 1) -> LocatedDocument | None:
    """Read *text* by the fast way alone; None where it does not take it."""
    try:
        return located_json._Plain(text, first_line, LISTS).document()
    except (located_json._NotPlainError, StopIteration, RecursionError, ValueError):
        return None


def strict(text: str, first_line: int = 1) -> LocatedDocument | None:
    """Read *text* by the strict way alone; None where it refuses it."""
    try:
        return located_json._from_nodes(parse_json(text, first_line=first_line), LISTS)
    except UnreadableError:
        return None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
FACTS = st.dictionaries(
    st.sampled_from(["list", "other", "plain"]),
    st.fixed_dictionaries({"value": st.lists(VALUES, max_size=3) | VALUES}) | VALUES,
)
DOCUMENTS = st.fixed_dictionaries({"format": VALUES, "facts": FACTS | VALUES})
LAYOUTS = st.sampled_from([None, 1, 2, "\t"])


@settings(deadline=None, max_examples=200)
@given(document=DOCUMENTS, indent=LAYOUTS, ascii_=st.booleans(), first_line=st.integers(1, 9))
def test_the_fast_way_and_the_strict_way_tell_the_same(
    document: Any, indent: Any, ascii_: bool, first_line: int
) -> None:
    """Values and places are the same; what the fast way does not take is left to the strict one."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_)

    found = fast(text, first_line)

    assert found in (None, strict(text, first_line))


@settings(deadline=None, max_examples=300)
@given(data=st.data(), document=DOCUMENTS, indent=LAYOUTS)
def test_what_the_strict_way_refuses_is_refused(data: st.DataObject, document: Any, indent: Any) -> None:
    """However a text was damaged: no text is read only because it is read fast."""
    text = json.dumps(document, indent=indent)
    at = data.draw(st.integers(0, len(text)))
    junk = data.draw(
        st.sampled_from(["", '"', ",", "}", "{", "[", "]", ":", "0", "-", ".", "\\", "NaN", "\x00", " ", "e1"])
    )
    length = data.draw(st.integers(0, 3))
    damaged = text[:at] + junk + text[at + length :]

    found = fast(damaged)

    assert found in (None, strict(damaged))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"facts": {"a": 1, "a": 1}}', id="T16 a fact twice"),
        pytest.param('{"facts": {"a": {"b": 1, "b": 1}}}', id="T16 a key of a fact twice"),
        pytest.param('{"format": 1, "format": 1}', id="T16 a part twice"),
        pytest.param('{"facts": {"list": {"value": [{"a": 1, "a": 2}]}}}', id="T16 a field twice"),
        pytest.param('{"facts": {"list": {"value": [], "value": []}}}', id="T16 a value twice"),
        pytest.param('{"f": NaN}', id="T16 not a number"),
        pytest.param('{"f": 1e999}', id="T16 beyond all"),
        pytest.param('{"f": "\\ud800"}', id="half of a pair"),
        pytest.param('{"f": 1} 2', id="T16 trailing text"),
        pytest.param('{"f": 01}', id="a leading zero"),
        pytest.param('{"f": [' * 2000, id="too deep"),
        pytest.param('{"f": ' + "9" * 500 + "}", id="a number of many digits"),
        pytest.param("", id="nothing"),
    ],
)
def test_t16_what_hides_something_is_refused(text: str) -> None:
    """By whatever way it is read."""
    with pytest.raises(UnreadableError):
        parse_document(text, first_line=1, lists=LISTS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"facts": {"plain": {"value": "\\ud83d\\ude00"}}}', id="a whole pair"),
        pytest.param('{"facts": {"pl\\u0061in": {"value": 1.5}}}', id="a fraction and an escaped key"),
        pytest.param('{"facts": 5}', id="no facts"),
        pytest.param("[1]", id="a list"),
        pytest.param('{"facts": {"list": {"value": [1,\n {"a": 2}]}, "other": {"value": 3}, "plain": []}}', id="lists"),
    ],
)
def test_what_is_right_is_read_by_either_way(text: str) -> None:
    """Also what the fast way does not take."""
    assert strict(text) == parse_document(text, first_line=1, lists=LISTS)


def test_entries_of_lists_have_places() -> None:
    """Line and column of each; of a fact, those of its name."""
    text = '{"facts": {\n "list": {"value": [1,\n  2]}}}'

    found = parse_document(text, first_line=5, lists=LISTS)

    assert {"list": (6, 2)} == found.facts
    assert {"list": ((6, 21), (7, 3))} == found.entries
    assert 5 == found.line
