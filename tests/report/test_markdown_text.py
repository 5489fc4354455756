"""Text within Markdown says what it said, and marks nothing up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from checker.report.markdown_text import fenced, inline, link, name, paragraphs, quoted, table
from checker.report.visible import visible
from tests.report.reports import HOSTILE, texts

SHORT = {key: text for key, text in HOSTILE.items() if len(text) < 1000}
COMMAND = re.compile(r"(?m)^\s*::|##\[|##vso\[")


def tokens(markdown: str) -> list[Token]:
    """Read *markdown* as GitHub does, tables and struck text too."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def inner(markdown: str) -> list[Token]:
    """Give the parts of all lines of text in *markdown*."""
    return [part for token in tokens(markdown) if token.type == "inline" for part in token.children or ()]


def shown(text: str) -> str:
    """Give what a reader should see of *text*."""
    return visible(re.sub("[ \t\r\n]+", " ", text).strip(" "), 4000)


@given(texts)
def test_every_text_stays_in_its_cell(text: str) -> None:
    """A row has as many cells as its head, and the reader sees the text as it was, whatever it holds."""
    cells = [token for token in tokens(table(("a", "b"), [(inline(text), "end")])) if token.type == "td_open"]
    seen = "".join(part.content for part in inner(table(("a", "b"), [(inline(text), "end")])))

    assert (2, f"ab{shown(text)}end") == (len(cells), seen)


@given(texts)
def test_every_paragraph_is_text(text: str) -> None:
    """No line of a text becomes a heading, a list, code, HTML, a picture or a link."""
    written = paragraphs(text)

    assert {"paragraph_open", "inline", "paragraph_close"} >= {token.type for token in tokens(written)}
    assert {"text", "text_special"} >= {part.type for part in inner(written)}
    assert [shown(line) for line in text.splitlines() if line.strip()] == written_lines(written)


def written_lines(markdown: str) -> list[str]:
    """Give the text of each paragraph."""
    return [
        "".join(part.content for part in token.children or ()) for token in tokens(markdown) if token.type == "inline"
    ]


@pytest.mark.parametrize(
    "line", ["# a", "- a", "+ a", "1. a", "1) a", "===", "---", "> a", "***", "    a", "~~~", "```", "<b>", "a\n==="]
)
def test_a_beginning_of_a_block_is_text(line: str) -> None:
    """What begins a block in Markdown begins none here."""
    assert {"paragraph_open", "inline", "paragraph_close"} == {token.type for token in tokens(paragraphs(line))}


@given(texts)
def test_code_stays_in_its_fence(text: str) -> None:
    """A block of code is one block, whatever runs of backticks stand in it."""
    assert ["fence", "paragraph_open", "inline", "paragraph_close"] == [
        token.type for token in tokens(f"{fenced(text, 'powershell')}\n\nend")
    ]


@given(texts)
def test_markdown_stays_in_its_quotation(text: str) -> None:
    """Markdown of a policy is read as such inside of a quotation, without HTML, and ends with it."""
    read = tokens(f"{quoted(text)}\n\nend")

    assert ["paragraph_open", "inline", "paragraph_close"] == [token.type for token in read[-3:]]
    assert not {"html_block"} & {token.type for token in read}
    assert not {"html_inline", "image"} & {part.type for part in inner(quoted(text))}


@pytest.mark.parametrize("text", SHORT.values(), ids=SHORT)
def test_t32_nothing_commands_a_runner(text: str) -> None:
    """Printed into the log of a pipeline, no line of a page is taken for a command."""
    written = "\n\n".join(
        (paragraphs(text), table(("a",), [(inline(text),)]), fenced(text, "powershell"), quoted(text))
    )

    assert [] == COMMAND.findall(written)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("product.version", "`product.version`", id="a name"),
        pytest.param("a|b", r"a\|b", id="a bar"),
        pytest.param("a`b", r"a\`b", id="a backtick"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_names_are_code(text: str, expected: str) -> None:
    """A plain name is code, and anything that code in a cell cannot hold is text."""
    assert expected == name(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://example.com/a?b=c#d", "<https://example.com/a?b=c#d>", id="of the web"),
        pytest.param("javascript:alert(1)", "javascript:alert(1)", id="a script"),
        pytest.param("https://a b", "https://a b", id="with a blank"),
        pytest.param("https://a>b", r"https://a\>b", id="with the end of a link"),
    ],
)
def test_only_addresses_of_the_web_are_links(url: str, expected: str) -> None:
    """A link leads where it says, and to the web."""
    assert expected == link(url)
