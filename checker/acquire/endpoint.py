"""
Which endpoint a server uses, derived from the places that hold it.

The export version stands in three places that must agree: the registry, the export type of the Entra connector, and
the reference filtering of that connector in the registry. The import version stands in the registry alone. What a
missing registry value means depends on the product version (release notes of 1.5.30.0, 1.6.2.4 and 2.0.3.0; the
getters in AADConnector.psm1 of build 2.2.8.0 return 2 for a missing value).
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.acquire.merge import by_ground, resting_on, sources_of
from checker.model.facts import Absent, Fact, Known, Reason, Unknown, known_version
from checker.model.version import Version

V2_EXISTS = Version.parse("1.5.30.0")
"""The first build with the v2 endpoint; below it, exports and imports use v1 whatever the registry says."""
V2_IS_DEFAULT = Version.parse("1.6.2.4")
"""From this build on a missing registry value no longer means v1."""
GETTER_ASSUMES_V2 = Version.parse("2.2.8.0")
"""The build whose getters are known to return 2, and filtering 1, where the registry has no value."""

_OF_EXPORT_TYPE = {2: 1, 5: 2}
_OF_FILTERING = {0: 1, 1: 2}
_OF_REGISTRY = {1: 1, 2: 2}

_EXPORT, _IMPORT = "endpoint.export_api_version", "endpoint.import_api_version"
_EXPORT_RAW, _IMPORT_RAW = f"{_EXPORT}_raw", f"{_IMPORT}_raw"


def derive_endpoint(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Derive the effective versions and their agreement from the merged raw *facts*, which are all there."""
    version = facts["product.version"]
    registry = _place(facts[_EXPORT_RAW], _OF_REGISTRY, _EXPORT_RAW)
    connector = _place(facts["endpoint.export_type"], _OF_EXPORT_TYPE, "endpoint.export_type")
    filtering = _place(facts["endpoint.reference_filtering"], _OF_FILTERING, "endpoint.reference_filtering")
    of_imports = _place(facts[_IMPORT_RAW], _OF_REGISTRY, _IMPORT_RAW)
    return {
        _EXPORT: by_ground(lambda build: _export_version(build, registry, connector), version),
        _IMPORT: by_ground(lambda build: _import_version(build, of_imports), version),
        "endpoint.consistent": by_ground(lambda build: _consistent(build, registry, connector, filtering), version),
    }


