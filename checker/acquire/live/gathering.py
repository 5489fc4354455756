"""What one plan has found out of a server, fact by fact, and why it has not found out the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from checker.acquire.reading import ConnectorName
from checker.acquire.sync_rule import RulePiece
from checker.model.collection import Failure
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerClock:
    """What the clock of a server showed, and how far it was ahead of ours."""

    time: datetime
    ahead: timedelta


@dataclass(slots=True)
class Gathering:
    """The facts of one server, as they come in."""

    place: str  # what stands for a file where a place is needed
    facts: dict[str, Fact] = field(default_factory=dict)
    rules: RulePiece | None = None
    connectors: tuple[ConnectorName, ...] = ()
    failed: dict[str, Failure] = field(default_factory=dict)  # why a fact was not told, by its name
    failures: list[Failure] = field(default_factory=list)  # of what is no fact
    computer: str = ""
    run_by: str = ""
    groups: tuple[str, ...] = ()
    module_version: str = ""
    clock: ServerClock | None = None

    def know(self, name: str, value: Value, item: str) -> None:
        """Note that the fact *name* is *value*."""
        self.facts[name] = Known(value, source(item))

    def miss(self, name: str, item: str, detail: str) -> None:
        """Note that the fact *name* was looked for and is not there."""
        self.facts[name] = Absent(source(item), detail)

    def fail(self, names: Iterable[str], failure: Failure, item: str) -> None:
        """Note that the facts *names* could not be read."""
        for name in names:
            self.facts[name] = unknown_because(failure, item)
            self.failed[name] = failure

    def doubt(self, name: str, reason: Reason, sentence: str, item: str) -> None:
        """Note that what stands there as the fact *name* does not tell it."""
        self.facts[name] = Unknown(reason, sentence, (source(item),))

    def take(self, facts: Mapping[str, Fact], item: str) -> None:
        """Note what was read out of the answer of the cmdlet *item*."""
        self.facts |= {name: self._live(fact, item) for name, fact in facts.items()}

    def every_failure(self) -> tuple[Failure, ...]:
        """Name each failure once."""
        return tuple(dict.fromkeys([*self.failed.values(), *self.failures]))

    def _live(self, fact: Fact, cmdlet: str) -> Fact:
        """Say of *fact* that it was seen on the server itself, and of which cmdlet; the place in an answer is gone."""

        def named(item: str) -> Source:
            return source(item if not item or item.startswith(cmdlet) else f"{cmdlet}, {item}")

        match fact:
            case Known() | Absent():
                return replace(fact, source=named(fact.source.item))
            case Unknown():
                detail = re.sub(rf", in '{re.escape(self.place)}:[0-9]+:[0-9]+'", "", fact.detail)
                return replace(fact, detail=detail, sources=tuple(named(one.item) for one in fact.sources))


def source(item: str) -> Source:
    """Name what was read on the server."""
    return Source(SourceFormat.LIVE, None, item)


def unknown_because(failure: Failure, item: str) -> Unknown:
    """Give the fact that *failure* kept from being read; the class stands first, so that no two look alike."""
    return Unknown(failure.kind.reason, f"{failure.kind.value}: {failure.message}", (source(item),))
