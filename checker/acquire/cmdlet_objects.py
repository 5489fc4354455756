"""
Objects of PowerShell as a file tells them, whatever its form: values with their places, and facts made of them.

ConvertTo-Json and Export-Clixml end at a depth: what lies deeper is replaced by its text, such as `System.Object[]`
or `@{a=1}`. Where a list or an object belongs and such a text stands, the dump is cut off and tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from checker.acquire.sample import UnreadableError
from checker.model.duration import parse_duration
from checker.model.facts import Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.timestamp import parse_timestamp
from checker.model.values import FactType, Scalar

Content = None | bool | int | float | str | tuple["CmdletValue", ...] | Mapping[str, "CmdletValue"]


@dataclass(frozen=True, slots=True)
class CmdletValue:
    """A value that a cmdlet gave; the properties of an object are named in lower case, as PowerShell ignores case."""

    content: Content
    line: int
    column: int
    types: tuple[str, ...] = ()  # its .NET types, the own one first; only CLIXML names them
    text: str = ""  # the name of a member of an enumeration, whose number is the content

    def get(self, name: str) -> CmdletValue | None:
        """Give the property *name*; None where this is no object, or has no such property."""
        return self.content.get(name.lower()) if isinstance(self.content, Mapping) else None

    def has(self, *names: str) -> bool:
        """Whether this is an object with all these properties."""
        return all(self.get(name) is not None for name in names)

    def is_a(self, type_: str) -> bool:
        """Whether the own .NET type is *type_*, without its namespace; remote sessions put a word before it."""
        return bool(self.types) and self.types[0].rpartition(".")[2] == type_


_CUT_OFF = re.compile(
    r"@\{.*\}|System\.Object\[\]|System\.Collections\..*|(?:Deserialized\.)?Microsoft\.IdentityManagement\..*",
    re.DOTALL,
)
_HINT = "write the dump again with 'ConvertTo-Json -Depth 6' or 'Export-Clixml -Depth 6'"


def is_cut_off(content: object) -> bool:
    """Whether *content* is the text that PowerShell writes in place of an object that lies too deep."""
    return isinstance(content, str) and _CUT_OFF.fullmatch(content.strip()) is not None


class NotToldError(Exception):
    """A part of an object does not tell what it must tell; it becomes an unknown fact."""

    def __init__(self, reason: Reason, message: str, value: CmdletValue) -> None:
        """Say what is wrong with *value* in *message*, a sentence without its full stop."""
        super().__init__(message)
        self.reason, self.message, self.value = reason, message, value

    def unknown(self, file: str, item: str) -> Unknown:
        """Give the unknown fact, with its place in *file*."""
        place = Location(file, self.value.line, self.value.column)
        return Unknown(self.reason, f"{self.message}, in '{place}'.", (Source(SourceFormat.CMDLET, place, item),))


def list_of(value: CmdletValue, what: str) -> tuple[CmdletValue, ...]:
    """
    Give the entries of a list.

    Raises:
        NotToldError: it is something else; a single object is not taken for a list of one, for what PowerShell
            unwraps it may also have cut.
    """
    if isinstance(value.content, tuple):
        return value.content
    raise _misfit(value, what, "a list")


def object_of(value: CmdletValue, what: str) -> CmdletValue:
    """
    Give *value* back if it is an object.

    Raises:
        NotToldError: it is something else.
    """
    if isinstance(value.content, Mapping):
        return value
    raise _misfit(value, what, "an object")


def _misfit(value: CmdletValue, what: str, kind: str) -> NotToldError:
    if isinstance(value.content, str) and value.content:
        return NotToldError(
            Reason.TRUNCATED, f"The text '{value.content[:80]}' stands where {kind} belongs ({what}); {_HINT}", value
        )
    return NotToldError(Reason.WRONG_TYPE, f"{_kind(value)} stands where {kind} belongs ({what})", value)


def scalar_of(value: CmdletValue, kind: FactType, what: str, *, words: tuple[tuple[int, str], ...] = ()) -> Scalar:
    """
    Give a single value of *kind*; *words* are the members of an enumeration by their numbers.

    Raises:
        NotToldError: it is something else.
    """
    content = value.content
    if content is None:
        raise NotToldError(Reason.NO_DATA, f"'{what}' is null", value)
    if is_cut_off(content):
        raise NotToldError(Reason.TRUNCATED, f"'{what}' is '{content}', a text in place of the value; {_HINT}", value)
    try:
        found = _word(value, words) if words else _typed(content, kind)
    except (ValueError, OverflowError) as error:
        raise NotToldError(Reason.UNPARSED, f"'{what}' is not understood: {error}", value) from error
    if found is not None:
        return found
    if content == "":
        raise NotToldError(Reason.UNPARSED, f"'{what}' is empty", value)
    raise NotToldError(
        Reason.WRONG_TYPE, f"{_kind(value)} stands where '{what}', of the type {kind.value}, belongs", value
    )


def fact_of(
    file: str, value: CmdletValue, kind: FactType, what: str, *, words: tuple[tuple[int, str], ...] = ()
) -> Fact:
    """Give the fact that *value* states."""
    source = Source(SourceFormat.CMDLET, Location(file, value.line, value.column), what)
    try:
        return Known(scalar_of(value, kind, what, words=words), source)
    except NotToldError as error:
        return error.unknown(file, what)


def _word(value: CmdletValue, words: tuple[tuple[int, str], ...]) -> str | None:
    """Give the name of a member of an enumeration; a number and a name that do not belong together are refused."""
    content = value.content
    if isinstance(content, str):
        return next(word for word in _words_of(content, words))
    if isinstance(content, bool) or not isinstance(content, int):
        return None
    named = next((word for number, word in words if number == content), None)
    if named is None:
        raise ValueError(f"{content} is the number of none of {', '.join(word for _, word in words)}")
    if value.text and value.text.lower() != named.lower():
        raise ValueError(f"the number {content} does not belong to the word {value.text!r}")
    return named


def _words_of(text: str, words: tuple[tuple[int, str], ...]) -> list[str]:
    found = [word for _, word in words if word.lower() == text.lower()]
    if not found:
        raise ValueError(f"{text!r} is none of {', '.join(word for _, word in words)}")
    return found


def _typed(content: Content, kind: FactType) -> Scalar | None:
    """Give *content* as a *kind*; None where it has another type."""
    match kind:
        case FactType.BOOLEAN:
            return content if isinstance(content, bool) else None
        case FactType.INTEGER:
            return content if isinstance(content, int) and not isinstance(content, bool) else None
        case FactType.TEXT:
            return content if isinstance(content, str) and content else None
        case FactType.DURATION:
            return _duration(content)
        case FactType.TIMESTAMP:
            return _moment(content)
        case _:
            raise AssertionError(f"no cmdlet states a {kind.value}")


_TICKS_OF_A_DAY = 864_000_000_000


def _duration(content: Content) -> timedelta | None:
    if isinstance(content, str) and content:
        return parse_duration(content)
    ticks = content.get("ticks") if isinstance(content, Mapping) else None
    if ticks is None or isinstance(ticks.content, bool) or not isinstance(ticks.content, int):
        return None
    if abs(ticks.content) >= 10_000_000 * _TICKS_OF_A_DAY:
        raise ValueError(f"{ticks.content} ticks are no length of time that a server is set to")
    return timedelta(microseconds=ticks.content // 10)


_MILLISECONDS = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/")
# NOTE: the number counts from 1970 in UTC, also where an offset follows it.
_OFFSET = re.compile(r".*(?:Z|[+-][0-9]{2}:[0-9]{2})", re.IGNORECASE | re.DOTALL)


def _moment(content: Content) -> datetime | None:
    """Read a time; without an offset it is taken as UTC, which is what the properties with times are defined in."""
    if isinstance(content, Mapping):
        inner = content.get("value")
        return _moment(inner.content) if inner is not None and isinstance(inner.content, str) else None
    if not isinstance(content, str) or not content:
        return None
    found = _MILLISECONDS.fullmatch(content)
    if found:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(found[1]))
    return parse_timestamp(content if _OFFSET.fullmatch(content) else f"{content}Z")


def _kind(value: CmdletValue) -> str:
    match value.content:
        case None:
            return "Null"
        case bool():
            return "A boolean"
        case int() | float():
            return "A number"
        case str():
            return "Text"
        case tuple():
            return "A list"
        case _:
            return "An object"


def properties(pairs: list[tuple[str, CmdletValue]], *, line: int, column: int) -> Mapping[str, CmdletValue]:
    """
    Give the properties of one object by their names in lower case.

    Raises:
        UnreadableError: two names differ in nothing but letter case.
    """
    found: dict[str, CmdletValue] = {}
    for name, value in pairs:
        if name.lower() in found:
            raise UnreadableError(f"The property '{name}' stands twice in one object.", line=line, column=column)
        found[name.lower()] = value
    return found