def effective_before_v2(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Correct effective versions that a facts document states, and that the build of the server cannot have."""
    build = known_version(facts["product.version"])
    if build is None or build >= V2_EXISTS:
        return {}
    told = {name: facts[name] for name in (_EXPORT, _IMPORT)}
    return {
        name: resting_on(_v1_before_v2(build, fact), facts["product.version"])
        for name, fact in told.items()
        if isinstance(fact, Absent) or (isinstance(fact, Known) and fact.value != 1)
    }


def _place(fact: Fact, meanings: Mapping[int, int], name: str) -> Fact:
    """Read a raw fact as an endpoint version: 1 or 2, absent, or unknown."""
    if not isinstance(fact, Known):
        return fact
    meaning = meanings.get(fact.value) if type(fact.value) is int else None
    if meaning is None:
        allowed = " nor ".join(map(str, meanings))
        return Unknown(Reason.UNPARSED, f"'{name}' is '{fact.value}', neither {allowed}.", sources_of(fact))
    if meaning == fact.value:
        return fact
    return Known(meaning, fact.source, f"'{name}' is '{fact.value}', which is v{meaning}.", fact.also)


def _export_version(version: Fact, registry: Fact, connector: Fact) -> Fact:
    for place in (registry, connector):
        if isinstance(place, Unknown) and place.reason is not Reason.NOT_IN_SOURCE:
            return place
    if isinstance(registry, Known) and isinstance(connector, Known) and registry.value != connector.value:
        return Unknown(
            Reason.CONFLICTING,
            f"The registry says v{registry.value}, the export type of the Entra connector v{connector.value}.",
            (*sources_of(registry), *sources_of(connector)),
        )
    spoken = registry if not isinstance(registry, Unknown) else connector
    if isinstance(spoken, Unknown):
        return spoken
    build = known_version(version)
    if build is None:
        return _without_version(version, spoken, connector)
    if build < V2_EXISTS:
        return _v1_before_v2(build, spoken)
    if isinstance(spoken, Known):
        also = sources_of(connector) if spoken is registry and isinstance(connector, Known) else ()
        return Known(spoken.value, spoken.source, spoken.derivation, (*spoken.also, *also))
    if build < V2_IS_DEFAULT:
        return _v1_by_absence(build, spoken)
    if isinstance(connector, Known):
        derivation = (
            f"The registry has no value; from {V2_IS_DEFAULT} on the export type counts. {connector.derivation}"
        )
        return Known(connector.value, connector.source, derivation.strip(), (*connector.also, *sources_of(spoken)))
    return Unknown(
        Reason.AMBIGUOUS,
        f"The registry has no value; from {V2_IS_DEFAULT} on the export type of the Entra connector decides, "
        "and no source tells it.",
        sources_of(spoken),
    )


def _import_version(version: Fact, registry: Fact) -> Fact:
    if isinstance(registry, Unknown):
        return registry
    build = known_version(version)
    if build is None:
        return _without_version(version, registry, None)
    if build < V2_EXISTS:
        return _v1_before_v2(build, registry)
    if isinstance(registry, Known):
        return registry
    if build < V2_IS_DEFAULT:
        return _v1_by_absence(build, registry)
    return Absent(
        registry.source,
        "The registry has no value. The product's getter would assume 2 (seen in build 2.2.8.0); "
        "'Set-ADSyncAADConnectorImportApiVersion 2' sets it explicitly.",
        registry.also,
    )


def _without_version(version: Fact, spoken: Known | Absent, connector: Fact | None) -> Fact:
    """Decide without the product version: v1 needs none, but v2 counts only where the build has it."""
    decisive = connector if isinstance(spoken, Absent) else spoken
    if isinstance(decisive, Known) and decisive.value == 1:
        return decisive
    why = version.detail if isinstance(version, Unknown) else "It is absent."
    said = "The registry has no value" if isinstance(spoken, Absent) else f"It is set to {spoken.value}"
    return Unknown(
        Reason.AMBIGUOUS,
        f"{said}, and what that means depends on the product version, which is not known: {why}",
        sources_of(spoken),
    )


def _v1_before_v2(version: Version, spoken: Known | Absent) -> Known:
    said = f"(the setting says {spoken.value})" if isinstance(spoken, Known) and spoken.value != 1 else ""
    sentence = f"Product version {version} is below {V2_EXISTS}, which has v1 only {said}".strip() + "."
    return Known(1, spoken.source, sentence, spoken.also)


def _v1_by_absence(version: Version, spoken: Absent) -> Known:
    sentence = f"The registry has no value, which means v1 below {V2_IS_DEFAULT}; this is {version}."
    return Known(1, spoken.source, sentence, spoken.also)


def _consistent(version: Fact, registry: Fact, connector: Fact, filtering: Fact) -> Fact:
    build = known_version(version)
    places = {
        "the registry": _with_default(registry, build, below_default=1),
        "the export type of the Entra connector": connector,
        "the reference filtering": _with_default(filtering, build, below_default=None),
    }
    known = {name: place for name, place in places.items() if isinstance(place, Known)}
    said = ", ".join(f"{name} says v{place.value}" for name, place in known.items())
    told = f"{said[:1].upper()}{said[1:]}." if said else ""
    sources = tuple(dict.fromkeys(source for place in known.values() for source in sources_of(place)))
    if len({place.value for place in known.values()}) > 1:
        return Known(False, sources[0], told, sources[1:])  # noqa: FBT003 - the value
    if len(known) == len(places):
        return Known(True, sources[0], told, sources[1:])  # noqa: FBT003 - the value
    reasons = [place.reason for place in places.values() if isinstance(place, Unknown)]
    reason = next((one for one in reasons if one is not Reason.NOT_IN_SOURCE), Reason.NOT_IN_SOURCE)
    lacking = " and ".join(name for name in places if name not in known)
    sentence = f"Only {len(known)} of 3 places that hold the export version are known; {lacking} cannot be told."
    if any(isinstance(place, Absent) for place in places.values()):
        reason = Reason.AMBIGUOUS if reason is Reason.NOT_IN_SOURCE else reason
    return Unknown(reason, f"{sentence} {told}".strip(), sources)


def _with_default(place: Fact, build: Version | None, *, below_default: int | None) -> Fact:
    """Put what the product takes for a missing registry value in its place, where that is known for the build."""
    if not isinstance(place, Absent) or build is None:
        return place
    if build >= GETTER_ASSUMES_V2:
        return Known(2, place.source, f"Missing; from {GETTER_ASSUMES_V2} on the product takes v2.", place.also)
    if below_default is not None and build < V2_IS_DEFAULT:
        sentence = f"Missing; below {V2_IS_DEFAULT} that means v{below_default}."
        return Known(below_default, place.source, sentence, place.also)
    return place
