"""The XML form of PowerShell objects."""

from __future__ import annotations

from typing import Any

import pytest

from checker.acquire.clixml import read_clixml
from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.sample import UnreadableError


def document(body: str) -> str:
    """Wrap *body* as a whole document."""
    return f'<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">{body}</Objs>'


def plain(value: CmdletValue) -> Any:
    """Give the content without its places."""
    match value.content:
        case tuple():
            return [plain(one) for one in value.content]
        case None | bool() | int() | float() | str():
            return value.content
        case _:
            return {name: plain(one) for name, one in value.content.items()}


def one(body: str) -> CmdletValue:
    """Read the one value of *body*, beside another so that a list is not taken apart."""
    value, _ = read_clixml(document(f"{body}<Nil />"))
    return value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<S>a &amp; b</S>", "a & b", id="text"),
        pytest.param("<S></S>", "", id="empty text"),
        pytest.param("<S>_x000A__x0041__x005F_x</S>", "\nA_x", id="escapes"),
        pytest.param("<S>_xD83D__xDE00_</S>", "😀", id="a character of two escapes"),
        pytest.param("<S>_x00g1_ _y</S>", "_x00g1_ _y", id="what looks like an escape"),
        pytest.param("<B>true</B>", True, id="true"),
        pytest.param("<B>false</B>", False, id="false"),
        pytest.param("<I32>-5</I32>", -5, id="an integer"),
        pytest.param("<U64>18446744073709551615</U64>", 2**64 - 1, id="the greatest integer"),
        pytest.param("<Db>1.5</Db>", "1.5", id="a number with a fraction stays text"),
        pytest.param("<TS>PT30M</TS>", "PT30M", id="a length of time stays text"),
        pytest.param("<DT>0001-01-01T00:00:00+02:00</DT>", "0001-01-01T00:00:00+02:00", id="a time beyond all"),
        pytest.param(
            "<G>b891884f-051e-4a83-95af-2544101c9083</G>", "b891884f-051e-4a83-95af-2544101c9083", id="a GUID"
        ),
        pytest.param("<Nil />", None, id="null"),
        pytest.param("<SS>0100</SS>", None, id="a secret is not read"),
        pytest.param("<LST><I32>1</I32><S>a</S></LST>", [1, "a"], id="a bare list"),
        pytest.param('<Obj RefId="0"><LST><I32>1</I32></LST></Obj>', [1], id="a list"),
        pytest.param('<Obj RefId="0"><LST /></Obj>', [], id="an empty list"),
        pytest.param('<Obj RefId="0"><Props><S N="Name">a</S></Props></Obj>', {"name": "a"}, id="properties"),
        pytest.param('<Obj RefId="0"><MS><S N="Name">a</S></MS></Obj>', {"name": "a"}, id="notes"),
        pytest.param(
            '<Obj RefId="0"><Props><S N="A">1</S></Props><MS><S N="a">2</S><S N="B">3</S></MS></Obj>',
            {"a": "2", "b": "3"},
            id="notes hide properties",
        ),
        pytest.param(
            '<Obj RefId="0"><DCT><En><S N="Key">UserName</S><S N="Value">x</S></En></DCT></Obj>',
            {"username": "x"},
            id="a dictionary",
        ),
        pytest.param('<Obj RefId="0"><S>a</S><MS><S N="PSPath">p</S></MS></Obj>', "a", id="a text with notes"),
        pytest.param(
            '<Obj RefId="0"><TN RefId="0"><T>X</T></TN><ToString>X</ToString></Obj>', "X", id="cut at its depth"
        ),
        pytest.param('<Obj RefId="0"></Obj>', {}, id="nothing in it"),
    ],
)
def test_values_are_read(body: str, expected: object) -> None:
    """Each element has its type; what few facts need stays text until it is asked for."""
    read = plain(one(body))

    assert (type(expected), expected) == (type(read), read)


