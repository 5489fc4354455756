"""Which endpoint a server uses, from every combination of what is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire.endpoint import derive_endpoint, effective_before_v2
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import Value
from checker.model.version import Version

REGISTRY = Source(SourceFormat.REGISTRY, Location("adsync.reg", 5))
CONNECTOR = Source(SourceFormat.SERVER_CONFIGURATION, Location("Connectors/entra.xml", 9))
ABSENT = Absent(REGISTRY)
SILENT = Unknown(Reason.NOT_IN_SOURCE, "No source holds it.")


def raw(
    version: str | None = None,
    export: int | Fact = SILENT,
    import_: int | Fact = SILENT,
    kind: int | Fact = SILENT,
    filtering: int | Fact = SILENT,
) -> dict[str, Fact]:
    """Give the merged raw facts, numbers being known values."""
    values = {
        "endpoint.export_api_version_raw": (export, REGISTRY),
        "endpoint.import_api_version_raw": (import_, REGISTRY),
        "endpoint.export_type": (kind, CONNECTOR),
        "endpoint.reference_filtering": (filtering, REGISTRY),
    }
    facts: dict[str, Fact] = {
        name: Known(value, source) if isinstance(value, int) else value for name, (value, source) in values.items()
    }
    facts["product.version"] = Known(Version.parse(version), CONNECTOR) if version else SILENT
    return facts


def told(fact: Fact) -> Value | str:
    """Give the value, or the word of what stands in its place."""
    match fact:
        case Known(value=value):
            return value
        case Absent():
            return "absent"
        case Unknown(reason=reason):
            return reason.value


@pytest.mark.parametrize(
    ("facts", "export", "import_", "consistent"),
    [
        pytest.param(raw("1.1.130.0", kind=2), 1, "not_in_source", "not_in_source", id="an old export folder alone"),
        pytest.param(raw("1.1.130.0", 2, 2, 2, ABSENT), "conflicting", 1, False, id="an old build, set to v2 too early"),
        pytest.param(raw("1.1.130.0", 2, 2), 1, 1, "not_in_source", id="below 1.5.30.0 only v1 exists"),
        pytest.param(raw("1.5.29.9", 1, ABSENT, 2, 0), 1, 1, True, id="below 1.5.30.0, absent import"),
        pytest.param(raw("1.5.45.0", ABSENT, ABSENT, 2, ABSENT), 1, 1, "ambiguous", id="absence means v1 before 1.6.2.4"),
        pytest.param(raw("1.5.45.0", ABSENT, ABSENT, 5, 0), 1, 1, False, id="absence means v1, the connector says v2"),
        pytest.param(raw("1.6.2.4", ABSENT, ABSENT, 5, 1), 2, "absent", "ambiguous", id="the connector decides from 1.6.2.4"),
        pytest.param(raw("1.6.2.4", ABSENT, ABSENT, 2, 1), 1, "absent", False, id="the clean-install defect of 1.6"),
        pytest.param(raw("2.2.8.0", ABSENT, ABSENT, 5, ABSENT), 2, "absent", True, id="the getter's defaults agree"),
        pytest.param(raw("2.2.8.0", ABSENT, ABSENT, 2, ABSENT), 1, "absent", False, id="the getter's default differs"),
        pytest.param(raw("2.5.79.0", ABSENT, ABSENT), "ambiguous", "absent", "not_in_source", id="no connector to decide"),
        pytest.param(raw("2.5.79.0", 2, 2, 5, ABSENT), 2, 2, True, id="v2 everywhere, filtering by default"),
        pytest.param(raw("2.5.79.0", 2, 2, 5, 0), 2, 2, False, id="the filtering of v1"),
        pytest.param(raw("2.5.79.0", 2, 1, 5, 1), 2, 1, True, id="imports set back to v1"),
        pytest.param(raw("2.5.79.0", 1, 2, 5, 1), "conflicting", 2, False, id="registry and connector differ"),
        pytest.param(raw("2.5.79.0", 2, 2), 2, 2, "not_in_source", id="a registry export and a version"),
        pytest.param(raw("2.5.79.0", kind=5), 2, "not_in_source", "not_in_source", id="an export folder alone"),
        pytest.param(raw("2.5.79.0", 3, 0, 5, 1), "unparsed", "unparsed", "unparsed", id="no version of the endpoint"),
        pytest.param(raw("2.5.79.0", 2, 2, 7, 1), "unparsed", 2, "unparsed", id="an export type that is not known"),
        pytest.param(raw("2.5.79.0", 2, 2, 5, 2), 2, 2, "unparsed", id="a filtering that is not known"),
        pytest.param(raw(None, 2, 2, 5, 1), "ambiguous", "ambiguous", True, id="v2 needs a version that has it"),
        pytest.param(raw(None, 1, 1, 2, 0), 1, 1, True, id="v1 needs no version"),
        pytest.param(raw(None, ABSENT, ABSENT, 2), 1, "ambiguous", "ambiguous", id="v1 by export type, no version"),
        pytest.param(raw(None), "not_in_source", "not_in_source", "not_in_source", id="nothing known"),
    ],
)  # fmt: skip
def test_versions_follow_what_is_known(
    facts: dict[str, Fact], export: Value, import_: Value, consistent: Value
) -> None:
    """Each combination of registry, export type, filtering and build has one meaning, and never a better one."""
    derived = derive_endpoint(facts)

    assert (export, import_, consistent) == (
        told(derived["endpoint.export_api_version"]),
        told(derived["endpoint.import_api_version"]),
        told(derived["endpoint.consistent"]),
    )


@pytest.mark.parametrize(
    "reason", [one for one in Reason if one is not Reason.NOT_IN_SOURCE], ids=lambda one: one.value
)
def test_what_could_not_be_read_is_handed_on(reason: Reason) -> None:
    """A raw value that could not be read makes the effective one unknown for the same reason."""
    lost = Unknown(reason, "It could not be read.")

    derived = derive_endpoint(raw("2.5.79.0", lost, lost, 5, 1))

    assert (lost, lost) == (derived["endpoint.export_api_version"], derived["endpoint.import_api_version"])


def test_an_absent_import_version_says_what_to_do() -> None:
    """The finding says what the product's getter would assume, and how to set the version explicitly."""
    absent = derive_endpoint(raw("2.5.79.0", 2, ABSENT, 5, 1))["endpoint.import_api_version"]

    assert isinstance(absent, Absent)
    assert "would assume 2" in absent.detail
    assert "Set-ADSyncAADConnectorImportApiVersion 2" in absent.detail


