"""From everything that was read of one server to its fact set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from checker.acquire.assignment import UNNAMED, Placed
from checker.acquire.derivation import derive_facts
from checker.acquire.endpoint import V2_IS_DEFAULT
from checker.acquire.merge import merge
from checker.acquire.reading import Instance, Reading
from checker.acquire.rule_set import facts_of_rules
from checker.acquire.sync_rule import RulePiece
from checker.model.catalogue import CATALOGUE, facts_in
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.support import SupportTable
from checker.model.timestamp import format_timestamp
from checker.model.version import Version

_JOINED = ("features.password_hash_sync", "features.ad_connector_accounts")
"""List facts of which each connector file of an export states its own entry."""

_TIME_DEPENDENT = "product.supported"
"""What the table says at the time of this run; what a facts document said at its time is older."""


def build_fact_set(server: str, placed: Sequence[Placed], *, now: datetime, support: SupportTable) -> FactSet:
    """Merge what all sources say of *server*, then derive what none states."""
    superseded = _superseded([one.reading for one in placed])
    readings = _with_identity([one.reading for one in placed if one.reading.path not in superseded])
    sources = _source_files(placed, superseded)
    stated = _stated(readings)
    version = merge(stated["product.version"]) or _not_in_source("product.version")
    for format_, pieces in _rule_sets(readings):
        for name, fact in facts_of_rules(pieces, version, format_).items():
            stated[name].append(fact)
    for name, fact in _query_facts(readings, version):
        stated[name].append(fact)
    stated["endpoint.reference_filtering"].extend(_filtering(readings))
    merged = {name: merge(stated[name]) or _not_in_source(name) for name in CATALOGUE}
    for name, fact in derive_facts(merged, now=now, support=support).items():
        told = [] if name == _TIME_DEPENDENT and not _is_silent(fact) else stated[name]
        merged[name] = merge([fact, *told]) or fact
    merged["server.name"] = _server_name(server, readings)
    told = [*_of_documents(readings, "server.collected_at"), *_collected_at(sources)]
    merged["server.collected_at"] = _oldest(told) or _not_in_source("server.collected_at")
    return FactSet(server=server, facts=merged, sources=sources)


def _not_in_source(name: str) -> Unknown:
    """Say that no source told the fact *name*, and which would."""
    spec = CATALOGUE[name]
    homes = [_HOMES[source] for source in spec.sources]
    hint = f"{' or '.join(homes)} would" if homes else "a facts document could"
    if spec.derived:
        hint = f"it is derived from {spec.derived.replace('`', chr(39))}"
    return Unknown(Reason.NOT_IN_SOURCE, f"None of the sources tells '{name}'; {hint}.")


_HOMES = {
    SourceFormat.SERVER_CONFIGURATION: "an export folder",
    SourceFormat.REGISTRY: "a registry export",
    SourceFormat.SYNCHRONIZATION_POLICY: "a synchronization policy",
    SourceFormat.CMDLET: "a cmdlet dump",
    SourceFormat.QUERY: "the text of the query",
    SourceFormat.FACTS: "a facts document",
}


def _is_silent(fact: Fact) -> bool:
    return isinstance(fact, Unknown) and fact.reason is Reason.NOT_IN_SOURCE


def _superseded(readings: Sequence[Reading]) -> frozenset[str]:
    """Name the synchronization-policy files that are older than the newest of the server; undated ones stay."""
    dated = [
        (one.date, one.path)
        for one in readings
        if one.format is SourceFormat.SYNCHRONIZATION_POLICY and one.date is not None
    ]
    newest = max((date for date, _ in dated), default=None)
    return frozenset(path for date, path in dated if date != newest)


def _with_identity(readings: Sequence[Reading]) -> list[Reading]:
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


def _stated(readings: Sequence[Reading]) -> dict[str, list[Fact]]:
    """Give all that the readings state outright, by fact; what connector files say of themselves is joined."""
    stated: dict[str, list[Fact]] = defaultdict(list)
    entries: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for reading in readings:
        for name, fact in reading.facts.items():
            if name in _JOINED and reading.format is SourceFormat.SERVER_CONFIGURATION:
                entries[name, reading.group].append(fact)
            else:
                stated[name].append(fact)
    for (name, group), facts in sorted(entries.items()):
        stated[name].append(_lost_connector([one for one in readings if one.group == group]) or _joined(facts))
    return stated


def _lost_connector(export: Sequence[Reading]) -> Unknown | None:
    """Say that an export is not whole: one of its rules belongs to a connector of which there is no file."""
    there = {one.identifier for reading in export for one in reading.connectors}
    for reading in sorted(export, key=lambda one: one.path):
        for rule in reading.rules.rules if reading.rules else ():
            if rule.connector and rule.connector not in there:
                detail = (
                    f"The rule '{rule.name}' in '{rule.location}' belongs to the connector {rule.connector}, and the "
                    "export holds no file of it."
                )
                return Unknown(Reason.TRUNCATED, detail, (Source(reading.format, rule.location),))
    return None


def _joined(facts: Sequence[Fact]) -> Fact:
    """Join the entries of one export; one that is unknown makes the list so."""
    known: list[Known] = []
    for fact in facts:
        if not isinstance(fact, Known):
            return fact
        known.append(fact)
    records = [record for fact in known if isinstance(fact.value, tuple) for record in fact.value]
    ordered = tuple(sorted(records, key=lambda record: (str(record.get("connector")), record.location or Location(""))))
    sources = [fact.source for fact in known]
    return Known(ordered, sources[0], also=tuple(sources[1:]))


def _rule_sets(readings: Iterable[Reading]) -> list[tuple[SourceFormat, list[RulePiece]]]:
    """Give the sets of rules, each with the format that tells it."""
    found = [(one.format, one.rules) for one in readings if one.rules is not None]
    ordered = sorted(found, key=lambda one: (one[0].value, one[1].set))
    return [
        (format_, [piece for _, piece in pieces])
        for (format_, _), pieces in groupby(ordered, key=lambda one: (one[0], one[1].set))
    ]


def _query_facts(readings: Iterable[Reading], version: Fact) -> list[tuple[str, Fact]]:
    """Say what the article's query without any output means, which hangs on the product version."""
    found: list[tuple[str, Fact]] = []
    for reading in readings:
        if not reading.empty_query:
            continue
        source = Source(reading.format, Location(reading.path), "no output")
        fact: Fact
        if isinstance(version, Known) and isinstance(version.value, Version) and version.value < V2_IS_DEFAULT:
            fact = Absent(source, f"The query has no output; below {V2_IS_DEFAULT} that means v1.")
        else:
            detail = (
                f"The query has no output, in '{reading.path}'. Below {V2_IS_DEFAULT} that means v1; on later builds "
                "it is no proof of either version."
            )
            fact = Unknown(Reason.AMBIGUOUS, detail, (source,))
        found += [(f"endpoint.{side}_api_version_raw", fact) for side in ("export", "import")]
    return found


