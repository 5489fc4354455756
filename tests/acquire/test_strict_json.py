"""JSON, read strictly."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire.sample import UnreadableError
from checker.acquire.strict_json import JsonNode, parse_json

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def plain(node: JsonNode) -> Any:
    """Give the value without its places."""
    match node.value:
        case tuple():
            return [plain(one) for one in node.value]
        case dict():
            return {key: plain(one) for key, one in node.value.items()}
        case _:
            return node.value


@given(value=PLAIN, indent=st.sampled_from([None, 0, 2]), ascii_=st.booleans())
def test_what_is_json_is_read_as_python_reads_it(value: Any, indent: int | None, ascii_: bool) -> None:
    """Values and their types are those of the standard reader, however the text is laid out."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)

    read = plain(parse_json(text))

    assert repr(json.loads(text)) == repr(read)


@given(text=st.text(alphabet='{}[]",:\\u0123eE+-. \n\ttrufalsn', max_size=30))
def test_what_python_refuses_is_refused(text: str) -> None:
    """The strict reader reads nothing that the standard one does not, and the same where it reads."""
    try:
        read = plain(parse_json(text))
    except UnreadableError:
        return

    assert repr(json.loads(text)) == repr(read)


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        pytest.param('{"a": 1,\n "a": 2}', "stands twice; first in line 1", 2, 2, id="T16 duplicate keys"),
        pytest.param('{"a": {"b": "x\\n", "b": [1]}}', "stands twice", 1, 20, id="T16 duplicate keys of other values"),
        pytest.param('{"a":\n  NaN}', "'NaN'", 2, 3, id="T16 not a number"),
        pytest.param("[-Infinity]", "'-Infinity'", 1, 2, id="T16 infinity"),
        pytest.param("[1, 1e400]", "beyond all bounds", 1, 5, id="T16 a number beyond all"),
        pytest.param("[" + "1" * 401 + "]", "more than 400 digits", 1, 2, id="a number without end"),
        pytest.param('{"a": 1} x', "text after the end", 1, 10, id="T16 trailing text"),
        pytest.param('{"a": 1}\n{"b": 2}', "text after the end", 2, 1, id="T16 a second document"),
        pytest.param('{"a": 1,', "cut off", 1, 9, id="T16 cut off in an object"),
        pytest.param("[1, 2", "cut off", 1, 6, id="T16 cut off in a list"),
        pytest.param('{"a": "b', "not closed", 1, 7, id="T16 cut off in a text"),
        pytest.param("", "cut off", 1, 1, id="T17 nothing"),
        pytest.param('["\\ud800"]', "surrogate", 1, 2, id="T35 a lone surrogate"),
        pytest.param('["\\q"]', "escape", 1, 3, id="an escape that is none"),
        pytest.param('["a\x01"]', "not closed", 1, 2, id="a control character"),
        pytest.param("[" * 101, "more than 100 deep", 1, 101, id="T08 nested too deep"),
        pytest.param("[01]", "'01'", 1, 2, id="a leading zero"),
        pytest.param("{'a': 1}", "a key in double quotes", 1, 2, id="single quotes"),
        pytest.param("[1,]", "a value", 1, 4, id="a comma too many"),
        pytest.param("\ufeff[]", "a value", 1, 1, id="a mark within the text"),
    ],
)
def test_what_hides_something_is_refused_with_its_place(text: str, message: str, line: int, column: int) -> None:
    """What other readers let pass, or guess, is refused, and the sentence says where."""
    with pytest.raises(UnreadableError) as caught:
        parse_json(text)

    assert message in caught.value.message
    assert (line, column) == (caught.value.line, caught.value.column)


def test_members_stand_at_their_keys_and_entries_at_themselves() -> None:
    """A place leads a person to the key of a member, in lines and columns from 1."""
    root = parse_json('{\n  "a": [\n    1,\n    {"b": "c\\t"}]\n}', first_line=10)

    assert isinstance(root.value, dict)
    entries = root.value["a"].value
    assert isinstance(entries, tuple)
    inner = entries[1].value
    assert isinstance(inner, dict)
    assert [(10, 1), (11, 3), (12, 5), (13, 5), (13, 6)] == [
        (node.line, node.column) for node in (root, root.value["a"], *entries, inner["b"])
    ]


def test_one_hundred_levels_are_read() -> None:
    """The bound on depth is the last depth that is read."""
    assert isinstance(parse_json("[" * 100 + "]" * 100).value, tuple)


def test_a_number_with_a_fraction_is_no_integer() -> None:
    """`1.0` and `1` are told apart, as nothing is coerced."""
    whole, fraction = plain(parse_json("[1, 1.0]"))

    assert (int, float) == (type(whole), type(fraction))
    assert math.isclose(whole, fraction)
