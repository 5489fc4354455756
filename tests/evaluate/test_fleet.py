"""Fleet rules: what is said of all servers of a tenant together, and what a server that is missing does to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checker.evaluate.fleet import Member, facts_for_fleet, judge_fleet, reduced, tenants_of
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.policy import AbsentMode, AllEqual, AtLeast, AtMost, Count, Equals, ExactlyOne, Rule
from checker.model.result import UNKNOWN_TENANT, Finding, Outcome
from checker.model.values import Record
from checker.model.version import Version
from tests.evaluate.made import CONTOSO, NOW, SOURCE, fleet_rule, known, member, rule, where_fact, where_parameter

PASS, FAIL, ERROR, NOT_APPLICABLE = Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE
STAGING = "scheduler.staging_mode_enabled"
ACTIVE_ONES = where_fact(STAGING, Equals(False))
ONE_ACTIVE = fleet_rule(ExactlyOne(), ACTIVE_ONES)
SAME_VERSION = fleet_rule(AllEqual(), fact="product.version")
FABRIKAM = "fabrikam.onmicrosoft.com"
GUID = "11111111-2222-3333-4444-555555555555"
MISSING = Unknown(Reason.NO_DATA, "No facts of this server were found.")
MODES: dict[str, Fact] = {"a": known(False), "s": known(True), "?": MISSING, "-": Absent(SOURCE)}


def modes(text: str, tenant: str = CONTOSO, first: str = "A") -> list[Member]:
    """Give a server for each letter: active, staging, of an unknown mode, or where the mode is absent."""
    return [
        member(chr(ord(first) + place), tenant, scheduler__staging_mode_enabled=MODES[letter])
        for place, letter in enumerate(text)
    ]


def versions(*texts: str | None, tenant: str = CONTOSO) -> list[Member]:
    """Give a server for each version; of None it is not known."""
    return [
        member(chr(ord("A") + place), tenant, product__version=known(Version.parse(text)) if text else MISSING)
        for place, text in enumerate(texts)
    ]


def only(judged: Rule, members: list[Member]) -> Finding:
    """Give the one finding of a rule over the servers of one tenant."""
    (finding,) = judge_fleet([judged], members, now=NOW)
    return finding


def cells(*rules: Rule, of: list[Member]) -> dict[tuple[str, str], str]:
    """Give the outcome of each cell."""
    return {(one.tenant, one.rule): one.outcome.value for one in judge_fleet(rules, of, now=NOW)}


def between(least: int, most: int) -> Count:
    """Expect a number of servers within bounds."""
    return Count((AtLeast(least), AtMost(most)))


COUNTS: dict[str, tuple[Any, str, Outcome, int | None]] = {
    "one of two": (ExactlyOne(), "as", PASS, 1),
    "one of one": (ExactlyOne(), "a", PASS, 1),
    "none": (ExactlyOne(), "ss", FAIL, 0),
    "two": (ExactlyOne(), "aas", FAIL, 2),
    "one, and one unknown": (ExactlyOne(), "as?", ERROR, None),
    "none, and one unknown": (ExactlyOne(), "ss?", ERROR, None),
    "one unknown": (ExactlyOne(), "?", ERROR, None),
    "two, and one unknown": (ExactlyOne(), "aa?", FAIL, None),
    "one, and one absent": (ExactlyOne(), "a-", ERROR, None),
    "as many as expected": (Count((Equals(2),)), "aas", PASS, 2),
    "fewer than expected": (Count((Equals(2),)), "as", FAIL, 1),
    "perhaps as many": (Count((Equals(2),)), "a?", ERROR, None),
    "too few, whatever is unknown": (Count((Equals(3),)), "as?", FAIL, None),
    "too many, whatever is unknown": (Count((Equals(1),)), "aa?", FAIL, None),
    "enough, and one unknown": (Count((AtLeast(1),)), "aa?", ERROR, None),
    "too few": (Count((AtLeast(2),)), "ass", FAIL, 1),
    "at most none": (Count((AtMost(0),)), "ss", PASS, 0),
    "too many": (Count((AtMost(0),)), "as?", FAIL, None),
    "perhaps too many": (Count((AtMost(1),)), "as?", ERROR, None),
    "within bounds": (between(1, 2), "aas", PASS, 2),
    "beyond bounds": (between(1, 2), "aaas", FAIL, 3),
    "no number within bounds": (between(2, 1), "a?", FAIL, None),
    "only what lies between would do": (Count((AtLeast(2), Equals(2))), "a?", ERROR, None),
}


@pytest.mark.parametrize(("expected", "letters", "outcome", "observed"), COUNTS.values(), ids=COUNTS.keys())
def test_number_of_servers(expected: Any, letters: str, outcome: Outcome, observed: int | None) -> None:
    """
    A number passes only if every server is known, and fails as soon as no number that is possible would do.

    It was observed only where nothing that is unknown could add to it.
    """
    finding = only(fleet_rule(expected, ACTIVE_ONES), modes(letters))

    assert (outcome, observed) == (finding.outcome, finding.observed)
    assert ("", CONTOSO, STAGING) == (finding.server, finding.tenant, finding.fact)
    assert {ERROR: "no_data" if "?" in letters else "absent"}.get(outcome, "") == finding.reason


EQUALS: dict[str, tuple[list[Member], Outcome, str]] = {
    "same": (versions("2.5.79.0", "2.5.79.0"), PASS, ""),
    "same, written in two ways": (versions("2.5", "2.5.0.0"), PASS, ""),
    "two values": (versions("2.5.79.0", "2.4.1.0"), FAIL, ""),
    "two values, and one unknown": (versions("2.5.79.0", "2.4.1.0", None), FAIL, ""),
    "one value, and one unknown": (versions("2.5.79.0", "2.5.79.0", None), ERROR, "no_data"),
    "nothing known": (versions(None, None), ERROR, "no_data"),
    "one server": (versions("2.5.79.0"), NOT_APPLICABLE, "nothing_to_check"),
    "one server, unknown": (versions(None), ERROR, "no_data"),
    "absent": (
        [*versions("2.5.79.0", "2.5.79.0"), member("X", product__version=Absent(SOURCE))],
        ERROR,
        "absent",
    ),
    "of the wrong type": (
        [*versions("2.5.79.0", "2.5.79.0"), member("X", product__version=known("2.5.79.0"))],
        ERROR,
        "wrong_type",
    ),
    "never heard of": ([*versions("2.5.79.0", "2.5.79.0"), member("X")], ERROR, "not_in_source"),
}


@pytest.mark.parametrize(("members", "outcome", "reason"), EQUALS.values(), ids=EQUALS.keys())
def test_same_value(members: list[Member], outcome: Outcome, reason: str) -> None:
    """Two known values that differ decide; else all must be known, and there must be two to compare."""
    finding = only(SAME_VERSION, members)

    assert (outcome, reason) == (finding.outcome, finding.reason)
    assert (outcome is PASS) == (finding.observed is not None)


def test_value_that_all_share_is_observed() -> None:
    """A pass shows what all servers have in common, where it stands, and how it was derived."""
    finding = only(
        fleet_rule(AllEqual(), fact="product.supported"),
        [member(name, product__supported=known(True, "By the table.")) for name in "AB"],
    )

    assert (True, SOURCE, "By the table.") == (finding.observed, finding.source, finding.derivation)
    assert finding.message == (
        "'product.supported' is the same on all servers: it is 'true' on 'A', 'B'. Derived: By the table."
    )


def _entry(name: str, value: Any = "1") -> Record:
    return Record.of(name=name, value=value)


LISTS: dict[str, tuple[tuple[Record, ...], tuple[Record, ...], Outcome]] = {
    "same": ((_entry("a"), _entry("b")), (_entry("a"), _entry("b")), PASS),
    "in another order": ((_entry("a"), _entry("b")), (_entry("b"), _entry("a")), PASS),
    "one entry more": ((_entry("a"),), (_entry("a"), _entry("b")), FAIL),
    "one entry twice": ((_entry("a"), _entry("a")), (_entry("a"),), FAIL),
    "empty": ((), (), PASS),
    "true is not 1": ((_entry("a", 1),), (_entry("a", True),), FAIL),
}


@pytest.mark.parametrize(("one", "other", "outcome"), LISTS.values(), ids=LISTS.keys())
def test_same_list(one: tuple[Record, ...], other: tuple[Record, ...], outcome: Outcome) -> None:
    """Lists are the same if they have the same entries, in whatever order."""
    finding = only(
        fleet_rule(AllEqual(), fact="server.global_parameters"),
        [member("A", server__global_parameters=known(one)), member("B", server__global_parameters=known(other))],
    )

    assert outcome is finding.outcome


def test_only_some_servers_are_compared() -> None:
    """With `where` the others do not matter, and one of which that is not known does."""
    judged = fleet_rule(AllEqual(), ACTIVE_ONES, fact="product.version")
    old, new = known(Version.parse("1.6")), known(Version.parse("2.5"))

    def member_of(name: str, mode: Fact, version: Fact) -> Member:
        return member(name, scheduler__staging_mode_enabled=mode, product__version=version)

    active = [member_of("A", known(False), new), member_of("B", known(False), new)]
    assert only(judged, [*active, member_of("C", known(True), old)]).outcome is PASS
    assert only(judged, [*active, member_of("C", MISSING, old)]).outcome is ERROR
    assert only(judged, [*active, member_of("C", MISSING, new)]).outcome is ERROR
    assert only(judged, [active[0], member_of("C", known(True), old)]).outcome is NOT_APPLICABLE


def test_t29_no_active_server_or_two() -> None:
    """T29: a tenant without an active server fails, and so does one with two; both name the servers."""
    assert only(ONE_ACTIVE, modes("ss")).outcome is FAIL
    assert only(ONE_ACTIVE, modes("aa")).outcome is FAIL
    assert "'A', 'B'" in only(ONE_ACTIVE, modes("aa")).message
    assert "'A', 'B'" in only(ONE_ACTIVE, modes("ss")).message


def test_f_a06_t27_member_without_facts() -> None:
    """F-A06, T27: a server that is expected and of which there is nothing keeps its tenant from being judged."""
    gone = Member("Z", CONTOSO, FactSet(server="Z", facts={STAGING: MISSING}))

    assert (PASS, ERROR) == (
        only(ONE_ACTIVE, modes("as")).outcome,
        only(ONE_ACTIVE, [*modes("as"), gone]).outcome,
    )


def test_tenants_are_judged_apart() -> None:
    """Every tenant has a finding of its own for every rule, by tenant, then rule id."""
    rules = (replace(SAME_VERSION, id="AADC0202"), ONE_ACTIVE)
    of = [*modes("as", FABRIKAM, "S"), *modes("aa")]

    assert [
        ((CONTOSO, "AADC0201"), "fail"),
        ((CONTOSO, "AADC0202"), "error"),
        ((FABRIKAM, "AADC0201"), "pass"),
        ((FABRIKAM, "AADC0202"), "error"),
    ] == list(cells(*rules, of=of).items())


def test_tenant_in_other_letters_is_the_same() -> None:
    """Two spellings of one tenant are no two tenants, each of which would have its one active server."""
    of = [*modes("a", "Contoso.onmicrosoft.com"), *modes("a", CONTOSO, "S")]

    assert {("Contoso.onmicrosoft.com", "AADC0201"): "fail"} == cells(ONE_ACTIVE, of=of)
    assert ("Contoso.onmicrosoft.com",) == tenants_of(of)


def test_server_of_an_unknown_tenant_may_be_of_any() -> None:
    """It keeps every tenant from passing, cannot undo a failure, and is shown as a tenant that is not known."""
    of = [*modes("a"), *modes("aa", FABRIKAM, "F"), *modes("s", "", "U")]

    assert {
        (CONTOSO, "AADC0201"): "error",
        (FABRIKAM, "AADC0201"): "fail",
        (UNKNOWN_TENANT, "AADC0201"): "error",
    } == cells(ONE_ACTIVE, of=of)


@pytest.mark.parametrize("tenant", ["", UNKNOWN_TENANT, "Unknown"])
def test_no_tenant_is_known(tenant: str) -> None:
    """Servers of which nobody knows the tenant are never judged together, not even to fail."""
    finding = only(ONE_ACTIVE, modes("aa", tenant))

    assert (UNKNOWN_TENANT, ERROR, "not_in_source") == (finding.tenant, finding.outcome, finding.reason)
    assert finding.message == (
        "Nobody says which tenant these servers belong to: 'A', 'B'. An inventory can declare it."
    )
    assert (UNKNOWN_TENANT,) == tenants_of(modes("aa", tenant))


def test_identifier_and_domain_may_be_one_tenant() -> None:
    """A tenant known by its identifier may be the one that is known by its domain: neither passes on its own."""
    of = [*modes("a"), *modes("a", GUID, "G"), *modes("aa", FABRIKAM, "S")]

    findings = judge_fleet([ONE_ACTIVE], of, now=NOW)

    assert [(GUID, ERROR, "ambiguous"), (CONTOSO, ERROR, "ambiguous"), (FABRIKAM, FAIL, "")] == [
        (one.tenant, one.outcome, one.reason) for one in findings
    ]


def test_all_tenants_known_by_identifier() -> None:
    """Two identifiers are two tenants."""
    of = [*modes("a", GUID), *modes("a", GUID.replace("1", "9"), "S")]

    assert ["pass", "pass"] == list(cells(ONE_ACTIVE, of=of).values())


def test_f_a13_server_that_the_run_leaves_out() -> None:
    """F-A13: a run of some servers does not take the tenant's others for absent; it cannot tell."""
    left = member("Z", scheduler__staging_mode_enabled=known(True), left_out=True)

    finding = only(ONE_ACTIVE, [*modes("as"), left])

    assert (ERROR, "no_data") == (finding.outcome, finding.reason)
    assert finding.message == (
        "On 1 of 3 servers 'scheduler.staging_mode_enabled' is 'false': 'A'. Not so on 'B'. "
        "Whether that is 'exactly 1 server' cannot be decided. Not known of 'Z': the run was narrowed and leaves it out."
    )


