"""Facts that no source states, derived from the merged facts of one server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from checker.acquire.endpoint import derive_endpoint
from checker.acquire.merge import derived_from, resting_on, sources_of
from checker.acquire.tenants import CONNECTOR_SUFFIX
from checker.model.facts import Absent, Fact, Known, Reason, Unknown, known_version
from checker.model.support import SupportTable
from checker.model.version import Version

ADMIN_AUDIT_LOGGING = Version.parse("2.4.129.0")
"""The first build that logs what administrators change; from it on a missing registry value means on."""

_UNDATED_IS_SUPPORTED = timedelta(days=365)
# NOTE: each 2.x build retires twelve months after its successor, so a newest build is safe for so long and no longer.

_CLOUDS = {
    ".partner.onmschina.cn": "china",
    ".onmicrosoft.com": "commercial",
    ".onmicrosoft.us": "usgov",
    ".onmicrosoft.de": "germany",
}
# NOTE: these suffixes of initial domains are remembered, not read in a source; any other suffix is unknown.


def derive_facts(facts: Mapping[str, Fact], *, now: datetime, support: SupportTable) -> dict[str, Fact]:
    """Derive every derived fact of the catalogue from the merged *facts*, which hold every observed one."""
    return derive_endpoint(facts) | {
        "product.configuration_current": _configuration_current(
            facts["product.version"], facts["product.configuration_version"]
        ),
        "product.on_expected_version_line": _on_expected_version_line(
            facts["product.version"], facts["product.expected_version_line"]
        ),
        "product.supported": _supported(facts["product.version"], now, support),
        "features.admin_audit_logging": _admin_audit_logging(
            facts["product.version"], facts["features.admin_audit_logging_raw"]
        ),
        "tenant.connector_identity": _connector_identity(facts["tenant.connector_account"]),
        "tenant.cloud": _cloud(facts["tenant.connector_name"], facts["tenant.connector_account"]),
    }


def _configuration_current(product: Fact, configuration: Fact) -> Fact:
    def compare() -> Fact:
        sources = (*sources_of(configuration), *sources_of(product))
        if not (isinstance(product, Known) and isinstance(configuration, Known)):
            return Unknown(Reason.NO_DATA, "The product version or the configuration version is absent.", sources)
        sentence = f"The product has version {product.value}, its configuration {configuration.value}."
        return Known(product.value == configuration.value, sources[0], sentence, sources[1:])

    return derived_from([product, configuration], "product.configuration_current", compare)


def _on_expected_version_line(product: Fact, expected: Fact) -> Fact:
    def compare() -> Fact:
        sources = (*sources_of(expected), *sources_of(product))
        build, line = known_version(product), known_version(expected)
        if build is None or line is None:
            return Unknown(Reason.NO_DATA, "The product version or the expected line is absent.", sources)
        # NOTE: parts are compared as they are written, for a missing one is no zero here: 2.5 is not 2.5.0.
        parts, wanted = build.text.split("."), line.text.split(".")
        same = [int(one) == int(other) for one, other in zip(parts, wanted, strict=False)]
        if all(same) and len(parts) < len(wanted):
            return Unknown(Reason.AMBIGUOUS, f"The version '{build}' is shorter than the line '{line}'.", sources)
        sentence = f"The product has version {build}, and the line {line} is expected."
        return Known(all(same), sources[0], sentence, sources[1:])

    return derived_from([product, expected], "product.on_expected_version_line", compare)


def _supported(product: Fact, now: datetime, support: SupportTable) -> Fact:
    def look_up() -> Fact:
        sources = sources_of(product)
        build = known_version(product)
        if build is None:
            return Unknown(Reason.NO_DATA, "The product version is absent.", sources)
        row = support.row(build)
        table = f"the table of ends of support of {support.as_of}"
        if row is None:
            return Unknown(Reason.NO_DATA, f"Version {build} is not listed in {table}.", sources)
        if row.ends is not None:
            sentence = f"Version {build} is supported until {row.ends}, by {table}."
            return Known(now.date() <= row.ends, sources[0], sentence, sources[1:])
        if now.date() > support.as_of + _UNDATED_IS_SUPPORTED:
            sentence = f"Version {build} was the newest in {table}, which is too old to tell its end."
            return Unknown(Reason.STALE, sentence, sources)
        sentence = f"No end of support of version {build} is announced, by {table}."
        return Known(True, sources[0], sentence, sources[1:])  # noqa: FBT003 - the value of the fact

    return derived_from([product], "product.supported", look_up)


def _admin_audit_logging(product: Fact, raw: Fact) -> Fact:
    match raw:
        case Unknown():
            return raw
        case Known(value=0 | 1 as setting) if not isinstance(setting, bool):
            sentence = f"'AuditEventLogging' is '{setting}'."
            effective: Fact = Known(setting == 1, raw.source, sentence, raw.also)
        case Known():
            return Unknown(Reason.UNPARSED, f"'AuditEventLogging' is '{raw.value}', neither 0 nor 1.", sources_of(raw))
        case Absent():
            sentence = f"'AuditEventLogging' has no value, which means on from {ADMIN_AUDIT_LOGGING} on."
            effective = Known(True, raw.source, sentence, raw.also)  # noqa: FBT003 - the value of the fact

    def by_version() -> Fact:
        build = known_version(product)
        if build is None:
            return Unknown(Reason.NO_DATA, "The product version is absent.", sources_of(raw))
        if build < ADMIN_AUDIT_LOGGING:
            sentence = f"Version {build} is older than {ADMIN_AUDIT_LOGGING} and has no such logging."
            return Absent(raw.source, sentence, raw.also)
        return effective

    if isinstance(effective, Known) and effective.value is False:
        return effective
    return resting_on(derived_from([product], "features.admin_audit_logging", by_version), product)


def _connector_identity(account: Fact) -> Fact:
    def classify() -> Fact:
        if isinstance(account, Known) and isinstance(account.value, str) and "@" in account.value:
            sentence = f"The account '{account.value}' has a domain: a service account."
            return Known("ServiceAccount", account.source, sentence, account.also)
        return Unknown(
            Reason.AMBIGUOUS,
            "The connector's account has no domain, so it is no service account; how an export shows an application "
            "is not confirmed. 'Get-ADSyncEntraConnectorCredential' on the server tells.",
            sources_of(account),
        )

    return derived_from([account], "tenant.connector_identity", classify)


def _cloud(name: Fact, account: Fact) -> Fact:
    def by_suffix() -> Fact:
        sources = (*sources_of(name), *sources_of(account))
        if not (isinstance(name, Known) and isinstance(account, Known)):
            return Unknown(Reason.NO_DATA, "The name or the account of the Entra connector is absent.", sources)
        said = str(name.value)
        domain = said.removesuffix(CONNECTOR_SUFFIX).casefold()
        cloud = next((word for suffix, word in _CLOUDS.items() if domain.endswith(suffix)), None)
        if not said.endswith(CONNECTOR_SUFFIX) or cloud is None or " " in domain:
            sentence = f"The connector's name '{said}' is no initial domain of a known cloud followed by ' - AAD'."
            return Unknown(Reason.UNPARSED, sentence, sources)
        _, at, of_account = str(account.value).casefold().rpartition("@")
        if at and of_account != domain:
            sentence = f"The connector's name says '{domain}', its account '{of_account}'."
            return Unknown(Reason.CONFLICTING, sentence, sources)
        return Known(cloud, sources[0], f"The initial domain is '{domain}'.", sources[1:])

    return derived_from([name, account], "tenant.cloud", by_suffix)
