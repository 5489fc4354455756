"""JSON of other programs: read with places, as strictly as YAML, and with what only JSON can hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.json_nodes import MAX_BYTES, MAX_DEPTH, ForeignNode, read_json
from checker.load.mistakes import Mistakes
from checker.load.nodes import Entry, MappingNode, Node
from checker.load.plain_scalars import MOST_DIGITS
from checker.load.source_text import wrong_in_value
from tests.load.reading import plain


def read(text: str | bytes) -> tuple[Node | None, list[str]]:
    """Read *text*: its node, or None where it could not be understood, and the mistakes."""
    mistakes = Mistakes("f")
    try:
        node = read_json(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), mistakes)
    except PolicyError as error:
        return None, list(error.lines)
    return node, [str(one) for one in mistakes.found]


def foreign(value: Any) -> Any:
    """Give *value* with `...` for all that our own documents cannot hold."""
    match value:
        case dict():
            return {key: foreign(one) for key, one in value.items()}
        case list():
            return [foreign(one) for one in value]
        case str():
            return ... if wrong_in_value(value) else value
        case bool():
            return value
        case int():
            return ... if abs(value) >= 10**MOST_DIGITS else value
        case _:
            return ...


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 0, 3]))
def test_every_document_says_what_another_reader_says(value: object, ascii_only: bool, indent: int | None) -> None:
    """However it is written."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    node, mistakes = read(text)

    assert node is not None
    assert (foreign(value), []) == (plain(node), mistakes)


@given(st.binary(max_size=60) | st.text('{}[]",:0123456789.eE+-tfn\\u ', max_size=30).map(str.encode))
def test_any_bytes_are_read_as_another_reader_does_or_told(content: bytes) -> None:
    """What one of the two refuses the other does not read."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        expected = foreign(json.loads(content.decode("utf-8-sig"), parse_constant=refuse, object_pairs_hook=once))
    except ValueError:
        assert read(content)[1]
    else:
        node, mistakes = read(content)
        assert node is not None
        assert (expected, []) == (plain(node), mistakes)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "f:1:1: this is no JSON: it is cut off", id="nothing"),
        pytest.param("[", "f:1:2: this is no JSON: it is cut off", id="cut off in a list"),
        pytest.param('{"a"', "f:1:5: this is no JSON: it is cut off", id="cut off after a key"),
        pytest.param("[1,]", "f:1:4: this is no JSON: a value belongs here", id="a comma too many"),
        pytest.param("[1 2]", "f:1:4: this is no JSON: ',' belongs here", id="a comma too few"),
        pytest.param("{1: 2}", "f:1:2: this is no JSON: a key in quotes belongs here", id="a key that is a number"),
        pytest.param('{"a" 2}', "f:1:6: this is no JSON: ':' belongs here", id="no colon"),
        pytest.param('{"a": 2]', "f:1:8: this is no JSON: ',' belongs here", id="another bracket"),
        pytest.param("[]\n[]", "f:2:1: this is no JSON: the document has already ended", id="F-D10 a second document"),
        pytest.param("[NaN]", "f:1:2: this is no JSON: what stands here is no value", id="F-C06 no number"),
        pytest.param("[01]", "f:1:3: this is no JSON: ',' belongs here", id="F-D05 an octal number"),
        pytest.param('["\t"]', "f:1:2: this is no JSON: what stands here is no value", id="a tab in a text"),
        pytest.param(r'["\x41"]', "f:1:2: this is no JSON: the text has an escape that names no character", id="escape"),
        pytest.param("[" * (MAX_DEPTH + 1), f"f:1:{MAX_DEPTH + 1}: this is no JSON: it is nested too deep", id="deep"),
        pytest.param('{"a": 1,\n "\\u0061": 2}', "f:2:2: 'a' is given twice, first at f:1:2", id="F-D03 a key twice"),
        pytest.param(b'["\xff"]', "f:1:1: the document is not UTF-8 at byte 2: invalid start byte", id="no UTF-8"),
        pytest.param(b" " * (MAX_BYTES + 1), f"f:1:1: the document has {MAX_BYTES + 1} bytes; at most {MAX_BYTES} are read",
                     id="too large"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_told_with_its_place(text: str | bytes, told: str) -> None:
    """Nothing is mended in silence."""
    assert [told] == read(text)[1]


def test_each_key_and_value_has_its_place() -> None:
    """Lines end with LF or CR LF; a byte order mark takes no room."""
    node, _ = read('\ufeff{\r\n  "a": [\n    true, 5]}')

    assert isinstance(node, MappingNode)
    entry = node.entries["a"]
    assert isinstance(entry, Entry)
    assert ((1, 1), (2, 3), (2, 8)) == tuple((one.line, one.column) for one in (node, entry, entry.value))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("null", "null", id="null"),
        pytest.param("2.5", "a number with a fraction", id="fraction"),
        pytest.param("1e3", "a number with a fraction", id="exponent"),
        pytest.param("9" * 19, "a number of more than 18 digits", id="long"),
        pytest.param('"\\u0007"', "text with the character U+0007", id="control"),
        pytest.param('"\\ud800"', "text with the character U+D800", id="half of a surrogate pair"),
    ],
)
def test_what_our_documents_cannot_hold_is_named(text: str, what: str) -> None:
    """Whoever needs a value there can say what stands there instead."""
    node, mistakes = read(text)

    assert isinstance(node, ForeignNode)
    assert (what, []) == (node.what, mistakes)
