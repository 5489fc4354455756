"""Strict reading of XML: what is plain data has its place, everything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire.sample import UnreadableError
from checker.acquire.xml_tree import MAX_DEPTH, Node, parse_xml, root_tag
from checker.model.facts import Reason


def test_elements_know_their_place() -> None:
    """Line and column of an element are those of its opening bracket, counted from 1, in characters."""
    tree = parse_xml("<a>\n é<b x='1'>text</b>\r\n  <c/>\n</a>")

    found = [(one.tag, dict(one.attributes), one.text, one.line, one.column) for one in tree.children]

    assert [("b", {"x": "1"}, "text", 2, 3), ("c", {}, "", 3, 3)] == found


def test_text_is_that_of_the_element_alone() -> None:
    """Comments and processing instructions are skipped, entities and CDATA are text, children keep their own."""
    tree = parse_xml("<a>5<!-- x -->0<?pi ?>&gt;&#48;<![CDATA[<]]><b>no</b>1</a>")

    assert "50>0<1" == tree.text


def test_prefixes_of_namespaces_do_not_count() -> None:
    """An element has its local name, whatever prefix the writer chose."""
    assert Node("a", {"xmlns:p": "urn:x"}, "", (Node("b", {}, "", (), 1, 22),), 1, 1) == parse_xml(
        '<p:a xmlns:p="urn:x"><p:b/></p:a>'
    )


def test_below_finds_elements_at_any_depth_in_order() -> None:
    """The search walks the document as it is read, also into elements that were found."""
    tree = parse_xml("<a><b n='1'><b n='2'/></b><c><b n='3'/></c></a>")

    assert ["1", "2", "3"] == [one.attributes["n"] for one in tree.below("b")]
    assert ["1"] == [one.attributes["n"] for one in tree.all("b")]


def test_skipped_elements_leave_no_trace() -> None:
    """A skipped element goes with all below it, also others of its name, and what follows is read again."""
    tree = parse_xml("<a>x<big>y<big>z</big><c/></big>w<c/></a>", skip=frozenset({"big", "a"}))

    assert Node("a", {}, "xw", (Node("c", {}, "", (), 1, 34),), 1, 1) == tree


def test_the_encoding_of_the_declaration_does_not_count() -> None:
    """The text is decoded already; what its declaration says was true of the bytes."""
    assert "ü" == parse_xml('<?xml version="1.0" encoding="utf-16"?><a>ü</a>').text


HOSTILE = {
    "empty": "",
    "cut-in-a-tag": "<a><b",
    "cut-between-tags": "<a><b></b>",
    "mismatched": "<a></b>",
    "second-root": "<a/><b/>",
    "junk-after": "<a/> junk",
    "no-xml": "Name : value",
    "twice-the-same-attribute": "<a x='1' x='1'/>",
    "undefined-entity": "<a>&lol;</a>",
    "nul": "<a>\x00</a>",
    "control-character": "<a>\x1b</a>",
    "lone-surrogate": "<a>\ud800</a>",
    "T39-doctype": "<!DOCTYPE a><a/>",
    "T39-external-entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "T39-external-dtd": '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>',
    "T39-parameter-entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]><a/>',
    "T39-billion-laughs": '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;"><!ENTITY d "&c;&c;">]><a>&d;</a>',
    "T39-xinclude": '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="b.xml"/></a>',
    "T39-schema": '<a xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:noNamespaceSchemaLocation="http://127.0.0.1/"/>',
    "too-deep": "<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_plain_data_is_refused(text: str) -> None:
    """Text that is not well-formed, or could fetch, hide or expand content, is never a tree."""
    with pytest.raises(UnreadableError) as refusal:
        parse_xml(text)

    assert (1, 1) <= (refusal.value.line, refusal.value.column)


def test_a_doctype_is_refused_by_name_and_place() -> None:
    """The person is told that it is the DOCTYPE, and in which line; nothing is expanded, which would never end."""
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 100}">' for n in range(1, 50))
    with pytest.raises(UnreadableError, match="DOCTYPE") as refusal:
        parse_xml(f'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY e0 "x">{laughs}]>\n<a>&e49;</a>')

    assert 2 == refusal.value.line


@pytest.mark.parametrize("cut", range(1, 33, 4))
def test_a_text_that_ends_too_early_is_truncated(cut: int) -> None:
    """A file that breaks off is told apart from one that is wrong."""
    with pytest.raises(UnreadableError) as refusal:
        parse_xml("<a><b x='1'>text</b><c>more</c></a>"[:cut])

    assert Reason.TRUNCATED is refusal.value.reason


def test_depth_up_to_the_limit_is_read() -> None:
    """The deepest nesting that is allowed is read to its end."""
    tree = parse_xml("<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH)

    assert MAX_DEPTH - 1 == len(list(tree.below("a")))


def test_elements_up_to_the_limit_are_kept() -> None:
    """Memory is bounded by the number of elements; what is skipped does not count."""
    text = "<a>" + "<b/>" * 9 + "<c><b/><b/></c></a>"

    assert 9 == len(parse_xml(text, skip=frozenset({"c"}), max_nodes=10).children)
    with pytest.raises(UnreadableError, match="more than 9 elements"):
        parse_xml(text, max_nodes=9)


@given(st.text(max_size=60))
def test_any_text_is_a_tree_or_refused(text: str) -> None:
    """No text whatever leads to another exception."""
    for whole in (text, f"<a>{text}</a>", f"<a b='{text}'/>"):
        try:
            assert "a" == parse_xml(whole).tag or whole == text
        except UnreadableError:
            continue


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("<a><b/></a>", "a", id="plain"),
        pytest.param("\r\n <a/>", "a", id="blanks"),
        pytest.param('<?xml version="1.0"?>\n<!-- <no> -->\n<p:ma-data x="1">', "ma-data", id="prolog"),
        pytest.param("<!DOCTYPE ma-data [<!ENTITY a 'b'>]>", "ma-data", id="doctype"),
        pytest.param("<!-- never closed <a>", None, id="open-comment"),
        pytest.param("<ma-da", None, id="cut"),
        pytest.param("{}", None, id="json"),
        pytest.param("", None, id="empty"),
        pytest.param("< a>", None, id="no-name"),
    ],
)
def test_the_root_is_named_by_the_beginning(head: str, expected: str | None) -> None:
    """The first element names the root, behind declarations, comments and even a DOCTYPE."""
    assert expected == root_tag(head)


@given(st.text(max_size=60))
def test_the_root_of_any_text_is_told(text: str) -> None:
    """Looking for the root fails on no text."""
    assert root_tag(text) is None or text.strip(" \t\r\n").startswith("<")
