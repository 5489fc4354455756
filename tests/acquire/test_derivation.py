"""Facts that no source states: support, cloud, identity, audit logging."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from checker.acquire.derivation import derive_facts
from checker.acquire.merge import sources_of
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.support import SupportRow, SupportTable
from checker.model.values import Value
from checker.model.version import Version

SOURCE = Source(SourceFormat.SERVER_CONFIGURATION, Location("export/entra.xml", 4))
ABSENT = Absent(SOURCE)
TABLE = SupportTable(
    as_of=date(2026, 10, 6),
    source="a table of the test",
    path="table.yaml",
    rows=(
        SupportRow(version=Version.parse("2.3"), line=True, ends=date(2025, 4, 30)),
        SupportRow(version=Version.parse("2.3.20.0"), line=False, ends=date(2025, 5, 1)),
        SupportRow(version=Version.parse("2.6.91.0"), line=False, ends=date(2027, 9, 23)),
        SupportRow(version=Version.parse("2.6.92.0"), line=False, ends=None),
    ),
)


def derive(name: str, *, now: str = "2026-11-22", **known: Value | Fact) -> Value | str:
    """Derive the fact *name* from facts given by their names with a double underscore for the dot."""
    facts: dict[str, Fact] = {one: Unknown(Reason.NOT_IN_SOURCE, "Nothing tells it.") for one in CATALOGUE}
    for key, value in known.items():
        fact = value if isinstance(value, Known | Absent | Unknown) else Known(value, SOURCE)
        facts[key.replace("__", ".")] = fact
    fact = derive_facts(facts, now=datetime.fromisoformat(now).replace(tzinfo=UTC), support=TABLE)[name]
    match fact:
        case Known(value=value):
            return value
        case Absent():
            return "absent"
        case Unknown(reason=reason):
            return reason.value


@pytest.mark.parametrize(
    ("version", "now", "expected"),
    [
        pytest.param("2.6.91.0", "2027-09-23", True, id="the last day counts"),
        pytest.param("2.6.91.0", "2027-09-24", False, id="the day after"),
        pytest.param("2.3.2.0", "2026-11-22", False, id="by its line"),
        pytest.param("2.3.20.0", "2025-05-01", True, id="an exact row before its line"),
        pytest.param("2.6.92.0", "2026-11-22", True, id="the newest has no end yet"),
        pytest.param("2.6.92.0", "2027-10-07", "stale", id="the table is too old to tell the end of the newest"),
        pytest.param("2.6.79.0", "2026-11-22", "no_data", id="not listed"),
        pytest.param("2.30.1.0", "2026-11-22", "no_data", id="a line is no prefix of digits"),
    ],
)
def test_support_follows_the_table(version: str, now: str, expected: bool | str) -> None:
    """A version is supported until the end that the table names; one that is not listed is unknown, never fine."""
    assert expected == derive("product.supported", now=now, product__version=Version.parse(version))


def test_an_unlisted_version_names_the_date_of_the_table() -> None:
    """Whoever reads the error knows how old the table is."""
    facts: dict[str, Fact] = dict.fromkeys(CATALOGUE, ABSENT)
    facts["product.version"] = Known(Version.parse("9.9"), SOURCE)

    fact = derive_facts(facts, now=datetime(2026, 11, 22, tzinfo=UTC), support=TABLE)["product.supported"]

    assert isinstance(fact, Unknown)
    assert "2026-10-06" in fact.detail


@pytest.mark.parametrize(
    ("name", "account", "expected"),
    [
        pytest.param("f.onmicrosoft.com - AAD", "Sync_A_1@f.onmicrosoft.com", "commercial", id="commercial"),
        pytest.param("F.OnMicrosoft.us - AAD", "Sync_A_1@f.onmicrosoft.US", "usgov", id="letter case"),
        pytest.param("f.partner.onmschina.cn - AAD", "S@f.partner.onmschina.cn", "china", id="china"),
        pytest.param("f.onmicrosoft.de - AAD", "S@f.onmicrosoft.de", "germany", id="germany"),
        pytest.param("f.onmicrosoft.com - AAD", "no domain", "commercial", id="an account without a domain"),
        pytest.param("f.onmicrosoft.com - AAD", "S@g.onmicrosoft.com", "conflicting", id="another tenant"),
        pytest.param("f.onmicrosoft.com - AAD", "S@f.onmicrosoft.us", "conflicting", id="another cloud"),
        pytest.param("f.onmicrosoft.io - AAD", "S@f.onmicrosoft.io", "unparsed", id="an unknown suffix"),
        pytest.param("onmicrosoft.com.evil - AAD", "S@onmicrosoft.com.evil", "unparsed", id="a suffix in the middle"),
        pytest.param("f.onmicrosoft.com", "S@f.onmicrosoft.com", "unparsed", id="renamed"),
        pytest.param(ABSENT, "S@f.onmicrosoft.com", "no_data", id="no name"),
    ],
)
def test_cloud_follows_the_initial_domain(name: str | Absent, account: str, expected: str) -> None:
    """Connector name and account must agree on a domain whose suffix is known."""
    assert expected == derive("tenant.cloud", tenant__connector_name=name, tenant__connector_account=account)


def test_the_cloud_needs_the_account() -> None:
    """Without the account nothing confirms what the name says."""
    assert derive("tenant.cloud", tenant__connector_name="f.onmicrosoft.com - AAD") == "not_in_source"


@pytest.mark.parametrize(
    ("account", "expected"),
    [("Sync_A_1@f.onmicrosoft.com", "ServiceAccount"), ("3f0c0a5e-0000-0000-0000-000000000000", "ambiguous")],
    ids=["an account with a domain", "perhaps an application"],
)
def test_identity_is_never_guessed(account: str, expected: str) -> None:
    """An account with a domain is a service account; how an application shows is not confirmed, so it is unknown."""
    assert expected == derive("tenant.connector_identity", tenant__connector_account=account)


@pytest.mark.parametrize(
    ("version", "raw", "expected"),
    [
        pytest.param("2.5.79.0", 1, True, id="on"),
        pytest.param("2.5.79.0", 0, False, id="off"),
        pytest.param("2.4.129.0", ABSENT, True, id="on by default from the first build that has it"),
        pytest.param("2.4.27.0", ABSENT, "absent", id="a build that has none"),
        pytest.param("2.5.79.0", 7, "unparsed", id="a setting that is not known"),
        pytest.param("2.5.79.0", True, "unparsed", id="not a number"),
        pytest.param(None, ABSENT, "not_in_source", id="what absence means needs the version"),
        pytest.param(None, 0, False, id="off needs no version"),
        pytest.param("2.4.27.0", 1, "absent", id="a value that this build does not read"),
    ],
)
def test_audit_logging_follows_the_version(version: str | None, raw: int | Absent, expected: bool | str) -> None:
    """What the registry value and its absence mean hangs on the build."""
    known: dict[str, Value | Fact] = {"features__admin_audit_logging_raw": raw}
    if version:
        known["product__version"] = Version.parse(version)

    assert expected == derive("features.admin_audit_logging", now="2026-11-22", **known)


@pytest.mark.parametrize(
    ("configuration", "expected"), [("2.5.79.0", True), ("2.5.79", True), ("2.5.76.0", False)],
    ids=["the same", "written shorter", "an upgrade half done"],
)  # fmt: skip
def test_configuration_is_current_if_the_versions_are_equal(configuration: str, expected: bool) -> None:
    """Versions are compared part by part."""
    assert expected is derive(
        "product.configuration_current",
        product__version=Version.parse("2.5.79.0"),
        product__configuration_version=Version.parse(configuration),
    )


OF_VERSION = Source(SourceFormat.CMDLET, Location("version.json", 2))
FURTHER = Source(SourceFormat.REGISTRY, Location("other.reg", 3))


@pytest.mark.parametrize(
    ("version", "raw", "rests_on"),
    [
        pytest.param("2.5.79.0", Known(1, SOURCE, also=(FURTHER,)), {SOURCE, FURTHER, OF_VERSION}, id="on"),
        pytest.param("2.5.79.0", Absent(SOURCE, also=(FURTHER,)), {SOURCE, FURTHER, OF_VERSION}, id="on by default"),
        pytest.param("2.4.27.0", Absent(SOURCE, also=(FURTHER,)), {SOURCE, FURTHER, OF_VERSION}, id="absent"),
        pytest.param("2.5.79.0", Known(0, SOURCE, also=(FURTHER,)), {SOURCE, FURTHER}, id="off in any build"),
    ],
)
def test_audit_logging_rests_on_the_version_where_it_needs_it(version: str, raw: Fact, rests_on: set[Source]) -> None:
    """Every source that it is derived from is named, also of an absence."""
    facts: dict[str, Fact] = dict.fromkeys(CATALOGUE, Unknown(Reason.NOT_IN_SOURCE, "Nothing tells it."))
    facts |= {"product.version": Known(Version.parse(version), OF_VERSION), "features.admin_audit_logging_raw": raw}

    fact = derive_facts(facts, now=datetime(2026, 11, 22, tzinfo=UTC), support=TABLE)["features.admin_audit_logging"]

    assert rests_on == set(sources_of(fact))
