"""
The text form of registry exports: keys with their values, read line by line.

Whole hives have a hundred megabytes, of which a few keys are of interest. What is not of interest is passed quickly,
but not carelessly: a line that cannot stand where it stands shows that another one was lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from checker.acquire.sample import UnreadableError

_HEADER = "Windows Registry Editor Version 5.00"

_NAME = r'(?:@|"([^"\\]*(?:\\.[^"\\]*)*)")'
_BYTE = "[0-9a-fA-F]{2}"
_START = re.compile(rf"{_NAME}=", re.DOTALL)
_TEXT = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_DWORD = re.compile(r"dword:([0-9a-fA-F]{8})")
_BYTES = re.compile(rf"hex(?:\(([0-9a-fA-F]{{1,8}})\))?:((?:{_BYTE}(?:,{_BYTE})*)?)")
_OPEN_BYTES = re.compile(rf"hex(?:\([0-9a-fA-F]{{1,8}}\))?:(?:{_BYTE},)*\\")
_MORE_BYTES = re.compile(rf" *(?:{_BYTE},)*(?:{_BYTE}|\\)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

_KINDS = {
    0: "REG_NONE", 1: "REG_SZ", 2: "REG_EXPAND_SZ", 3: "REG_BINARY", 4: "REG_DWORD", 5: "REG_DWORD_BIG_ENDIAN",
    6: "REG_LINK", 7: "REG_MULTI_SZ", 11: "REG_QWORD",
}  # fmt: skip

_MAX_LINES_OF_A_VALUE = 200_000


@dataclass(frozen=True, slots=True)
class RegistryValue:
    """One value of a key."""

    name: str  # as it stands in the file; empty for the value without a name
    kind: str  # such as `REG_DWORD`
    data: int | str | None  # of a `REG_DWORD` and a `REG_SZ`; none for every other kind
    line: int


@dataclass(slots=True)
class Section:
    """One key with those of its values that are of interest."""

    key: str  # in lower case
    shown: str  # as it stands in the file
    line: int
    values: dict[str, RegistryValue] = field(default_factory=dict)  # by name in lower case
    closed: bool = False  # whether a blank line follows, as in every export that was not cut off


def sections(lines: Iterator[str], wanted: Callable[[str], bool], telling: frozenset[str]) -> Iterator[Section]:
    """
    Walk over the keys; values are kept of *wanted* keys, and everywhere those with the *telling* names.

    Raises:
        UnreadableError: a line cannot stand where it stands.
    """
    return _Walk(lines, wanted, telling).sections()


class _Walk:
    """Goes through one file."""

    def __init__(self, lines: Iterator[str], wanted: Callable[[str], bool], telling: frozenset[str]) -> None:
        self._lines = enumerate(lines, 1)
        self._wanted = wanted
        self._telling = telling

    def sections(self) -> Iterator[Section]:
        """See `sections`."""
        self._pass_header()
        section: Section | None = None
        keep = False
        for number, line in self._lines:
            first = line[:1]
            if first in ('"', "@"):
                if section is None or section.closed:
                    raise _lost(number, "A value follows a blank line, where only a key can stand")
                self._value(section, line, number, keep=keep)
            elif first == "[":
                if section is not None:
                    yield section
                section = _section(line, number)
                keep = self._wanted(section.key)
            elif not line.strip():
                if section is not None:
                    section.closed = True
            elif first != ";":
                raise _lost(number, "The line is neither a key nor a value")
        if section is not None:
            yield section

    def _pass_header(self) -> None:
        for number, line in self._lines:
            text = line.strip()
            if text == _HEADER:
                return
            if text.upper() == "REGEDIT4":
                raise UnreadableError(
                    "It is an export in the old form 'REGEDIT4', whose text has no defined encoding. Export it with "
                    "'reg export', or with regedit as 'Registration Files (*.reg)'.",
                    line=number,
                )
            if text:
                break
        raise UnreadableError(f"The first line is not '{_HEADER}'.")

    def _value(self, section: Section, line: str, number: int, *, keep: bool) -> None:
        """Read a value to its end; it may go on in the next lines."""
        start = _START.match(line)
        if start is None:
            raise _lost(number, "The line is no whole value")
        name = _ESCAPE.sub(r"\1", start[1] or "")
        keep = keep or name.lower() in self._telling
        data = line[start.end() :]
        if data.startswith("hex") and data.endswith("\\"):
            data = self._bytes(data, number, keep=keep)
        elif data.startswith('"') and not _TEXT.fullmatch(data):
            data = self._text(data, number)
        if keep:
            self._keep(section, _parse(name, data, number))
        elif not (data.startswith('"') or _DWORD.fullmatch(data) or _BYTES.fullmatch(data)):
            _parse(name, data, number)

    def _keep(self, section: Section, value: RegistryValue) -> None:
        name = value.name.lower()
        if name in section.values:
            first = section.values[name].line
            raise _lost(value.line, f"The value '{value.name}' stands twice in its key, first in line {first}")
        section.values[name] = value

    def _bytes(self, data: str, number: int, *, keep: bool) -> str:
        """Join the lines of a value in bytes; a backslash at the end of a line says that it goes on."""
        form, parts = _OPEN_BYTES, [data]
        following = data
        while form.fullmatch(following):
            if keep or form is _OPEN_BYTES:
                parts.append(following.removesuffix("\\").lstrip(" "))
            if not following.endswith("\\"):
                return "".join(parts[1:]) if keep else "hex:"
            form = _MORE_BYTES
            _, following = next(self._lines, (0, ""))
        raise _lost(number, "The bytes of the value that starts here are cut off")

    def _text(self, data: str, number: int) -> str:
        """Join the lines of a text."""
        # NOTE: a REG_SZ with line breaks is exported with them as they are; blank lines in it end no key.
        escaped, end = _scan(data, 1, escaped=False)
        parts = [data]
        while end is None:
            _, following = next(self._lines, (0, None))
            if following is None or len(parts) > _MAX_LINES_OF_A_VALUE:
                raise _lost(number, "The text that starts here is never closed")
            escaped, end = _scan(following, 0, escaped=escaped)
            parts.append(following)
        if end != len(parts[-1]):
            raise _lost(number, "Something follows the end of the text that starts here")
        return "\n".join(parts)


def _scan(line: str, start: int, *, escaped: bool) -> tuple[bool, int | None]:
    """Say whether *line* ends within an escape, and after which character a quote closes the text in it."""
    at = start + escaped
    while True:
        quote, slash = line.find('"', at), line.find("\\", at)
        if quote != -1 and (slash == -1 or quote < slash):
            return False, quote + 1
        if slash == -1:
            return False, None
        if slash == len(line) - 1:
            return True, None
        at = slash + 2


def _section(line: str, number: int) -> Section:
    if not line.endswith("]"):
        raise _lost(number, "The name of a key is cut off")
    if line.startswith("[-"):
        raise UnreadableError("A line deletes a key; that is no export but a file for import.", line=number)
    name = line[1:-1]
    return Section(name.lower(), name, number)


def _parse(name: str, data: str, number: int) -> RegistryValue:
    if data == "-":
        raise UnreadableError("A line deletes a value; that is no export but a file for import.", line=number)
    dword = _DWORD.fullmatch(data)
    if dword:
        return RegistryValue(name, "REG_DWORD", int(dword[1], 16), number)
    words = _TEXT.fullmatch(data)
    if words:
        return RegistryValue(name, "REG_SZ", _ESCAPE.sub(r"\1", words[1]), number)
    raw = _BYTES.fullmatch(data)
    if raw is None:
        raise _lost(number, "The data of a value cannot be read")
    kind = int(raw[1], 16) if raw[1] else 3
    decoded = _decoded(kind, raw[2])
    shown = _KINDS.get(kind, f"value of type {kind}")
    return RegistryValue(name, f"malformed {shown}" if decoded is None and kind in (1, 4) else shown, decoded, number)


def _decoded(kind: int, digits: str) -> int | str | None:
    """Give the data of a `REG_DWORD` or `REG_SZ` that is written as bytes; None where the bytes do not fit."""
    if kind not in (1, 4):
        return None
    content = bytes.fromhex(digits.replace(",", ""))
    if kind == 4:
        return int.from_bytes(content, "little") if len(content) == 4 else None
    try:
        return content.decode("utf-16-le").removesuffix("\x00")
    except UnicodeDecodeError:
        return None


def _lost(number: int, what: str) -> UnreadableError:
    return UnreadableError(f"{what}: lines are lost, or it is no export.", line=number)