@pytest.mark.parametrize("tenant", [FABRIKAM, ""], ids=["known", "unknown"])
def test_tenant_of_which_all_is_left_out(tenant: str) -> None:
    """A tenant that nobody asked for has no finding."""
    of = [*modes("as"), member("Z", tenant, left_out=True)]

    assert (CONTOSO,) == tenants_of(of)
    assert {(CONTOSO, "AADC0201"): "error" if tenant == "" else "pass"} == cells(ONE_ACTIVE, of=of)


def test_f_a01_no_servers() -> None:
    """F-A01: without servers there is no tenant and no finding; the gate knows what that means."""
    assert () == judge_fleet([ONE_ACTIVE], [], now=NOW)
    assert () == tenants_of([])


def test_f_a05_t15_where_that_no_server_meets() -> None:
    """F-A05, T15: a condition that matches no server is no pass, unless none is what was expected."""
    assert only(ONE_ACTIVE, modes("ss")).outcome is FAIL
    assert only(fleet_rule(AllEqual(), ACTIVE_ONES, fact="product.version"), modes("ss")).outcome is NOT_APPLICABLE
    assert only(fleet_rule(Count((AtLeast(1),)), ACTIVE_ONES), modes("ss")).outcome is FAIL


MESSAGES: dict[str, tuple[Rule, list[Member], str]] = {
    "one, as expected": (
        ONE_ACTIVE,
        modes("ass"),
        (
            "On 1 of 3 servers 'scheduler.staging_mode_enabled' is 'false': 'A'. "
            "That is 'exactly 1 server', as expected. Not so on 'B', 'C'."
        ),
    ),
    "all": (
        fleet_rule(between(1, 2), ACTIVE_ONES),
        modes("aa"),
        (
            "On 2 of 2 servers 'scheduler.staging_mode_enabled' is 'false': 'A', 'B'. "
            "That is 'at least 1 and at most 2 servers', as expected."
        ),
    ),
    "none": (
        ONE_ACTIVE,
        modes("s"),
        "On 0 of 1 server 'scheduler.staging_mode_enabled' is 'false'. Expected 'exactly 1 server'. Not so on 'A'.",
    ),
    "two, and two unknown": (
        ONE_ACTIVE,
        modes("aa??"),
        (
            "On 2 of 4 servers 'scheduler.staging_mode_enabled' is 'false': 'A', 'B'. Expected 'exactly 1 server'. "
            "Not known of 'C': 'scheduler.staging_mode_enabled' is unknown (no_data): "
            "No facts of this server were found. Nor is it known of 'D'."
        ),
    ),
    "more than a sentence can name": (
        fleet_rule(Count((AtMost(1),)), ACTIVE_ONES),
        modes("aaaaaaa"),
        (
            "On 7 of 7 servers 'scheduler.staging_mode_enabled' is 'false': 'A', 'B', 'C', 'D', 'E' and 2 more. "
            "Expected 'at most 1 server'."
        ),
    ),
    "cannot be decided": (
        ONE_ACTIVE,
        modes("s?"),
        (
            "On 0 of 2 servers 'scheduler.staging_mode_enabled' is 'false'. Not so on 'A'. "
            "Whether that is 'exactly 1 server' cannot be decided. "
            "Not known of 'B': 'scheduler.staging_mode_enabled' is unknown (no_data): No facts of this server were found."
        ),
    ),
    "enough of them, and one that is not known": (
        fleet_rule(Count((AtLeast(1),)), ACTIVE_ONES),
        modes("a?"),
        (
            "On 1 of 2 servers 'scheduler.staging_mode_enabled' is 'false': 'A'. "
            "That is 'at least 1 server' already, but passes only once it is known of every server. "
            "Not known of 'B': 'scheduler.staging_mode_enabled' is unknown (no_data): No facts of this server were found."
        ),
    ),
    "not enough of them, and one that is not known": (
        fleet_rule(Count((AtLeast(2),)), ACTIVE_ONES),
        modes("a?"),
        (
            "On 1 of 2 servers 'scheduler.staging_mode_enabled' is 'false': 'A'. "
            "Whether that is 'at least 2 servers' cannot be decided. "
            "Not known of 'B': 'scheduler.staging_mode_enabled' is unknown (no_data): No facts of this server were found."
        ),
    ),
    "few enough for now, and one that is not known": (
        fleet_rule(Count((AtMost(1),)), ACTIVE_ONES),
        modes("a?"),
        (
            "On 1 of 2 servers 'scheduler.staging_mode_enabled' is 'false': 'A'. "
            "Whether that is 'at most 1 server' cannot be decided. "
            "Not known of 'B': 'scheduler.staging_mode_enabled' is unknown (no_data): No facts of this server were found."
        ),
    ),
    "values that differ": (
        SAME_VERSION,
        versions("2.5.79.0", "2.4.1.0", "2.5.79.0", None),
        (
            "'product.version' is not the same on all servers: it is '2.5.79.0' on 'A', 'C'; it is '2.4.1.0' on 'B'. "
            "Not known of 'D': 'product.version' is unknown (no_data): No facts of this server were found."
        ),
    ),
    "a value, and one that is not known": (
        SAME_VERSION,
        versions("2.5.79.0", None),
        (
            "Whether 'product.version' is the same on all servers cannot be decided: it is '2.5.79.0' on 'A'. "
            "Not known of 'B': 'product.version' is unknown (no_data): No facts of this server were found."
        ),
    ),
    "no value is known": (
        SAME_VERSION,
        versions(None),
        (
            "Whether 'product.version' is the same on all servers cannot be decided. "
            "Not known of 'A': 'product.version' is unknown (no_data): No facts of this server were found."
        ),
    ),
    "one server": (
        SAME_VERSION,
        versions("2.5"),
        "There are no two servers whose 'product.version' could differ: it is '2.5' on 'A'.",
    ),
    "no server": (
        fleet_rule(AllEqual(), ACTIVE_ONES, fact="product.version"),
        modes("s"),
        (
            "There are no two servers where 'scheduler.staging_mode_enabled' is 'false' "
            "whose 'product.version' could differ."
        ),
    ),
    "absent": (
        SAME_VERSION,
        [member("A", product__version=Absent(SOURCE))],
        (
            "Whether 'product.version' is the same on all servers cannot be decided. "
            "Not known of 'A': 'product.version' is absent: it was looked for and is not there."
        ),
    ),
    "of a tenant that is not known": (
        ONE_ACTIVE,
        [*modes("a"), *modes("s", "", "U")][:2],
        (
            "On 1 of 2 servers 'scheduler.staging_mode_enabled' is 'false': 'A'. "
            "Whether that is 'exactly 1 server' cannot be decided. "
            "Not known of 'U': nobody says which tenant it belongs to; an inventory can declare it."
        ),
    ),
}