_NUMBERS = st.sampled_from([0, 1, 2, 5])
_FACTS = _NUMBERS | st.sampled_from([ABSENT, SILENT, Unknown(Reason.UNPARSED, "It is garbled.")])
_VERSIONS = st.sampled_from(["1.1.130.0", "1.5.30.0", "1.6.2.4", "2.0.3.0", "2.2.8.0", "2.6.92.0"])


@given(_FACTS, _FACTS, _FACTS, _FACTS)
def test_v2_is_never_assumed_without_the_version(
    export: int | Fact, import_: int | Fact, kind: int | Fact, filtering: int | Fact
) -> None:
    """Forgetting the product version never turns anything into v2."""
    derived = derive_endpoint(raw(None, export, import_, kind, filtering))

    assert 2 not in (told(derived["endpoint.export_api_version"]), told(derived["endpoint.import_api_version"]))


@given(_VERSIONS, _FACTS, _FACTS, _FACTS, _FACTS)
def test_agreement_needs_three_places(
    version: str, export: int | Fact, import_: int | Fact, kind: int | Fact, filtering: int | Fact
) -> None:
    """The places agree only if each of them is known, or its absence has a known meaning."""
    consistent = derive_endpoint(raw(version, export, import_, kind, filtering))["endpoint.consistent"]

    if told(consistent) is True:
        assert not any(isinstance(one, Unknown) for one in (export, kind, filtering))
        assert not isinstance(kind, Absent)


