"""
What a registry export says of connectors, below `PerMAInstance`.

A key there carries the name of a connector, which tells whether the export is of this server; and the setting of the
reference filtering, one of the three places of the export version, is that of the Entra connector.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from checker.acquire.merge import resting_on
from checker.acquire.reading import Instance, Reading
from checker.model.catalogue import facts_in
from checker.model.facts import Absent, Fact, Known, Reason, Source, Unknown
from checker.model.location import Location


def identified_readings(readings: Sequence[Reading]) -> list[Reading]:
    """
    Refuse what a registry export says if it speaks of other connectors than the rest.

    A key below `PerMAInstance` carries the name of a connector; the setting of the reference filtering belongs to
    the Entra connector alone.
    """
    everyone = {one.name.casefold() for reading in readings for one in reading.connectors}
    entra = {one.name.casefold() for reading in readings for one in reading.connectors if one.entra}
    return [_identified(reading, everyone, entra) if entra else reading for reading in readings]


def _identified(reading: Reading, everyone: set[str], entra: set[str]) -> Reading:
    for instance in reading.instances:
        name = instance.connector.casefold()
        if name in entra or (name in everyone and not isinstance(instance.filtering, Known)):
            continue
        detail = (
            f"'{instance.location}' speaks of the connector '{instance.connector}', which is not the Entra connector "
            "of this server: the file is of another server, or of another time."
        )
        unknown = Unknown(Reason.IDENTITY, detail, (Source(reading.format, instance.location),))
        refused = dict.fromkeys(facts_in(reading.format), unknown)
        return replace(reading, facts=refused, instances=(), instances_observed=False)
    return reading


def reference_filtering(readings: Iterable[Reading]) -> list[Fact]:
    """
    Give the reference filtering of the Entra connector as each registry export tells it.

    Where only the name of that connector tells which key counts, the fact rests on what gives the name, too.
    """
    everything = list(readings)
    entra = {one.name.casefold() for reading in everything for one in reading.connectors if one.entra}
    grounds = [_naming(one) for one in everything if any(connector.entra for connector in one.connectors)]
    told: list[Fact] = []
    for reading in everything:
        own = [one for one in reading.instances if not entra or one.connector.casefold() in entra]
        facts = _of_instances(reading, own)
        anyway = facts == _of_instances(reading, reading.instances)
        told += facts if anyway else [resting_on(fact, *grounds) for fact in facts]
    return told


def _naming(reading: Reading) -> Absent:
    """Give *reading* as a ground: it says which connector is the one to Entra."""
    return Absent(Source(reading.format, Location(reading.path), "the Entra connector"))


def _of_instances(reading: Reading, instances: Sequence[Instance]) -> list[Fact]:
    set_ = [one for one in instances if not isinstance(one.filtering, Absent)]
    if len({one.connector.casefold() for one in set_}) > 1:
        names = ", ".join(f"'{one.connector}'" for one in set_)
        sources = tuple(Source(reading.format, one.location) for one in set_)
        detail = f"Several connectors have a reference filtering ({names}), and no source names the Entra connector."
        return [Unknown(Reason.AMBIGUOUS, detail, sources)]
    if set_:
        return [one.filtering for one in set_]
    if instances:
        return [instances[0].filtering]
    if reading.instances_observed:
        source = Source(reading.format, Location(reading.path), "PerMAInstance")
        return [Absent(source, "There is no such value below 'PerMAInstance'.")]
    return []