@pytest.mark.parametrize(("judged", "members", "message"), MESSAGES.values(), ids=MESSAGES.keys())
def test_message(judged: Rule, members: list[Member], message: str) -> None:
    """A finding names the servers on each side, and says of what is not known why."""
    assert message == judge_fleet([judged], members, now=NOW)[0].message


EXPECTED = {
    "one": (ONE_ACTIVE, "exactly 1 server where 'scheduler.staging_mode_enabled' is 'false'"),
    "number": (
        fleet_rule(Count((Equals(2),)), ACTIVE_ONES),
        "exactly 2 servers where 'scheduler.staging_mode_enabled' is 'false'",
    ),
    "bounds": (
        fleet_rule(between(1, 11), ACTIVE_ONES),
        "at least 1 and at most 11 servers where 'scheduler.staging_mode_enabled' is 'false'",
    ),
    "same": (SAME_VERSION, "the same value on all servers"),
    "same on some": (
        fleet_rule(AllEqual(), ACTIVE_ONES, fact="product.version"),
        "the same value on all servers where 'scheduler.staging_mode_enabled' is 'false'",
    ),
}


@pytest.mark.parametrize(("judged", "words"), EXPECTED.values(), ids=EXPECTED.keys())
def test_expected_in_words(judged: Rule, words: str) -> None:
    """A finding says what was expected of the fleet."""
    assert words == only(judged, modes("as")).expected


