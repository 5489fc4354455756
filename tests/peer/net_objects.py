"""Values as a pipeline of PowerShell holds them, before they are written for the wire."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta


class Version(str):
    """A version of .NET."""

    __slots__ = ()


Primitive = None | bool | int | float | str | datetime | timedelta | uuid.UUID | Version


@dataclass(frozen=True, slots=True, eq=False)
class NetEnum:
    """A member of an enumeration."""

    type: str
    name: str
    number: int

    def __str__(self) -> str:
        """Its name, as PowerShell shows it."""
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class NetList:
    """A list; it costs no depth where it is written."""

    items: tuple[Value, ...]
    type: str = "System.Collections.ArrayList"

    def __str__(self) -> str:
        """What stands in place of it where a text is asked for."""
        return self.type


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NetObject:
    """
    An object with its own properties, and notes: those that a pipeline or PowerShell itself added.

    One with an *inner* value is that value, with notes.
    """

    types: tuple[str, ...] = ("System.Object",)
    own: dict[str, Value] = field(default_factory=dict)
    notes: dict[str, Value] = field(default_factory=dict)
    text: str | None = None  # what its method ToString gives; the name of its type unless it says so
    inner: Primitive = None

    def __str__(self) -> str:
        """What its method ToString gives."""
        if self.inner is not None:
            return str(self.inner)
        return self.types[0] if self.text is None else self.text

    def named(self, name: str) -> tuple[str, Value] | None:
        """Find a property in any letter case, with the name that it has here; a note hides an own one."""
        for properties in (self.notes, self.own):
            for key, value in properties.items():
                if key.lower() == name.lower():
                    return key, value
        return None

    def with_notes(self, notes: dict[str, Value]) -> NetObject:
        """Add *notes*."""
        return replace(self, notes={**self.notes, **notes})


Value = Primitive | NetEnum | NetList | NetObject


def custom(properties: dict[str, Value], *types: str) -> NetObject:
    """Give an object that a pipeline made: it has notes alone."""
    names = (*types, "System.Management.Automation.PSCustomObject", "System.Object")
    return NetObject(types=names, notes=properties)


def items_of(value: Value) -> tuple[Value, ...]:
    """Give what a pipeline passes on one by one."""
    return value.items if isinstance(value, NetList) else (value,)


def property_of(value: Value, name: str) -> tuple[str, Value] | None:
    """Find a property of *value*; None where it has none of this name."""
    return value.named(name) if isinstance(value, NetObject) else None
