"""From everything that was read of one server to its fact set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from checker.acquire.assignment import UNNAMED, Placed
from checker.acquire.complete_rules import WRITEUP_EXISTS
from checker.acquire.derivation import derive_facts
from checker.acquire.endpoint import V2_IS_DEFAULT, effective_before_v2
from checker.acquire.instances import identified_readings, reference_filtering
from checker.acquire.merge import is_silent, merge, resting_on
from checker.acquire.reading import Reading
from checker.acquire.rule_set import facts_of_rules, limits_of_custom_rules
from checker.acquire.source_files import collected_at, list_sources
from checker.acquire.stated_limits import limits_that_contradict
from checker.acquire.sync_rule import RulePiece
from checker.model.catalogue import CATALOGUE
from checker.model.facts import (
    SOURCE_TITLES,
    Absent,
    Fact,
    FactSet,
    Known,
    Reason,
    Source,
    SourceFormat,
    Unknown,
    known_version,
)
from checker.model.location import Location
from checker.model.support import SupportTable

_JOINED = ("features.password_hash_sync", "features.ad_connector_accounts")
"""List facts of which each connector file of an export states its own entry."""

_TIME_DEPENDENT = "product.supported"
"""What the table says at the time of this run; what a facts document said at its time is older."""


def build_fact_set(
    server: str,
    placed: Sequence[Placed],
    *,
    now: datetime,
    support: SupportTable,
    declared: Mapping[str, Known] | None = None,
) -> FactSet:
    """Merge what all sources say of *server* with what is *declared* of it, then derive what none states."""
    superseded = superseded_paths([one.reading for one in placed])
    readings = identified_readings([one.reading for one in placed if one.reading.path not in superseded])
    sources = list_sources(placed, superseded)
    stated = _stated(readings)
    for name, known in (declared or {}).items():
        stated[name].append(known)
    version = merge(stated["product.version"]) or _not_in_source("product.version")
    sets = _rule_sets(readings)
    build = known_version(version)
    writeup_is_missing = build is not None and build < WRITEUP_EXISTS  # and that is right by the version alone
    for format_, pieces in sets:
        for name, fact in facts_of_rules(pieces, version, format_).items():
            stated[name].append(resting_on(fact, version) if writeup_is_missing else fact)
    for name, fact in _contradicting_limits(sets, version):
        stated[name].append(fact)
    for name, fact in _query_facts(readings, version):
        stated[name].append(fact)
    stated["endpoint.reference_filtering"].extend(reference_filtering(readings))
    merged = {name: merge(stated[name]) or _not_in_source(name) for name in CATALOGUE}
    for name, fact in derive_facts(merged, now=now, support=support).items():
        told = [] if name == _TIME_DEPENDENT and not is_silent(fact) else stated[name]
        merged[name] = merge([fact, *told]) or fact
    merged |= effective_before_v2(merged) | limits_that_contradict(merged)
    merged["server.name"] = _server_name(server, readings)
    merged["server.collected_at"] = collected_at(readings, sources) or _not_in_source("server.collected_at")
    return FactSet(server=server, facts=merged, sources=sources)


def _not_in_source(name: str) -> Unknown:
    """Say that no source told the fact *name*, and which would."""
    spec = CATALOGUE[name]
    homes = [_with_article(SOURCE_TITLES[source]) for source in spec.sources]
    hint = f"{' or '.join(homes)} would" if homes else "a facts document could"
    if spec.derived:
        hint = f"it is derived from {spec.derived.replace('`', chr(39))}"
    return Unknown(Reason.NOT_IN_SOURCE, f"None of the sources tells '{name}'; {hint}.")


def _with_article(title: str) -> str:
    return f"an {title}" if title[0] in "aeio" else f"a {title}"


def superseded_paths(readings: Sequence[Reading]) -> frozenset[str]:
    """Name the synchronization-policy files that are older than the newest of the server; undated ones stay."""
    dated = [
        (one.date, one.path)
        for one in readings
        if one.format is SourceFormat.SYNCHRONIZATION_POLICY and one.date is not None
    ]
    newest = max((date for date, _ in dated), default=None)
    return frozenset(path for date, path in dated if date != newest)


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
    groups = {group for _, group in entries}
    lost = {group: _lost_connector([one for one in readings if one.group == group]) for group in groups}
    for (name, group), facts in sorted(entries.items()):
        stated[name].append(lost[group] or _joined(facts))
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


def _contradicting_limits(
    sets: Sequence[tuple[SourceFormat, list[RulePiece]]], version: Fact
) -> list[tuple[str, Fact]]:
    """Say that sets of rules disagree about the limits of custom rules, also where one tells no other limits."""
    told = [(pieces, limits_of_custom_rules(pieces, version, format_), format_) for format_, pieces in sets]
    known = [(pieces, limits, format_) for pieces, limits, format_ in told if limits is not None]
    if len({limits for _, limits, _ in known}) <= 1:
        return []
    sources = tuple(Source(format_, Location(pieces[0].set)) for pieces, _, format_ in known)
    places = " and ".join(f"'{source.location}'" for source in sources)
    conflict = Unknown(Reason.CONFLICTING, f"The sources disagree about the limits of custom rules: {places}.", sources)
    return [("groups.member_limits", conflict), ("groups.member_limit", conflict)]


def _query_facts(readings: Iterable[Reading], version: Fact) -> list[tuple[str, Fact]]:
    """Say what the article's query without any output means, which hangs on the product version."""
    build = known_version(version)
    found: list[tuple[str, Fact]] = []
    for reading in readings:
        if not reading.empty_query:
            continue
        source = Source(reading.format, Location(reading.path), "no output")
        fact: Fact
        if build is not None and build < V2_IS_DEFAULT:
            said = Absent(source, f"The query has no output; below {V2_IS_DEFAULT} that means v1.")
            fact = resting_on(said, version)
        else:
            detail = (
                f"The query has no output, in '{reading.path}'. Below {V2_IS_DEFAULT} that means v1; on later builds "
                "it is no proof of either version."
            )
            fact = Unknown(Reason.AMBIGUOUS, detail, (source,))
        found += [(f"endpoint.{side}_api_version_raw", fact) for side in ("export", "import")]
    return found


def _server_name(server: str, readings: Iterable[Reading]) -> Fact:
    naming = sorted((one for one in readings if one.computer), key=lambda one: one.path)
    stated = [one.facts["server.name"] for one in naming if "server.name" in one.facts]
    source = next((fact.source for fact in stated if isinstance(fact, Known)), None)
    if server != UNNAMED and naming:
        return Known(server, source or Source(naming[0].format, Location(naming[0].path)))
    return Unknown(Reason.NOT_IN_SOURCE, "No file names the server.")
