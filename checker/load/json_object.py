"""One object of a JSON document, read key by key: what is not of the wanted kind is refused, and nothing coerced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")

_SURROGATE = re.compile("[\ud800-\udfff]")


class ShapeError(ValueError):
    """The document has another shape; the sentence says where and what."""


class JsonObject:
    """The members of an object, and where in its document it stands."""

    def __init__(self, members: Mapping[str, object], place: str) -> None:
        """Hold *members*, which stand at *place*, such as `findings[3]`."""
        self._members = members
        self._place = place

    @classmethod
    def of(cls, value: object, place: str) -> JsonObject:
        """
        Take *value*, which stands at *place*, as an object.

        Raises:
            ShapeError: it is none.
        """
        if not isinstance(value, dict):
            raise ShapeError(f"{f'{place!r} is' if place else 'the document is'} no object")
        return cls(value, place)

    def __contains__(self, name: str) -> bool:
        """Whether the key *name* is there."""
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        """Walk over the keys."""
        return iter(self._members)

    def text(self, name: str, *, optional: bool = False) -> str:
        """Give the text *name*; one that is optional and not there, or null, is empty."""
        if optional and self._members.get(name) is None:
            return ""
        value = self._get(name)
        if not isinstance(value, str):
            raise self._error(name, "text")
        if _SURROGATE.search(value):
            raise self._error(name, "text without halves of surrogate pairs")
        return value

    def boolean(self, name: str) -> bool:
        """Give the boolean *name*."""
        value = self._get(name)
        if not isinstance(value, bool):
            raise self._error(name, "true or false")
        return value

    def integer(self, name: str) -> int:
        """Give the integer *name*."""
        value = self._get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._error(name, "an integer")
        return value

    def scalar(self, name: str) -> int | bool | str:
        """Give the integer, boolean or text *name*."""
        value = self._get(name)
        return value if isinstance(value, int) else self.text(name)

    def word(self, name: str, words: Mapping[str, T]) -> T:
        """Give what *words* make of the text *name*."""
        text = self.text(name)
        if text not in words:
            raise self._error(name, f"one of {', '.join(words)}")
        return words[text]

    def is_null(self, name: str) -> bool:
        """Whether *name* is null."""
        return self._get(name) is None

    def is_list(self, name: str) -> bool:
        """Whether *name* is a list."""
        return isinstance(self._get(name), list)

    def member(self, name: str) -> JsonObject:
        """Give the object *name*."""
        return JsonObject.of(self._get(name), self._path(name))

    def objects(self, name: str, *, optional: bool = False) -> list[JsonObject]:
        """Give the list *name* of objects; one that is optional and not there, or null, is empty."""
        entries = self._list(name, optional=optional)
        return [JsonObject.of(one, f"{self._path(name)}[{index}]") for index, one in enumerate(entries)]

    def texts(self, name: str, *, optional: bool = False) -> tuple[str, ...]:
        """Give the list *name* of texts; one that is optional and not there, or null, is empty."""
        entries = {f"{name}[{index}]": one for index, one in enumerate(self._list(name, optional=optional))}
        numbered = JsonObject(entries, self._place)
        return tuple(map(numbered.text, entries))

    def _list(self, name: str, *, optional: bool) -> list[object]:
        if optional and self._members.get(name) is None:
            return []
        value = self._get(name)
        if not isinstance(value, list):
            raise self._error(name, "a list")
        return value

    def _get(self, name: str) -> object:
        if name not in self._members:
            raise ShapeError(f"'{self._path(name)}' is not there")
        return self._members[name]

    def _path(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def _error(self, name: str, wanted: str) -> ShapeError:
        return ShapeError(f"'{self._path(name)}' is not {wanted}")