VERSION = Source(SourceFormat.CMDLET, Location("version.json", 2))
OTHER = Source(SourceFormat.QUERY, Location("query.txt", 1))
AGREED = Absent(REGISTRY, "", (OTHER,))
FILTERING = Source(SourceFormat.REGISTRY, Location("filtering.reg", 7))


@pytest.mark.parametrize(
    ("version", "facts", "name", "files"),
    [
        pytest.param("2.6.91.0", {"export": 2}, "export_api_version", {"adsync.reg", "version.json"}, id="v2 needs a build"),
        pytest.param("2.6.91.0", {"export": 1}, "export_api_version", {"adsync.reg"}, id="v1 needs none"),
        pytest.param(
            "2.6.91.0", {"export": 2, "kind": 5}, "export_api_version",
            {"adsync.reg", "Connectors/entra.xml", "version.json"}, id="v2 in two places",
        ),
        pytest.param(
            "2.6.91.0", {"export": AGREED, "kind": 5}, "export_api_version",
            {"adsync.reg", "query.txt", "Connectors/entra.xml", "version.json"}, id="by the connector",
        ),
        pytest.param(
            "1.5.45.0", {"export": AGREED}, "export_api_version",
            {"adsync.reg", "query.txt", "version.json"}, id="v1 by absence",
        ),
        pytest.param(
            "1.5.45.0", {"export": ABSENT, "kind": 2}, "export_api_version",
            {"adsync.reg", "version.json"}, id="v1 by absence, which the connector would say as well",
        ),
        pytest.param("1.1.130.0", {"import_": 2}, "import_api_version", {"adsync.reg", "version.json"}, id="no v2 yet"),
        pytest.param(
            "2.6.91.0", {"import_": AGREED}, "import_api_version",
            {"adsync.reg", "query.txt", "version.json"}, id="an absent import version",
        ),
        pytest.param(
            "2.6.91.0", {"export": 2, "kind": 5, "filtering": Known(1, FILTERING)}, "consistent",
            {"adsync.reg", "Connectors/entra.xml", "filtering.reg"}, id="three places agree whatever the build",
        ),
        pytest.param(
            "2.6.91.0", {"export": AGREED, "kind": 5, "filtering": Absent(FILTERING)}, "consistent",
            {"adsync.reg", "query.txt", "Connectors/entra.xml", "filtering.reg", "version.json"}, id="two by default",
        ),
    ],
)  # fmt: skip
def test_what_an_effective_version_rests_on(
    version: str, facts: dict[str, int | Fact], name: str, files: set[str]
) -> None:
    """Each file without which it would not be told is named, and no file that it does not need."""
    grounds = raw(version, **facts) | {"product.version": Known(Version.parse(version), VERSION)}

    fact = derive_endpoint(grounds)[f"endpoint.{name}"]

    assert not isinstance(fact, Unknown), fact.detail
    assert files == {one.location.file for one in (fact.source, *fact.also) if one.location}


@pytest.mark.parametrize("stated", [Known(2, OTHER), Absent(OTHER)], ids=["v2", "absent"])
def test_a_correction_by_the_build_rests_on_the_build(stated: Fact) -> None:
    """What a document states and the build cannot have is corrected, and the correction is as old as the version."""
    grounds = raw("1.1.130.0") | {"product.version": Known(Version.parse("1.1.130.0"), VERSION)}
    told_ = dict.fromkeys(("endpoint.export_api_version", "endpoint.import_api_version"), stated)

    corrected = effective_before_v2(grounds | told_)

    assert [(1, OTHER, (VERSION,))] * 2 == [
        (fact.value, fact.source, fact.also) for fact in corrected.values() if isinstance(fact, Known)
    ]