def _at(line: int) -> Source:
    return Source(SourceFormat.SERVER_CONFIGURATION, Location("exports/a.xml", line, 1))


def test_source_of_a_number() -> None:
    """A finding points at the last server that meets the condition, else at one that does not, else nowhere."""
    places: list[Fact] = [Known(False, _at(1)), Known(False, _at(2)), Known(True, _at(3))]
    of = [member(str(place), scheduler__staging_mode_enabled=fact) for place, fact in enumerate(places)]

    assert _at(2) == only(ONE_ACTIVE, of).source
    assert _at(1) == only(ONE_ACTIVE, [of[0], of[2]]).source
    assert _at(3) == only(ONE_ACTIVE, of[2:]).source


def test_source_of_a_number_where_the_fact_does_not_decide() -> None:
    """A server that another condition leaves out has no place where its unknown fact stands."""
    suspended = where_fact("scheduler.suspended", Equals(True))
    of = [member("A", scheduler__staging_mode_enabled=MISSING, scheduler__suspended=known(False))]

    finding = only(fleet_rule(ExactlyOne(), ACTIVE_ONES, suspended), of)

    assert (FAIL, None) == (finding.outcome, finding.source)


def test_source_of_values_that_differ() -> None:
    """A finding points at the first value that is another, and an error at what is not known."""
    facts: list[Fact] = [Known("a", _at(1)), Known("a", _at(2)), Known("b", _at(3))]
    of = [member(str(place), tenant__id=fact) for place, fact in enumerate(facts)]
    judged = fleet_rule(AllEqual(), fact="tenant.id")
    lost = member("9", tenant__id=Unknown(Reason.DENIED, "No.", (_at(4),)))

    assert _at(3) == only(judged, of).source
    assert _at(1) == only(judged, of[:2]).source
    assert _at(4) == only(judged, [*of[:2], lost]).source