def test_a_member_of_an_enumeration_has_number_and_name() -> None:
    """The number is the value, and the name is kept to be compared with it."""
    value = one(
        '<Obj RefId="0"><TN RefId="0"><T>Deserialized.N.PolicyType</T><T>System.Enum</T></TN>'
        "<ToString>Delta</ToString><I32>1</I32></Obj>"
    )

    assert (1, "Delta") == (value.content, value.text)
    assert value.is_a("PolicyType")


def test_types_and_objects_are_found_by_their_numbers() -> None:
    """A list of types is written once, and so is an object that is met again."""
    first, second, again = read_clixml(
        document(
            '<Obj RefId="0"><TN RefId="7"><T>A.Rule</T><T>System.Object</T></TN><Props><I32 N="P">1</I32></Props></Obj>'
            '<Obj RefId="1"><TNRef RefId="7" /><Props><I32 N="P">2</I32></Props></Obj>'
            '<Ref RefId="0" />'
        )
    )

    assert (True, True) == (first.is_a("Rule"), second.is_a("Rule"))
    assert ({"p": 1}, {"p": 2}, {"p": 1}) == (plain(first), plain(second), plain(again))


def test_an_object_that_contains_itself_ends() -> None:
    """Within itself it has no properties, so nothing is found there."""
    value = one('<Obj RefId="0"><Props><Ref N="Parent" RefId="0" /></Props></Obj>')

    assert {"parent": {}} == plain(value)


def test_a_list_at_the_top_is_what_was_given_one_by_one() -> None:
    """`Export-Clixml -InputObject` writes a list, a pipeline writes its objects."""
    body = "<I32>1</I32><I32>2</I32>"

    assert [1, 2] == [one.content for one in read_clixml(document(body))]
    assert [1, 2] == [one.content for one in read_clixml(document(f'<Obj RefId="0"><LST>{body}</LST></Obj>'))]


def test_places_are_those_of_the_elements() -> None:
    """Lines and columns count from 1."""
    value = one('\n  <Obj RefId="0">\n<Props>\n  <S N="A">x</S></Props></Obj>')

    inner = value.get("A")
    assert inner is not None
    assert ((2, 3), (4, 3)) == ((value.line, value.column), (inner.line, inner.column))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<Objects />", id="another root"),
        pytest.param(document("<Foo>1</Foo>"), id="an element that is none"),
        pytest.param(document("<S><B>true</B></S>"), id="an element within a text"),
        pytest.param(document("<B>True</B>"), id="no boolean"),
        pytest.param(document("<I32>1.0</I32>"), id="no integer"),
        pytest.param(document("<I32></I32>"), id="no digits"),
        pytest.param(document("<S>_xD83D_</S>"), id="T35 half of a character"),
        pytest.param(document('<Ref RefId="5" />'), id="an object that is not there"),
        pytest.param(document('<Obj RefId="0"><TNRef RefId="5" /></Obj>'), id="types that are not there"),
        pytest.param(document('<Obj RefId="0" /><Obj RefId="0" />'), id="one number for two"),
        pytest.param(document('<Obj RefId="0"><I32>1</I32><I32>2</I32></Obj>'), id="two values"),
        pytest.param(document('<Obj RefId="0"><Props><S>1</S></Props></Obj>'), id="no name"),
        pytest.param(
            document('<Obj RefId="0"><Props><S N="a">1</S><S N="A">2</S></Props></Obj>'), id="T16 a name twice"
        ),
        pytest.param(document('<Obj RefId="0"><DCT><En><S N="Key">a</S></En></DCT></Obj>'), id="no value"),
        pytest.param(document("<S>a</S>")[:-4], id="cut off"),
        pytest.param(f"<!DOCTYPE x>{document('')}", id="T39 a DOCTYPE"),
        pytest.param(document("<LST>" * 101 + "</LST>" * 101), id="T08 nested too deep"),
    ],
)
def test_what_is_no_clixml_is_refused(text: str) -> None:
    """Nothing is guessed, and no references lead astray."""
    with pytest.raises(UnreadableError):
        read_clixml(text)
