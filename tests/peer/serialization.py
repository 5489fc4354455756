"""
CLIXML as Windows PowerShell writes it for a remote session, with its rule of depth.

A remote session writes to a depth of one. A single value always survives, and so does a list, whose entries lie as deep
as the list itself. The own properties of an object lie one deeper; notes, and so all that `Select-Object -Property`
makes, lie as deep as their object. An object at depth zero becomes the text that its method ToString gives.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.peer.net_objects import NetEnum, NetList, NetObject, Primitive, Value, Version

REMOTING_DEPTH = 1


def clixml(value: Value, depth: int = REMOTING_DEPTH) -> bytes:
    """Write one object of the output of a pipeline."""
    writer = _Writer()
    writer.write(value, "", depth)
    return "".join(writer.parts).encode()


class _Writer:
    """Writes one document, in which types and objects that come again are referred to."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._types: dict[tuple[str, ...], int] = {}
        self._objects: dict[int, int] = {}

    def write(self, value: Value, name: str, depth: int) -> None:
        """Write *value* as the property *name*, or as an entry of a list."""
        attribute = f' N="{_text(name, quoted=True)}"' if name else ""
        match value:
            case NetEnum() | NetList() | NetObject() if id(value) in self._objects:
                self.parts.append(f'<Ref{attribute} RefId="{self._objects[id(value)]}" />')
            case NetList():
                self._open(value, attribute, (value.type, "System.Object"))
                self.parts.append("<LST>")
                for item in value.items:
                    self.write(item, "", depth)
                self.parts.append("</LST></Obj>")
            case NetObject() if value.inner is not None:
                self._open(value, attribute, ())
                self._primitive(value.inner, "")
                self._close(value, depth)
            case NetEnum() | NetObject() if depth <= 0:
                self.parts.append(f"<S{attribute}>{_text(str(value))}</S>")
            case NetEnum():
                types = (value.type, "System.Enum", "System.ValueType", "System.Object")
                self._open(value, attribute, types)
                self.parts.append(f"<ToString>{_text(value.name)}</ToString><I32>{value.number}</I32></Obj>")
            case NetObject():
                self._open(value, attribute, value.types)
                self._close(value, depth)
            case _:
                self._primitive(value, attribute)

    def _open(self, value: NetEnum | NetList | NetObject, attribute: str, types: tuple[str, ...]) -> None:
        number = len(self._objects)
        self._objects[id(value)] = number
        self.parts.append(f'<Obj{attribute} RefId="{number}">')
        if not types:
            return
        known = self._types.get(types)
        if known is not None:
            self.parts.append(f'<TNRef RefId="{known}" />')
            return
        self._types[types] = len(self._types)
        names = "".join(f"<T>{_text(one)}</T>" for one in types)
        self.parts.append(f'<TN RefId="{self._types[types]}">{names}</TN>')

    def _close(self, value: NetObject, depth: int) -> None:
        if value.inner is None and (value.own or value.text is not None):
            self.parts.append(f"<ToString>{_text(str(value))}</ToString>")
        if value.own:
            self._properties("Props", value.own, depth - 1)
        if value.notes:
            self._properties("MS", value.notes, depth)
        self.parts.append("</Obj>")

    def _properties(self, tag: str, properties: dict[str, Value], depth: int) -> None:
        self.parts.append(f"<{tag}>")
        for name, value in properties.items():
            self.write(value, name, depth)
        self.parts.append(f"</{tag}>")

    def _primitive(self, value: Primitive, attribute: str) -> None:
        if value is None:
            self.parts.append(f"<Nil{attribute} />")
            return
        tag, text = _written(value)
        self.parts.append(f"<{tag}{attribute}>{text}</{tag}>")


def _written(value: Primitive) -> tuple[str, str]:
    match value:
        case bool():
            return "B", "true" if value else "false"
        case int():
            return ("I32" if -(2**31) <= value < 2**31 else "I64"), str(value)
        case Version():
            return "Version", _text(value)
        case float():
            return "Db", repr(value)
        case datetime():
            return "DT", _moment(value)
        case timedelta():
            return "TS", duration(value)
        case uuid.UUID():
            return "G", str(value)
        case _:
            return "S", _text(str(value))


def _moment(value: datetime) -> str:
    """Write seven digits of a second, as .NET does, and Z for UTC alone."""
    local = value.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0"
    offset = value.utcoffset()
    if offset is None:
        return local
    if not offset:
        return f"{local}Z"
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{local}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def duration(value: timedelta) -> str:
    """Write a length of time as XML does."""
    seconds = value.total_seconds()
    hours, rest = divmod(abs(seconds), 3600)
    days, hours = divmod(int(hours), 24)
    minutes, left = divmod(rest, 60)
    units = ((hours, "H"), (int(minutes), "M"))
    time = "".join(f"{count}{unit}" for count, unit in units if count) + (f"{left:g}S" if left else "")
    day = f"{days}D" if days else ""
    return ("-" if seconds < 0 else "") + f"P{day}" + (f"T{time}" if time else "" if day else "T0S")


_ESCAPED = re.compile("_(?=[xX][0-9A-Fa-f]{4}_)|[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _text(text: str, *, quoted: bool = False) -> str:
    """Escape what XML cannot hold by its number, and what it would take for markup."""
    escaped = _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    for plain, written in _MARKUP.items():
        escaped = escaped.replace(plain, written)
    return escaped.replace('"', "&quot;") if quoted else escaped


def texts(values: Sequence[str]) -> NetList:
    """Give a list of texts."""
    return NetList(tuple(values), "System.Collections.Generic.List`1[[System.String, mscorlib]]")
