"""XML text as a small tree whose elements know their place; everything that is not plain data is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from checker.acquire.sample import UnreadableError
from checker.model.facts import Reason

# NOTE: defusedxml gives the same safety, but its reader imports xml.sax, and with it urllib, http and ssl: 40 ms of a
# start that otherwise takes a few. Here the few handlers that could expand anything are refused by hand.

MAX_DEPTH = 100
MAX_NODES = 1_000_000
"""Elements that are kept; a set of 60 rules has about 10,000."""

_XINCLUDE = "http://www.w3.org/2001/XInclude"
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Node:
    """An element: names without their namespace's prefix, text without that of its children."""

    tag: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Node, ...]
    line: int
    column: int

    def all(self, tag: str) -> Iterator[Node]:
        """Give the children named *tag*."""
        return (child for child in self.children if child.tag == tag)

    def below(self, tag: str) -> Iterator[Node]:
        """Give the elements named *tag* at any depth below this one, in the order of the document."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.below(tag)


def root_tag(head: str) -> str | None:
    """
    Name the root element of an XML text by its beginning; None where the text is no XML, or the root is not in it.

    A DOCTYPE does not hide the root: what is refused must first be known for what it is.
    """
    position = _content_start(head, 0)
    while head.startswith(("<?", "<!--"), position):
        ending = "?>" if head.startswith("<?", position) else "-->"
        end = head.find(ending, position + 2)
        if end < 0:
            return None
        position = _content_start(head, end + len(ending))
    if head.startswith("<!DOCTYPE", position):
        # The name that the DOCTYPE gives is the root's, or the text is not valid; what stands in between may be long.
        position += len("<!DOCTYPE ") - 1
        return _name(head, _content_start(head, position))
    return _name(head, position + 1) if head.startswith("<", position) else None


def _content_start(head: str, position: int) -> int:
    while position < len(head) and head[position] in _BLANKS:
        position += 1
    return position


def _name(head: str, start: int) -> str | None:
    end = start
    while end < len(head) and (head[end].isalnum() or head[end] in "_-.:"):
        end += 1
    # NOTE: a name that runs to the end of the head may be cut.
    return head[start:end].rpartition(":")[2] or None if end < len(head) else None


def parse_xml(text: str, *, skip: frozenset[str] = frozenset(), max_nodes: int = MAX_NODES) -> Node:
    """
    Read *text* of at most *max_nodes* elements, leaving out those named in *skip* with all that is below them.

    An encoding that the declaration names does not count, for the text is decoded.

    Raises:
        UnreadableError: it is not well-formed, has a DOCTYPE, includes other documents, or is too deep or too large.
    """
    builder = _Builder(skip, max_nodes)
    try:
        builder.parser.Parse(text, True)  # noqa: FBT003 - expat takes no keywords
    except expat.ExpatError as error:
        reason = Reason.TRUNCATED if error.code in _CUT_SHORT else Reason.UNPARSED
        raise UnreadableError(
            f"It is no well-formed XML: {expat.ErrorString(error.code)}.",
            line=error.lineno,
            column=error.offset + 1,
            reason=reason,
        ) from error
    except UnicodeEncodeError as error:
        raise UnreadableError("It is no XML: there are lone surrogates.") from error
    assert builder.root is not None  # noqa: S101 - expat refuses a document without an element
    return builder.root


_CUT_SHORT = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)


class _Open:
    """An element whose end has not come yet."""

    __slots__ = ("attributes", "children", "column", "line", "tag", "text")

    def __init__(self, tag: str, attributes: Mapping[str, str], line: int, column: int) -> None:
        self.tag, self.attributes, self.line, self.column = tag, attributes, line, column
        self.text: list[str] = []
        self.children: list[Node] = []


class _Builder:
    """Builds the tree from what expat finds."""

    def __init__(self, skip: frozenset[str], max_nodes: int) -> None:
        self.root: Node | None = None
        self._skip = skip
        self._open: list[_Open] = []
        self._skipped_depth = 0
        self._nodes, self._max_nodes = 0, max_nodes
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.EntityDeclHandler = self._refuse_doctype
        self.parser.ExternalEntityRefHandler = self._refuse_doctype
        self._attend()

    def _attend(self) -> None:
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag in self._skip and self._open:
            self._skipped_depth = 1
            self.parser.StartElementHandler = self._skip_start
            self.parser.EndElementHandler = self._skip_end
            self.parser.CharacterDataHandler = None
            return
        self._nodes += 1
        if len(self._open) >= MAX_DEPTH:
            raise self._refusal(f"Elements are nested more than {MAX_DEPTH} deep.")
        if self._nodes > self._max_nodes:
            raise self._refusal(f"There are more than {self._max_nodes} elements.")
        for key, value in attributes.items():
            if value == _XINCLUDE or key.endswith(("schemaLocation", "SchemaLocation")):
                raise self._refusal("It refers to other documents (XInclude or a schema), which are never fetched.")
        place = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self._open.append(_Open(tag, attributes, *place))

    def _end(self, _name: str) -> None:
        done = self._open.pop()
        text, children = "".join(done.text), tuple(done.children)
        node = Node(done.tag, done.attributes, text, children, done.line, done.column)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node

    def _characters(self, text: str) -> None:
        self._open[-1].text.append(text)

    def _skip_start(self, _name: str, _attributes: dict[str, str]) -> None:
        self._skipped_depth += 1

    def _skip_end(self, _name: str) -> None:
        self._skipped_depth -= 1
        if not self._skipped_depth:
            self._attend()

    def _refuse_doctype(self, *_declared: object) -> int:
        raise self._refusal("It has a DOCTYPE, which no export has; it could hide or fetch content.")

    def _refusal(self, message: str) -> UnreadableError:
        return UnreadableError(message, line=self.parser.CurrentLineNumber, column=self.parser.CurrentColumnNumber + 1)
