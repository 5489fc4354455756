"""A server as an inventory describes it, before it is known whether it can be told from the others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checker.load.declarations import Declarations
from checker.load.fields import FieldReader
from checker.load.nearest import shown
from checker.load.nodes import Entry, Place
from checker.schema.inventory_language import SERVER_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftServer:
    """A server as an inventory describes it, with what its groups declare already laid below."""

    name: str
    computer_name: str = ""  # where it is given
    groups: tuple[str, ...] = ()
    declared: Declarations
    place: Place

    @property
    def tenant(self) -> str:
        """Its tenant; empty where none is declared."""
        one = self.declared.get(("tenant", ""))
        return str(one.value) if one else ""

    @property
    def label(self) -> str:
        """What facts name it by, whatever the letter case."""
        return (self.computer_name or self.name.partition(".")[0]).casefold()


def read_server_name(reader: FieldReader, entry: Entry | None) -> str:
    """Read the name of a server; empty where it is none, which is told."""
    name = reader.line(entry, "a server's name")
    if entry is None or not name or is_server_name(name):
        return name
    reader.wrong(entry.value, f"{shown(name)} is not a server's name, such as 'sync01.contoso.com'")
    return ""


def is_server_name(name: str) -> bool:
    """Whether *name* can be that of a server: plain letters, digits, dots and hyphens, so that no two look alike."""
    return re.fullmatch(SERVER_NAME.removesuffix("$"), name) is not None