def test_f_b12_old_facts_of_a_fleet() -> None:
    """F-B12: a fact that is too old is unknown to a fleet rule, in `where` and where it is compared."""
    sources = (
        SourceFile(format=SOURCE.format, path="exports", assignment="named in the file", date=NOW - timedelta(days=2)),
    )
    of = [replace(one, facts=replace(one.facts, sources=sources)) for one in modes("as")]
    patient = replace(ONE_ACTIVE, id="AADC0202", max_age=timedelta(days=3))
    urgent = replace(ONE_ACTIVE, max_age=timedelta(days=1))

    findings = judge_fleet([patient, urgent], of, now=NOW)

    assert [(ERROR, "stale"), (PASS, "")] == [(one.outcome, one.reason) for one in findings]
    assert [ERROR, ERROR] == [
        one.outcome for one in judge_fleet([patient, urgent], of, now=NOW, max_age=timedelta(days=1))
    ]


def test_f_d25_disabled_rule() -> None:
    """F-D25: a rule that was turned off stays in sight for every tenant, with the reason, on one line."""
    off = replace(ONE_ACTIVE, disabled="We run\n  three servers.")

    findings = judge_fleet([off], [*modes("aa"), *modes("?", "", "U")], now=NOW)

    assert [(CONTOSO, NOT_APPLICABLE, "disabled"), (UNKNOWN_TENANT, NOT_APPLICABLE, "disabled")] == [
        (one.tenant, one.outcome, one.reason) for one in findings
    ]
    assert findings[0].message == "The rule is disabled: We run three servers."
    assert findings[0].expected == "exactly 1 server where 'scheduler.staging_mode_enabled' is 'false'"


