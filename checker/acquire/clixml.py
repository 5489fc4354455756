"""
The XML form of PowerShell objects (CLIXML), as `Export-Clixml` and remote sessions write it.

Read as data: nothing is created that an object names. Secure strings are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from checker.acquire.cmdlet_objects import CmdletValue, Content, properties
from checker.acquire.sample import UnreadableError
from checker.acquire.xml_tree import Node, parse_xml

_LISTS = frozenset({"LST", "IE", "QUE", "STK"})
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_INTEGER = re.compile(r"-?[0-9]{1,20}")


def read_clixml(text: str) -> tuple[CmdletValue, ...]:
    """
    Give the objects of a document; a list at the top is what a cmdlet gave one by one.

    Raises:
        UnreadableError: it is no CLIXML.
    """
    root = parse_xml(text)
    if root.tag != "Objs":
        raise UnreadableError(f"The root element is '{root.tag}', not 'Objs'.", line=root.line, column=root.column)
    reader = _Reader()
    objects = tuple(reader.value(node) for node in root.children)
    first = objects[0].content if len(objects) == 1 else None
    return first if isinstance(first, tuple) else objects


def read_clixml_value(text: str) -> CmdletValue:
    """
    Give the one value that *text* holds, as a remote session sends each by itself.

    Raises:
        UnreadableError: it is no value of CLIXML.
    """
    return _Reader().value(parse_xml(text))


def _text(node: Node) -> str:
    """Undo the escapes of what XML cannot hold; they are UTF-16, so a character may take two of them."""
    if "_" not in node.text:
        return node.text
    try:
        units = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), node.text)
        return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise _wrong(node, "A text has one half of a surrogate pair") from error


def _integer(node: Node) -> int:
    text = node.text.strip()
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no integer")
    return int(text)


def _raw(node: Node) -> str:
    """
    Keep a number with a fraction, a time or a length of time as its text, to be read where it is asked for.

    An object has many of them, of which few are of interest; .NET's extreme values do not fit everywhere.
    """
    return node.text.strip()


def _boolean(node: Node) -> bool:
    if node.text not in ("true", "false"):
        raise ValueError(f"{node.text[:40]!r} is neither 'true' nor 'false'")
    return node.text == "true"


def _withheld(_node: Node) -> None:
    """Leave out what is secret."""


_PRIMITIVES: Mapping[str, Callable[[Node], Content]] = {
    "S": _text, "URI": _text, "XD": _text, "SBK": _text, "ToString": _text,
    "G": _text, "Version": _text, "C": _text, "BA": _text,
    "B": _boolean, "DT": _raw, "TS": _raw, "Sg": _raw, "Db": _raw, "D": _raw,
    "By": _integer, "SB": _integer, "U16": _integer, "I16": _integer, "U32": _integer, "I32": _integer,
    "U64": _integer, "I64": _integer,
    "Nil": _withheld, "SS": _withheld, "PR": _withheld,
}  # fmt: skip


class _Reader:
    """Reads the values of one document, whose objects and lists of types may be referred to."""

    def __init__(self) -> None:
        self._types: dict[str, tuple[str, ...]] = {}
        self._objects: dict[str, CmdletValue] = {}

    def value(self, node: Node) -> CmdletValue:
        """Read one value."""
        if node.tag == "Obj":
            return self._object(node)
        if node.tag == "Ref":
            found = self._objects.get(node.attributes.get("RefId", ""))
            if found is None:
                raise _wrong(node, "It refers to an object that is not there")
            return found
        return CmdletValue(self._content(node), node.line, node.column)

    def _content(self, node: Node) -> Content:
        if node.tag in _LISTS:
            return tuple(self.value(child) for child in node.children)
        if node.tag == "DCT":
            return self._dictionary(node)
        read = _PRIMITIVES.get(node.tag)
        if read is None or node.children:
            raise _wrong(node, f"'{node.tag}' is no element of CLIXML with a value")
        try:
            return read(node)
        except ValueError as error:
            raise _wrong(node, f"{error}") from error

    def _object(self, node: Node) -> CmdletValue:
        own: list[tuple[str, CmdletValue]] = []
        notes: list[tuple[str, CmdletValue]] = []
        types: tuple[str, ...] = ()
        text, inner, content = "", False, None
        # NOTE: an object may contain itself; where it is referred to before its end it has no properties.
        self._remember(node, CmdletValue({}, node.line, node.column))
        for child in node.children:
            match child.tag:
                case "TN":
                    types = self._types_of(child)
                case "TNRef":
                    types = self._known_types(child)
                case "ToString":
                    text = _text(child)
                case "Props":
                    own += self._named(child)
                case "MS":
                    notes += self._named(child)
                case _ if inner:
                    raise _wrong(child, "An object has two values")
                case _:
                    inner, content = True, self._content(child)
        place = CmdletValue(None, node.line, node.column, types)
        if not inner or (content is None and (own or notes)):
            # NOTE: properties that were added to an object (notes) hide its own of the same name, as in PowerShell.
            hidden = properties(notes, line=node.line, column=node.column)
            visible = properties(own, line=node.line, column=node.column)
            found = replace(place, content={**visible, **hidden})
        else:
            found = replace(place, content=content, text=text)
        if not (own or notes or inner) and text:
            # NOTE: an object that lay too deep is left with nothing but its text.
            found = replace(place, content=text)
        self._objects[node.attributes.get("RefId", "")] = found
        return found

    def _remember(self, node: Node, value: CmdletValue) -> None:
        number = node.attributes.get("RefId")
        if number is None:
            return
        if number in self._objects:
            raise _wrong(node, f"Two objects have the number '{number}'")
        self._objects[number] = value

    def _named(self, node: Node) -> list[tuple[str, CmdletValue]]:
        pairs: list[tuple[str, CmdletValue]] = []
        for child in node.children:
            name = child.attributes.get("N")
            if not name:
                raise _wrong(child, "A property has no name")
            pairs.append((name, self.value(child)))
        return pairs

    def _dictionary(self, node: Node) -> Mapping[str, CmdletValue]:
        pairs: list[tuple[str, CmdletValue]] = []
        for entry in node.children:
            parts = {child.attributes.get("N", ""): child for child in entry.children}
            if parts.keys() != {"Key", "Value"} or len(entry.children) != 2:
                raise _wrong(entry, "An entry of a dictionary has no key or no value")
            key = self.value(parts["Key"]).content
            pairs.append((str(key), self.value(parts["Value"])))
        return properties(pairs, line=node.line, column=node.column)

    def _types_of(self, node: Node) -> tuple[str, ...]:
        types = tuple(_text(child) for child in node.children if child.tag == "T")
        self._types[node.attributes.get("RefId", "")] = types
        return types

    def _known_types(self, node: Node) -> tuple[str, ...]:
        types = self._types.get(node.attributes.get("RefId", ""))
        if types is None:
            raise _wrong(node, "It refers to types that are not there")
        return types


def _wrong(node: Node, message: str) -> UnreadableError:
    return UnreadableError(f"{message}.", line=node.line, column=node.column)