def _filtering(readings: Iterable[Reading]) -> list[Fact]:
    """Give the reference filtering of the Entra connector as each registry export tells it."""
    everything = list(readings)
    entra = {one.name.casefold() for reading in everything for one in reading.connectors if one.entra}
    told: list[Fact] = []
    for reading in everything:
        own = [one for one in reading.instances if not entra or one.connector.casefold() in entra]
        told += _of_instances(reading, own)
    return told


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


def _server_name(server: str, readings: Iterable[Reading]) -> Fact:
    naming = sorted((one for one in readings if one.computer), key=lambda one: one.path)
    stated = [one.facts["server.name"] for one in naming if "server.name" in one.facts]
    source = next((fact.source for fact in stated if isinstance(fact, Known)), None)
    if server != UNNAMED and naming:
        return Known(server, source or Source(naming[0].format, Location(naming[0].path)))
    return Unknown(Reason.NOT_IN_SOURCE, "No file names the server.")


def _source_files(placed: Sequence[Placed], superseded: frozenset[str]) -> tuple[SourceFile, ...]:
    """List the sources: the files of one export folder are one source."""

    def key(one: Placed) -> tuple[str, str]:
        return one.reading.format.value, one.reading.group or one.reading.path

    files: list[SourceFile] = []
    for _, group in groupby(sorted(placed, key=lambda one: (key(one), one.reading.path)), key=key):
        members = list(group)
        first = members[0].reading
        dates = [one.reading.date for one in members if one.reading.date is not None]
        naming = next((one for one in members if one.reading.computer), members[0])
        files.append(
            SourceFile(
                format=first.format,
                path=first.group or first.path,
                assignment=naming.assignment,
                date=min(dates, default=None),
                files=len({one.reading.path for one in members}),
                superseded=first.path in superseded,
            )
        )
    return tuple(files)


def _of_documents(readings: Iterable[Reading], name: str) -> list[Fact]:
    """Give what the project's own documents state of the fact *name*."""
    return [one.facts[name] for one in readings if one.format is SourceFormat.FACTS and name in one.facts]


def _oldest(facts: Sequence[Fact]) -> Fact | None:
    """Give the earliest of several times; one that is unknown outweighs them, for it may be earlier."""
    known = [fact for fact in facts if isinstance(fact, Known)]
    return merge([*(fact for fact in facts if not isinstance(fact, Known)), *sorted(known, key=_moment)[:1]])


def _moment(fact: Known) -> str:
    return format_timestamp(fact.value) if isinstance(fact.value, datetime) else ""


def _collected_at(sources: Sequence[SourceFile]) -> list[Fact]:
    """Give the date of the oldest source that counts; unknown if one of them has none."""
    counted = [one for one in sources if not one.superseded and one.format is not SourceFormat.FACTS]
    if not counted:
        return []
    undated = [one for one in counted if one.date is None]
    if undated:
        where = tuple(Source(one.format, Location(one.path)) for one in undated)
        return [Unknown(Reason.AMBIGUOUS, f"'{undated[0].path}' does not say when it was made.", where)]
    oldest = min(counted, key=lambda one: (str(one.date), one.path))
    assert oldest.date is not None  # noqa: S101 - the undated ones are gone
    return [Known(oldest.date, Source(oldest.format, Location(oldest.path)), "The date of the oldest source.")]