def test_rule_that_does_not_apply() -> None:
    """A fleet rule applies by parameters alone, for all tenants alike."""
    wanted = where_parameter("several", True, Equals(True))
    unwanted = where_parameter("several", False, Equals(True))
    odd = where_parameter("several", 1, Equals(True))

    def judged(*when: Any) -> tuple[Outcome, str, str]:
        finding = only(fleet_rule(ExactlyOne(), ACTIVE_ONES, when=when), modes("as"))
        return finding.outcome, finding.reason, finding.message

    assert PASS is judged(wanted)[0]
    assert (
        NOT_APPLICABLE,
        "condition",
        "The rule does not apply: '$several' is 'false', expected 'true'.",
    ) == judged(wanted, unwanted)
    assert (ERROR, "wrong_type") == judged(odd)[:2]


STRANGE: Any = object()
UNSOUND: dict[str, Rule] = {
    "no expectation": replace(ONE_ACTIVE, fleet=None),
    "strange expectation": replace(ONE_ACTIVE, fleet=STRANGE),
    "counts any server": fleet_rule(ExactlyOne(), fact=STAGING),
    "count of nothing": fleet_rule(Count(()), ACTIVE_ONES),
    "count that is no number": fleet_rule(Count((Equals("2"),)), ACTIVE_ONES),
    "count that is a boolean": fleet_rule(Count((Equals(True),)), ACTIVE_ONES),
    "applies by a fact": fleet_rule(ExactlyOne(), ACTIVE_ONES, when=(ACTIVE_ONES,)),
    "strange condition": fleet_rule(ExactlyOne(), STRANGE, fact=STAGING),
    "fact that the catalogue does not know": fleet_rule(AllEqual(), fact="tenant.colour"),
    "condition that decides nothing": fleet_rule(ExactlyOne(), where_fact(STAGING)),
}


