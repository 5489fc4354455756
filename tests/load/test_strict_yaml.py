"""The strict part of YAML."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.mistakes import MOST_MISTAKES, Mistakes
from checker.load.nodes import MappingNode
from checker.load.strict_yaml import FASTEST, MAX_NODES, PURE, read_yaml
from tests.counting import calls_of, counts_calls
from tests.load.reading import PARSERS, read

both = pytest.mark.parametrize("parser", PARSERS, ids=["fastest", "pure"])

GOOD = [
    pytest.param("a: 1\nb: [x, true, -5]\n", {"a": 1, "b": ["x", True, -5]}, id="plain values"),
    pytest.param("---\na: 1\n", {"a": 1}, id="the start of the document may be marked"),
    pytest.param("a: 'no'\nb: \"1:30\"\n'on': x\n", {"a": "no", "b": "1:30", "on": "x"}, id="quotes make text"),
    pytest.param("a: |\n  x\n   y # z\nb: >-\n  x\n  y\n", {"a": "x\n y # z\n", "b": "x y"}, id="blocks"),
    pytest.param("a: | # why\n  x\n", {"a": "x\n"}, id="a comment after the sign of a block"),
    pytest.param("a:\n- b: c\n  d: e\n- f\n", {"a": [{"b": "c", "d": "e"}, "f"]}, id="a list below its key"),
    pytest.param("{a: {b: [c, {d: e}]}}", {"a": {"b": ["c", {"d": "e"}]}}, id="brackets"),
    pytest.param("a: why?\nb: c\n", {"a": "why?", "b": "c"}, id="a question mark outside brackets"),
    pytest.param("a: ['?', \"b?\"]\n", {"a": ["?", "b?"]}, id="a question mark in quotes"),
    pytest.param('a: "\\t\\n\\u00e9\\\\"\n', {"a": "\t\n\u00e9\\"}, id="escapes"),
    pytest.param("a: 1\r\nb: 2\nc: 3\r\n", {"a": 1, "b": 2, "c": 3}, id="mixed line ends"),
    pytest.param("\ufeffa: 1\n", {"a": 1}, id="a byte order mark"),
    pytest.param("a: ''\nb: []\nc: {}\n", {"a": "", "b": [], "c": {}}, id="empty text, list and mapping"),
    pytest.param(
        "a: PT30M\nb: $p\nc: A.8.9\nd: x=y\n", {"a": "PT30M", "b": "$p", "c": "A.8.9", "d": "x=y"}, id="words"
    ),
    pytest.param("a: \U0001f600 \u4e2d\n", {"a": "\U0001f600 \u4e2d"}, id="any script"),
    pytest.param("just text", "just text", id="a lone value"),
]

WRONG = [
    pytest.param("", "f:1:1: there is no document: the file is empty, or holds only comments", id="T01 empty"),
    pytest.param(
        "# c\n\n", "f:1:1: there is no document: the file is empty, or holds only comments", id="T01 comments"
    ),
    pytest.param(
        "---\n", "f:1:1: there is no document: the file is empty, or holds only comments", id="T01 start only"
    ),
    pytest.param("a: 1\n\tb: 2\n", "f:2:1: there is a tab", id="T03 a tab for indentation"),
    pytest.param("a:\tx\n", "f:1:3: there is a tab", id="T03 a tab after a colon"),
    pytest.param("a: 1\nb: 2\na: 3\n", "f:3:1: 'a' is given twice, first at f:1:1", id="T04 a key twice"),
    pytest.param("{a: 1, 'a': 2}", "f:1:8: 'a' is given twice, first at f:1:2", id="T04 a key twice in quotes"),
    pytest.param("true: 1", "f:1:1: the key true is no text; put it in quotes", id="T04 true as a key"),
    pytest.param("1: 1", "f:1:1: the key 1 is no text; put it in quotes", id="T04 a number as a key"),
    pytest.param("on: 1", "f:1:1: 'on' is ambiguous", id="T04 on as a key"),
    pytest.param("a: no", "f:1:4: 'no' is ambiguous", id="T05 no"),
    pytest.param("a:\nb: 1\n", "f:1:1: 'a' has no value; write one, or leave it out", id="an empty value"),
    pytest.param(
        "a: {b: , c: 1}\n", "f:1:5: 'b' has no value; write one, or leave it out", id="an empty value in brackets"
    ),
    pytest.param("- \n- x\n", "f:1:2: there is no value; write one, or leave it out", id="an empty item"),
    pytest.param("?\n: x\n", "f:1:2: there is no value; write one, or leave it out", id="an empty key"),
    pytest.param("1:\n", "f:1:1: the key 1 is no text; put it in quotes", id="no value for a wrong key"),
    pytest.param("a: &x 1\n", "f:1:4: an anchor ('&') is not read", id="T07 an anchor"),
    pytest.param("a: &x [*x]\n", "f:1:4: an anchor ('&') is not read", id="T07 a list that holds itself"),
    pytest.param("a: *x\n", "f:1:4: an alias ('*') is not read", id="T07 an alias"),
    pytest.param("<<: {a: 1}\n", "f:1:1: '<<' is ambiguous", id="T07 a merge"),
    pytest.param("a: !!int '3'\n", "f:1:4: a tag ('!') is not read", id="T07 a tag"),
    pytest.param("a: ! no\n", "f:1:4: a tag ('!') is not read", id="T07 the tag without a name"),
    pytest.param("a: ! 'no'\n", "f:1:4: a tag ('!') is not read", id="T07 the tag without a name before quotes"),
    pytest.param("a: ! [b]\n", "f:1:4: a tag ('!') is not read", id="T07 the tag without a name before a list"),
    pytest.param("a: !!map {b: c}\n", "f:1:4: a tag ('!') is not read", id="T07 a tag before a mapping"),
    pytest.param("[" * 100_000, "f:1:33: the document is nested more than 32 levels deep", id="T08 brackets"),
    pytest.param("{a: " * 100_000, "f:1:129: the document is nested more than 32 levels deep", id="T08 braces"),
    pytest.param("a: 1\n1: x", "f:2:1: the key 1 is no text; put it in quotes", id="a number that was a value before"),
    pytest.param('{"a":&x b}', "f:1:6: an anchor ('&') is not read", id="T07 an anchor that touches the colon"),
    pytest.param("[a,!b c]", "f:1:4: a tag ('!') is not read", id="T07 a tag that touches the comma"),
    pytest.param("%YAML 1.1\n---\na: 1\n", "f:1:1: a line begins with '%'", id="a directive"),
    pytest.param("a: 1\n%b\n", "f:2:1: a line begins with '%'", id="a line that could be a directive"),
    pytest.param("a: 1\n---\nb: 2\n", "f:2:1: a second document begins here", id="T10 two documents"),
    pytest.param("a: 1\n...\n", "f:2:1: a document ends with the file", id="T10 a marked end"),
    pytest.param("[a]: 1", "f:1:1: a list cannot be a key", id="a list as a key"),
    pytest.param("{a: 1}: 1", "f:1:1: a mapping cannot be a key", id="a mapping as a key"),
    pytest.param("a: b: c", "f:1:5: this is not YAML", id="no YAML"),
    pytest.param("a: [1, 2", "this is not YAML", id="a list without end"),
    pytest.param('a: "x', "this is not YAML", id="quotes without end"),
    pytest.param('a: "\\0"', "f:1:4: the text holds the character U+0000", id="T09 NUL by an escape"),
    pytest.param('a: "\\u202e"', "f:1:4: the text holds the character U+202E", id="turned writing by an escape"),
    pytest.param("{a:[1]}", "f:1:", id="a key without a blank"),
    pytest.param("a: |# c\n  x\n", "f:1:", id="a comment that touches the sign of a block"),
    pytest.param('a: "\\ud800"', "f:1:", id="T09 half of a surrogate pair"),
    pytest.param('a: "\\UFFFFFFFF"', "this is not YAML", id="an escape beyond Unicode"),
    pytest.param('a: "\\U00110000"', "this is not YAML", id="an escape just beyond Unicode"),
]


@both
@pytest.mark.parametrize(("text", "values"), GOOD)
def test_plain_documents_are_read(text: str, values: object, parser: type[yaml.SafeLoader]) -> None:
    """What has one meaning is read, by either parser."""
    assert (values, []) == read(text, parser)


@both
@pytest.mark.parametrize(("text", "mistake"), WRONG)
def test_f_d11_what_could_be_misread_is_refused_by_both_parsers(
    text: str, mistake: str, parser: type[yaml.SafeLoader]
) -> None:
    """What readers could take for something else is a mistake with its place, by either parser."""
    _, mistakes = read(text, parser)

    assert len(mistakes) == 1
    assert mistake in mistakes[0]


@both
@pytest.mark.parametrize("text", ["{a?: 1}", "{?a: 1}", '{?"a": 1}', "[a?]", "{a: b?}", "[? a]"])
def test_question_marks_in_brackets_are_refused(text: str, parser: type[yaml.SafeLoader]) -> None:
    """Within brackets the parsers disagree about a question mark, so it must stand in quotes."""
    _, mistakes = read(text, parser)

    assert mistakes


@both
def test_every_wrong_value_is_told(parser: type[yaml.SafeLoader]) -> None:
    """Wrong values do not hide each other, and leave the right ones as they are."""
    text = "a: no\nb: x\nc:\nb: z\nd: [1.5, 2]\n"

    values, mistakes = read(text, parser)

    assert {"a": ..., "b": "x", "c": ..., "d": [..., 2]} == values
    assert ["f:1:4", "f:3:1", "f:4:1", "f:5:5"] == [one.partition(": ")[0] for one in mistakes]


@both
def test_places_are_those_of_the_text(parser: type[yaml.SafeLoader]) -> None:
    """Keys and values know their line and column, counted from 1 in characters."""
    root = read_yaml("\ufeffa:\r\n  - b: \u00e9\u00e9\n    \U0001f600: {c: d}\n".encode(), Mistakes("f"), parser=parser)

    assert isinstance(root, MappingNode)
    places = [
        f"{line}:{column}" for line, column in [(1, 1), (2, 3), (2, 5), (2, 5), (2, 8), (3, 5), (3, 8), (3, 9), (3, 12)]
    ]
    assert places == list(_places(root))


def _places(node: object) -> list[str]:
    """Give the places of what lies below a mapping: each key, then its value."""
    found: list[str] = []
    if isinstance(node, MappingNode):
        for entry in node.entries.values():
            found += [f"{entry.line}:{entry.column}", f"{entry.value.line}:{entry.value.column}", *_places(entry.value)]
    for item in getattr(node, "items", ()):
        found += [f"{item.line}:{item.column}", *_places(item)]
    return found


def test_too_many_values_are_refused_while_reading() -> None:
    """T08: a document stops at the limit, and its place is told."""
    _, mistakes = read("- x\n" * (MAX_NODES + 1))

    assert [f"f:{MAX_NODES}:3: the document has more than {MAX_NODES} values"] == mistakes


def test_lists_count_as_values() -> None:
    """T08: what holds nothing counts as well."""
    _, mistakes = read("- []\n" * (MAX_NODES + 1))

    assert [f"f:{MAX_NODES}:3: the document has more than {MAX_NODES} values"] == mistakes


@counts_calls
@both
def test_t07_a_bomb_is_refused_where_it_first_shows(parser: type[yaml.SafeLoader]) -> None:
    """T07: the lines after the first anchor are counted, and nothing of them is parsed."""
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a]\n" for n in range(10_000))
    read("a: x\n", parser)  # what is made once is made now

    assert calls_of(lambda: read(bomb, parser)) < 2 * 10_000


@counts_calls
@both
def test_t08_an_abyss_is_refused_where_it_gets_too_deep(parser: type[yaml.SafeLoader]) -> None:
    """T08: what lies below costs nothing."""
    read("a: x\n", parser)

    assert calls_of(lambda: read("[" * 100_000, parser)) == calls_of(lambda: read("[" * 1_000_000, parser))


def test_many_mistakes_end_the_reading() -> None:
    """After a hundred mistakes the rest is not told."""
    _, mistakes = read("".join(f"k{n}: no\n" for n in range(10_000)))

    assert MOST_MISTAKES + 1 == len(mistakes)
    assert mistakes[-1] == f"f:{MOST_MISTAKES}:6: too many mistakes; the rest is not told"


_STRUCTURE = (": ", ":", " ", "  ", "\n", "\n  ", "\n- ", "- ", "-", "[", "]", "{", "}", ",", ", ", '"', "'", " #", "#")
_BLOCKS = ("|", ">", "|-", ">+2", "|1", ">-\n  ", "|#", "---", "...", "\n---\n", "\n...\n", "? ", "?", "%", "%Y", "\n%")
_PROPERTIES = ("!", "! ", "!!str ", "!<x>", "&a", "*a", "<<", "=", "~", "@", "`")
_ESCAPES = ("\\x41", "\\ud800", "\\UFFFFFFFF", "\\n", "\\\n", '"\\')
_CHARACTERS = ("\u00e9", "\U0001f600", "\xa0", "\u3000", "\t", "\r", "\r\n", "\x85", "\u2028", "\x00", "\x7f", "\ufeff")
_WORDS = (
    "a",
    "b",
    "no",
    "1",
    "$p",
    "a: b\n",
    'k: "v"\n',
    "- x\n",
    ":a",
    "a:",
    "-a",
    "{?",
    "[?",
    "?b",
    " ?",
    "{a: ",
    "[a, ",
)
_PIECES = st.sampled_from((*_STRUCTURE, *_BLOCKS, *_PROPERTIES, *_ESCAPES, *_CHARACTERS, *_WORDS))
_TEXTS = st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=30)


@settings(deadline=None)
@given(_TEXTS | _TEXTS.map("{{{}}}".format) | _TEXTS.map("- {}".format) | _TEXTS.map("a: {}".format))
def test_both_parsers_read_the_same(text: str) -> None:
    """
    Whatever the text, both parsers give the same values and the same verdict.

    Only the wording may differ of what is no YAML at all, and whether a wrong value or the text is blamed.
    """
    fast, fast_mistakes = read(text, FASTEST)
    pure, pure_mistakes = read(text, PURE)

    assert bool(fast_mistakes) is bool(pure_mistakes)
    assert fast is None or pure is None or (fast, fast_mistakes) == (pure, pure_mistakes)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever the bytes, they are a document or a mistake with a place, and nothing else."""
    values, mistakes = read(content)

    assert values is not None or mistakes


def test_a_mistake_that_ends_the_reading_comes_with_those_before() -> None:
    """What was found before the document became unreadable is told too."""
    with_two = read("a: no\nb: &x 1\n")[1]

    assert ["f:1:4", "f:2:4"] == [one.partition(": ")[0] for one in with_two]


def test_reading_needs_the_whole_document() -> None:
    """A document that ends early is never read as a shorter one."""
    with pytest.raises(PolicyError):
        read_yaml(b"rules: [{id: A", Mistakes("f"))


def test_without_libyaml_the_parser_in_python_serves() -> None:
    """Where PyYAML was built without libyaml, policies load all the same."""
    program = (
        "import yaml; del yaml.CSafeLoader\n"
        "from checker.load.strict_yaml import FASTEST, PURE, read_yaml\n"
        "from checker.load.mistakes import Mistakes\n"
        "assert FASTEST is PURE; print(read_yaml(b'x', Mistakes('f')).value)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (0, "x\n", "") == (done.returncode, done.stdout, done.stderr)