@pytest.mark.parametrize("unsound", UNSOUND.values(), ids=UNSOUND.keys())
def test_t70_rule_that_cannot_be_compiled(unsound: Rule) -> None:
    """T70: a rule that the loader should have refused is an internal error for every tenant; the others complete."""
    sound = replace(ONE_ACTIVE, id="AADC0299")

    findings = judge_fleet([unsound, sound], modes("as"), now=NOW)

    assert [("AADC0201", "internal"), ("AADC0299", "")] == [(one.rule, one.reason) for one in findings]
    assert findings[0].message.startswith("The rule could not be compiled: ")
    assert CONTOSO == findings[0].tenant


def test_t70_exception_in_one_cell() -> None:
    """T70: an exception while one tenant is judged costs its own cell only."""
    odd = member("Z", FABRIKAM, scheduler__staging_mode_enabled=STRANGE)

    findings = judge_fleet([ONE_ACTIVE], [*modes("as"), odd], now=NOW)

    assert [(CONTOSO, PASS, ""), (FABRIKAM, ERROR, "internal")] == [
        (one.tenant, one.outcome, one.reason) for one in findings
    ]
    assert (
        findings[1].message == "The rule could not be evaluated: AssertionError was raised, "
        "which is a bug of the checker."
    )


def test_fact_that_is_none_of_three() -> None:
    """A fact that is neither known nor absent nor unknown is a bug where it would be compared, and never equal."""
    of = [member(name, product__version=STRANGE) for name in "AB"]

    assert (ERROR, "internal") == (only(SAME_VERSION, of).outcome, only(SAME_VERSION, of).reason)


def test_two_rules_of_one_id() -> None:
    """Two rules of one id would fight for the same cells: the caller is wrong."""
    with pytest.raises(ValueError, match="more than one rule is called 'AADC0201'"):
        judge_fleet([ONE_ACTIVE, ONE_ACTIVE], modes("as"), now=NOW)


def test_two_members_of_one_name() -> None:
    """A server that is counted twice would be two active servers: the caller is wrong."""
    with pytest.raises(ValueError, match="more than one server is called 'A'"):
        judge_fleet([ONE_ACTIVE], [*modes("a"), *modes("a")], now=NOW)


def test_rules_on_single_servers_are_not_judged() -> None:
    """Rules that speak of single servers have no cell for a tenant."""
    assert () == judge_fleet([rule(STAGING, Equals(False))], modes("as"), now=NOW)


def test_facts_to_keep() -> None:
    """Of a server only the facts are kept that a fleet rule which is on speaks of."""
    off = replace(fleet_rule(AllEqual(), fact="tenant.id"), disabled="No.")
    some = fleet_rule(AllEqual(), ACTIVE_ONES, fact="product.version")

    names = facts_for_fleet([rule("scheduler.suspended", Equals(False)), off, some])

    assert {STAGING, "product.version"} == names
    whole = FactSet(
        server="A", facts={STAGING: known(True), "tenant.id": known("x")}, sources=(SourceFile(
            format=SOURCE.format, path="exports", assignment="named in the file"),
        ),
    )  # fmt: skip
    assert replace(whole, facts={STAGING: known(True)}) == reduced(whole, names)


def test_absence_may_be_what_where_asks_for() -> None:
    """A condition may ask for an absent fact, and that is known then."""
    absent = fleet_rule(ExactlyOne(), where_fact(STAGING, absent=AbsentMode.REQUIRED))

    assert only(absent, modes("a-")).outcome is PASS
    assert only(absent, modes("--")).outcome is FAIL
    assert only(absent, modes("-?")).outcome is ERROR
