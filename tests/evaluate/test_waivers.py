"""Waivers: what they cover at the moment of the run, what they never cover, and what is told of those that do nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from checker.evaluate.compile import compile_rule
from checker.evaluate.fleet import judge_fleet
from checker.evaluate.gate import judge
from checker.evaluate.waivers import LeftOut, apply_waivers, use_sentence
from checker.model.policy import AtLeast, AtMost, Each, Empty, Equals, ExactlyOne, Expectation, Rule, Severity
from checker.model.result import UNKNOWN_TENANT, Finding, Outcome
from checker.model.values import Record
from checker.model.waiver import Waiver, WaiverState, WaiverUse
from tests.evaluate.made import (
    CONTOSO,
    NOW,
    expect,
    finding,
    fleet_rule,
    known,
    limit,
    member,
    population,
    rule,
    server,
    waiver,
    waiver_file,
    where_fact,
)

PASS, FAIL, ERROR, NOT_APPLICABLE = Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE
USED, UNUSED, OTHER_VALUE = WaiverState.USED, WaiverState.UNUSED, WaiverState.OTHER_VALUE
EXPIRED, NOT_YET, NOT_SELECTED = WaiverState.EXPIRED, WaiverState.NOT_YET, WaiverState.NOT_SELECTED
UNKNOWN_RULE, UNKNOWN_TARGET = WaiverState.UNKNOWN_RULE, WaiverState.UNKNOWN_TARGET
RULES = (
    rule("endpoint.export_api_version", Equals(2)),
    rule("scheduler.suspended", Equals(False), id_="AADC0011"),
    fleet_rule(ExactlyOne(), where_fact("scheduler.staging_mode_enabled", Equals(False))),
)
SERVERS = ("SRV1", "SRV2", "prod.contoso.com", "nonprod.contoso.com")
FAILED = finding(FAIL)
EVERYTHING = LeftOut()

Uses = list[tuple[WaiverState, str, int]]


def applied(
    findings: Sequence[Finding],
    *waivers: Waiver,
    now: datetime = NOW,
    rules: Sequence[Rule] = RULES,
    left_out: LeftOut = EVERYTHING,
) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:
    """Hold waivers against findings of the four servers and the one tenant."""
    return apply_waivers(
        findings,
        rules,
        [waiver_file(*waivers)],
        now=now,
        servers=SERVERS,
        tenants=(CONTOSO, UNKNOWN_TENANT),
        left_out=left_out,
    )


def covered(findings: Sequence[Finding], *waivers: Waiver, now: datetime = NOW) -> list[str]:
    """Name the servers and tenants whose failures are covered."""
    return [one.server or one.tenant for one in applied(findings, *waivers, now=now)[0] if one.waiver]


def uses(findings: Sequence[Finding], *waivers: Waiver, now: datetime = NOW, left_out: LeftOut = EVERYTHING) -> Uses:
    """Say what became of each waiver."""
    told = applied(findings, *waivers, now=now, left_out=left_out)[1]
    return [(use.state, use.target, use.covers) for use in told]


def failing(*servers: str) -> list[Finding]:
    """Give a failure on each of *servers*."""
    return [finding(FAIL, server=name) for name in servers]


def of_tenant(name: str, outcome: Outcome = FAIL) -> Finding:
    """Give a finding of the fleet rule."""
    return replace(finding(outcome, server="", rule="AADC0201"), tenant=name)


def test_f_e07_waived_failure_stays_a_failure() -> None:
    """F-E07: a waiver stands beside the failure, and nothing else of the finding changes."""
    accepted = waiver("AADC0001", "SRV1")

    findings, told = applied([FAILED], accepted)

    assert (replace(FAILED, waiver=accepted),) == findings
    assert findings[0].outcome is FAIL
    assert (WaiverUse(waiver=accepted, state=USED, covers=1),) == told


@pytest.mark.parametrize("outcome", [PASS, ERROR, NOT_APPLICABLE], ids=lambda one: one.value)
def test_f_e06_t60_only_failures_are_covered(outcome: Outcome) -> None:
    """F-E06, T60: a waiver never covers an error, nor anything else that is no failure; it is unused then."""
    only = finding(outcome, reason="denied" if outcome is ERROR else "")

    findings, told = applied([only], waiver("AADC0001", "SRV1"))

    assert (only,) == findings
    assert [(UNUSED, "SRV1")] == [(use.state, use.target) for use in told]


def utc(text: str) -> datetime:
    """Give a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MOMENTS: dict[str, tuple[datetime, WaiverState]] = {
    "the day before": (utc("2026-10-31T23:59:59.999999"), NOT_YET),
    "the first moment": (utc("2026-11-01T00:00:00"), USED),
    "in between": (NOW, USED),
    "the last moment": (utc("2026-12-31T23:59:59.999999"), USED),
    "the day after": (utc("2027-01-01T00:00:00"), EXPIRED),
    "still the last day in the west": (datetime(2026, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), EXPIRED),
    "already the next day in the east": (datetime(2027, 1, 1, 5, tzinfo=timezone(timedelta(hours=10))), USED),
    "the first day in the east only": (datetime(2026, 11, 1, 5, tzinfo=timezone(timedelta(hours=10))), NOT_YET),
}


@pytest.mark.parametrize(("now", "state"), MOMENTS.values(), ids=MOMENTS.keys())
def test_f_e01_f_e02_f_e12_t59_days_are_those_of_utc(now: datetime, state: WaiverState) -> None:
    """F-E01, F-E02, F-E12, T59: the one moment of the run decides, from the first to the end of the last day in UTC."""
    findings, told = applied([FAILED], waiver("AADC0001", "SRV1"), now=now)

    assert (state is USED) == (findings[0].waiver is not None)
    assert [state] == [use.state for use in told]
    assert (state is USED) == (told[0].covers == 1)


def test_t57_a_day_that_is_the_last_of_the_calendar() -> None:
    """T57: a waiver until the last day there is has no next day that could be reckoned."""
    assert ["SRV1"] == covered([FAILED], waiver("AADC0001", "SRV1", expires="9999-12-31"))


def test_f_e03_exact_names() -> None:
    """F-E03, T58: a name means that server only, in whatever letters; nothing is a pattern without `broad`."""
    every = failing(*SERVERS)

    assert ["prod.contoso.com"] == covered(every, waiver("AADC0001", "PROD.contoso.com"))
    assert [] == covered(every, waiver("AADC0001", "prod"), waiver("AADC0001", "*"), waiver("AADC0001", "prod.*"))
    assert [] == covered(every, waiver("aadc0001", "SRV1"), waiver("AADC000?", "SRV1"), waiver("*", "SRV1"))
    assert [(UNKNOWN_TARGET, "prod", 0)] == uses(every, waiver("AADC0001", "prod"))
    assert [(UNKNOWN_RULE, "", 0)] == uses(every, waiver("AADC000?", "SRV1"))


PATTERNS: dict[str, tuple[str, list[str]]] = {
    "all": ("*", list(SERVERS)),
    "anchored": ("prod*", ["prod.contoso.com"]),
    "both": ("*PROD*", ["prod.contoso.com", "nonprod.contoso.com"]),
    "one character": ("srv?", ["SRV1", "SRV2"]),
    "dot is a dot": ("prod?contoso.com", ["prod.contoso.com"]),
    "no brackets": ("SRV[12]", []),
    "exact": ("SRV1", ["SRV1"]),
}


@pytest.mark.parametrize(("pattern", "names"), PATTERNS.values(), ids=PATTERNS.keys())
def test_t58_patterns_of_broad_waivers(pattern: str, names: list[str]) -> None:
    """T58: with `broad`, `*` and `?` stand for text, for the whole name, and nothing else is a sign."""
    broad = waiver("AADC0001", pattern, broad=True)

    assert names == covered(failing(*SERVERS), broad)
    assert [(USED, "", len(names)) if names else (UNKNOWN_TARGET, pattern, 0)] == uses(failing(*SERVERS), broad)


def test_name_with_brackets() -> None:
    """A bracket in a name is a bracket, also where the waiver is broad."""
    odd = finding(FAIL, server="srv[1]")

    findings, _ = apply_waivers(
        [odd],
        RULES,
        [waiver_file(waiver("AADC0001", "srv[?]", broad=True))],
        now=NOW,
        servers=["srv[1]"],
        tenants=[],
    )

    assert findings[0].waiver is not None


def test_pattern_of_rules() -> None:
    """A broad waiver can mean several rules, whose ids are taken in their own letters."""
    two = [FAILED, finding(FAIL, rule="AADC0011"), finding(FAIL, server="SRV2")]

    assert [(USED, "", 2)] == uses(two, waiver("AADC00*", "SRV1", broad=True))
    assert [(UNKNOWN_RULE, "", 0)] == uses(two, waiver("aadc00*", "SRV1", broad=True))


def test_tenants() -> None:
    """A waiver of a fleet rule names tenants, and a server of the same name is another thing."""
    fleet = [of_tenant(CONTOSO), finding(FAIL, server=CONTOSO)]

    assert [CONTOSO] == covered(fleet, waiver("AADC0201", tenants=["Contoso.OnMicrosoft.com"]))
    assert [(UNUSED, "SRV1", 0)] == uses(fleet, waiver("AADC0201", "SRV1"))
    assert [(UNUSED, CONTOSO, 0)] == uses(fleet, waiver("AADC0001", tenants=[CONTOSO]))
    assert [(UNKNOWN_TARGET, "fabrikam", 0)] == uses(fleet, waiver("AADC0201", tenants=["fabrikam"]))


def test_tenant_that_is_not_known() -> None:
    """Where the tenant is not known the finding is an error, and a waiver of all tenants does not cover it."""
    unknown = of_tenant(UNKNOWN_TENANT, ERROR)

    assert [] == covered([unknown], waiver("AADC0201", tenants=["*"], broad=True))


def test_f_e04_f_e10_idle_waivers_are_told() -> None:
    """F-E04, F-E10, T58: what a waiver does not do is told for each target, once."""
    told = uses(
        [FAILED, finding(PASS, server="SRV2")],
        waiver("AADC0001", "SRV1", "SRV2", "SRV3"),
        waiver("AADC9999", "SRV1", "SRV2"),
        waiver("AADC0001", "SRV1", expires="2026-11-21"),
        waiver("AADC0011", "SRV2"),
    )

    assert [
        (USED, "", 1),
        (UNUSED, "SRV2", 0),
        (UNKNOWN_TARGET, "SRV3", 0),
        (UNKNOWN_RULE, "", 0),
        (EXPIRED, "", 0),
        (UNUSED, "SRV2", 0),
    ] == told


def test_waiver_that_ends_last_is_shown() -> None:
    """Of several waivers that cover a failure each is used, and the one that ends last is shown, wherever it stands."""
    short = waiver("AADC0001", "SRV1", expires="2026-12-01", line=2)
    long = waiver("AADC0001", "SRV1", "SRV2", expires="2026-12-31", line=9)
    same = waiver("AADC0001", "SRV1", expires="2026-12-31", line=8)
    ended = waiver("AADC0001", "SRV1", created="2025-12-01", expires="2026-11-21", line=11)
    later = waiver("AADC0001", "SRV1", created="2026-11-23", expires="2027-03-01", line=12)

    for order in ([short, long, same, ended, later], [later, ended, same, long, short]):
        findings, told = applied(failing("SRV1", "SRV2"), *order)
        assert [long, long] == [one.waiver for one in findings]
        assert {(short, USED, 1), (same, USED, 1), (long, USED, 2), (ended, EXPIRED, 0), (later, NOT_YET, 0)} == {
            (use.waiver, use.state, use.covers) for use in told
        }


def test_overlapping_targets_cover_once() -> None:
    """A failure that two targets of one waiver mean is covered once."""
    assert [(USED, "", 2)] == uses(failing("SRV1", "SRV2"), waiver("AADC0001", "SRV*", "SRV1", broad=True))


LEFT_OUT = LeftOut(rules=["AADC0006"], servers=["Far.contoso.com"], tenants=["fabrikam.onmicrosoft.com"])
SELECTIONS: dict[str, tuple[Waiver, Uses]] = {
    "rule": (waiver("AADC0006", "SRV1"), [(NOT_SELECTED, "", 0)]),
    "rule, expired": (waiver("AADC0006", "SRV1", expires="2026-11-02"), [(EXPIRED, "", 0)]),
    "rule, not yet": (waiver("AADC0006", "SRV1", created="2026-12-02"), [(NOT_YET, "", 0)]),
    "server": (waiver("AADC0001", "far.contoso.com"), [(NOT_SELECTED, "far.contoso.com", 0)]),
    "tenant": (
        waiver("AADC0201", tenants=["fabrikam.onmicrosoft.com"]),
        [(NOT_SELECTED, "fabrikam.onmicrosoft.com", 0)],
    ),
    "rule that nobody knows": (waiver("AADC0666", "far.contoso.com"), [(UNKNOWN_RULE, "", 0)]),
    "server that nobody knows": (waiver("AADC0001", "near.contoso.com"), [(UNKNOWN_TARGET, "near.contoso.com", 0)]),
    "pattern of left-out servers": (waiver("AADC0001", "f*", broad=True), [(NOT_SELECTED, "f*", 0)]),
    "pattern of some left-out servers": (
        waiver("AADC0001", "*.contoso.com", broad=True),
        [(NOT_SELECTED, "*.contoso.com", 0)],
    ),
    "pattern of left-out rules": (waiver("AADC000*", "SRV2", broad=True), [(NOT_SELECTED, "SRV2", 0)]),
    "pattern of left-out rules alone": (waiver("AADC0006*", "SRV2", broad=True), [(NOT_SELECTED, "", 0)]),
    "pattern of rules, server that nobody knows": (
        waiver("AADC000*", "near*", broad=True),
        [(UNKNOWN_TARGET, "near*", 0)],
    ),
    "what is in": (waiver("AADC0001", "SRV1"), [(USED, "", 1)]),
    "what is in, and passes": (waiver("AADC0001", "SRV2"), [(UNUSED, "SRV2", 0)]),
}


@pytest.mark.parametrize(("asked", "told"), SELECTIONS.values(), ids=SELECTIONS.keys())
def test_waivers_in_a_narrowed_run(asked: Waiver, told: Uses) -> None:
    """What a narrowed run leaves out is neither unknown nor unused; an end is an end all the same."""
    assert told == uses([FAILED], asked, left_out=LEFT_OUT)


MINIMUM = Each((("limit", (AtLeast(50001),)),))
MEMBERS = rule("groups.member_limits", MINIMUM)
AT_50000 = expect(Each((("limit", (Equals(50000),)),)))


def limits(*records: Record) -> Finding:
    """Judge a list of member limits."""
    return compile_rule(MEMBERS)(server(groups__member_limits=known(records)))


def pinned(judged: Rule, result: Finding, only_while: Expectation) -> WaiverState:
    """Say what becomes of a waiver with a condition on the observed value."""
    findings, (use,) = applied([result], waiver("AADC0001", "SRV1", only_while=only_while), rules=[judged])
    assert (use.state is USED) == (findings[0].waiver is not None)
    return use.state


UP, DOWN = limit("A", 60000), limit("B", 50000)
PINS: dict[str, tuple[Finding, Expectation, WaiverState]] = {
    "the value": (limits(DOWN), AT_50000, USED),
    "the value, twice, and one that passes": (limits(DOWN, UP, DOWN), AT_50000, USED),
    "another value": (limits(limit("B", 40000)), AT_50000, OTHER_VALUE),
    "another value beside it": (limits(DOWN, limit("C", 40000)), AT_50000, OTHER_VALUE),
    "within bounds": (limits(DOWN), expect(Each((("limit", (AtLeast(50000), AtMost(50000))),))), USED),
    "another field": (limits(DOWN), expect(Each((("name", (Equals("B"),)),))), USED),
    "another field, other value": (limits(DOWN, limit("C", 1)), expect(Each((("name", (Equals("B"),)),))), OTHER_VALUE),
    "a value that cannot be told beside it": (limits(DOWN, limit("C", "many")), AT_50000, OTHER_VALUE),
    "of another type": (limits(DOWN), expect(Each((("limit", (Equals("50000"),)),))), OTHER_VALUE),
    "of the list itself": (limits(DOWN), expect(Empty(wanted=False)), USED),
}


@pytest.mark.parametrize(("result", "only_while", "state"), PINS.values(), ids=PINS.keys())
def test_f_e05_t60_entries_that_fail(result: Finding, only_while: Expectation, state: WaiverState) -> None:
    """F-E05, T60: all entries that fail, or cannot be told from those, must be as the waiver says."""
    assert result.outcome is FAIL
    assert state is pinned(MEMBERS, result, only_while)


VERSION = rule("endpoint.export_api_version", Equals(2))
NOT_EMPTY = rule("groups.member_limits", Empty(wanted=False))
NONE_THERE = rule("groups.member_limits", Empty(wanted=True))
VALUES: dict[str, tuple[Rule, Any, Expectation, WaiverState]] = {
    "the value": (VERSION, 1, expect(Equals(1)), USED),
    "another value": (VERSION, 0, expect(Equals(1)), OTHER_VALUE),
    "a bound": (VERSION, 1, expect(AtLeast(1)), USED),
    "beyond a bound": (VERSION, 0, expect(AtLeast(1)), OTHER_VALUE),
    "one that nothing meets": (VERSION, 1, expect(Equals("1")), OTHER_VALUE),
    "empty list": (NOT_EMPTY, (), expect(Empty(wanted=True)), USED),
    "entries of an empty list": (NOT_EMPTY, (), AT_50000, OTHER_VALUE),
    "list that should be empty": (NONE_THERE, (DOWN,), AT_50000, USED),
    "list that should be empty, other entries": (NONE_THERE, (DOWN, UP), AT_50000, OTHER_VALUE),
}


@pytest.mark.parametrize(("judged", "value", "only_while", "state"), VALUES.values(), ids=VALUES.keys())
def test_f_e05_t60_observed_value(judged: Rule, value: Any, only_while: Expectation, state: WaiverState) -> None:
    """F-E05, T60: with another value than the waiver says the failure stands; over nothing, nothing holds."""
    facts = server(endpoint__export_api_version=known(value), groups__member_limits=known(value))

    assert state is pinned(judged, compile_rule(judged)(facts), only_while)


def test_value_that_was_not_observed() -> None:
    """A failure without an observed value meets no condition on it."""
    assert pinned(VERSION, FAILED, expect(Equals(1))) is OTHER_VALUE


FLEETS = {
    "the number": ((False, False), USED),
    "another number": ((False, False, False), OTHER_VALUE),
    "a number that may be greater": ((False, False, None), OTHER_VALUE),
}


@pytest.mark.parametrize(("modes", "state"), FLEETS.values(), ids=FLEETS.keys())
def test_f_e05_number_of_servers(modes: tuple[bool | None, ...], state: WaiverState) -> None:
    """F-E05: of a fleet the number of servers is meant, and one that may be greater is not that number."""
    staging = "scheduler.staging_mode_enabled"
    judged = fleet_rule(ExactlyOne(), where_fact(staging, Equals(False)))
    of = [
        member(str(place)) if mode is None else member(str(place), scheduler__staging_mode_enabled=known(mode))
        for place, mode in enumerate(modes)
    ]
    (result,) = judge_fleet([judged], of, now=NOW)

    findings, (use,) = applied([result], waiver("AADC0201", tenants=[CONTOSO], only_while=expect(Equals(2))))

    assert (FAIL, state) == (findings[0].outcome, use.state)


def test_pattern_with_some_other_values() -> None:
    """A pattern covers what is as it says, and tells that something is not."""
    results = [replace(finding(FAIL, server=f"SRV{number}"), observed=number) for number in (1, 2)]

    findings, told = applied(results, waiver("AADC0001", "SRV*", broad=True, only_while=expect(Equals(1))))

    assert [True, False] == [one.waiver is not None for one in findings]
    assert [(USED, "", 1), (OTHER_VALUE, "SRV*", 0)] == [(use.state, use.target, use.covers) for use in told]


def test_several_files() -> None:
    """Waivers of all files count, and are told in the order of the files."""
    one, other = waiver("AADC0001", "SRV2"), waiver("AADC0001", "SRV1")

    findings, told = apply_waivers(
        failing("SRV1", "SRV2"), RULES, [waiver_file(one), waiver_file(other)], now=NOW, servers=SERVERS, tenants=[]
    )

    assert [other, one] == [result.waiver for result in findings]
    assert [one, other] == [use.waiver for use in told]


def test_no_waivers() -> None:
    """Without waivers the findings are as they were."""
    assert ((FAILED,), ()) == apply_waivers([FAILED], RULES, [], now=NOW, servers=SERVERS, tenants=())


def test_f_e14_everything_is_waived() -> None:
    """F-E14: a run in which all is waived is compliant, unless there may be fewer waivers than that."""
    rules = RULES[:1]
    findings, _ = applied(failing("SRV1", "SRV2"), waiver("AADC0001", "*", broad=True), rules=rules)
    everyone = population("SRV1", "SRV2")

    def code(most: int | None) -> int:
        return judge(findings, rules, Severity.LOW, population=everyone, max_waived=most).exit_code

    assert [0, 0, 1, 1] == [code(None), code(2), code(1), code(0)]


A_WAIVER = waiver("AADC0001", "SRV1", tenants=[CONTOSO])
SENTENCES: dict[WaiverState, tuple[WaiverUse, str]] = {
    USED: (
        WaiverUse(waiver=A_WAIVER, state=USED, covers=1),
        "The waiver of 'AADC0001' covers 1 failure, until the end of 2026-12-31 UTC.",
    ),
    UNUSED: (
        WaiverUse(waiver=A_WAIVER, state=UNUSED, target="SRV1"),
        "The waiver of 'AADC0001' for 'SRV1' covers nothing: the rule has no finding for it.",
    ),
    OTHER_VALUE: (
        WaiverUse(waiver=A_WAIVER, state=OTHER_VALUE, target="SRV1"),
        "The waiver of 'AADC0001' for 'SRV1' does not cover what fails with another value than its 'only_while' says.",
    ),
    EXPIRED: (
        WaiverUse(waiver=A_WAIVER, state=EXPIRED),
        "The waiver of 'AADC0001' ended with 2026-12-31 UTC, and this run is of 2026-11-22T10:00:00Z.",
    ),
    NOT_YET: (
        WaiverUse(waiver=A_WAIVER, state=NOT_YET),
        "The waiver of 'AADC0001' begins with 2026-11-01 UTC, and this run is of 2026-11-22T10:00:00Z.",
    ),
    UNKNOWN_RULE: (
        WaiverUse(waiver=A_WAIVER, state=UNKNOWN_RULE),
        "The waiver of 'AADC0001' covers nothing: no policy of this run has such a rule.",
    ),
    UNKNOWN_TARGET: (
        WaiverUse(waiver=A_WAIVER, state=UNKNOWN_TARGET, target="SRV1"),
        "The waiver of 'AADC0001' for 'SRV1' covers nothing: this run knows no such server.",
    ),
    NOT_SELECTED: (
        WaiverUse(waiver=A_WAIVER, state=NOT_SELECTED, target="SRV1"),
        "The waiver of 'AADC0001' for 'SRV1' is not asked for: the run was narrowed and leaves out what it speaks of.",
    ),
}


@pytest.mark.parametrize("state", WaiverState, ids=lambda state: state.value)
def test_every_state_has_a_sentence(state: WaiverState) -> None:
    """What became of a waiver is told in a sentence that names rule and target."""
    use, sentence = SENTENCES[state]

    assert sentence == use_sentence(use, NOW)


def test_tenant_that_nobody_knows_is_called_a_tenant() -> None:
    """A target that is not known is called what the waiver takes it for."""
    lost = WaiverUse(waiver=A_WAIVER, state=UNKNOWN_TARGET, target=CONTOSO)

    assert use_sentence(lost, NOW).endswith("this run knows no such tenant.")


UNUSED_BY: dict[str, tuple[list[Finding], Waiver, str]] = {
    "a pass": ([finding(PASS)], waiver("AADC0001", "SRV1"), "the rule passes; remove the waiver if it is done with."),
    "a condition": (
        [finding(NOT_APPLICABLE)],
        waiver("AADC0001", "SRV1"),
        "the rule does not apply; remove the waiver if it is done with.",
    ),
    "an error": (
        [finding(ERROR, reason="denied")],
        waiver("AADC0001", "SRV1"),
        "the rule could not be evaluated, and only a failure is waived.",
    ),
    "a pass here and an error there": (
        [finding(PASS), finding(ERROR, server="SRV2", reason="denied")],
        waiver("AADC0001", "SRV*", broad=True),
        "the rule passes or could not be evaluated, and only a failure is waived.",
    ),
    "a pass here and a condition there": (
        [finding(NOT_APPLICABLE), finding(PASS, server="SRV2")],
        waiver("AADC0001", "SRV*", broad=True),
        "the rule passes or does not apply; remove the waiver if it is done with.",
    ),
    "an error of a tenant": (
        [of_tenant(CONTOSO, ERROR)],
        waiver("AADC0201", tenants=[CONTOSO]),
        "the rule could not be evaluated, and only a failure is waived.",
    ),
    "a tenant in place of a server": (
        [finding(PASS)],
        waiver("AADC0001", tenants=[CONTOSO]),
        "the rule has no finding for it.",
    ),
}


@pytest.mark.parametrize(("findings", "accepted", "end"), UNUSED_BY.values(), ids=UNUSED_BY.keys())
def test_f_e10_an_unused_waiver_says_what_the_finding_is(findings: list[Finding], accepted: Waiver, end: str) -> None:
    """F-E10: only where the rule is known not to fail is it said that the waiver can go."""
    (use,) = applied(findings, accepted)[1]

    assert UNUSED is use.state
    assert use_sentence(use, NOW).endswith(f"covers nothing: {end}")


def test_what_an_unused_waiver_says_of_the_rest() -> None:
    """A failure of another server, or of another rule, is none of what the waiver speaks of."""
    findings = [finding(PASS), finding(FAIL, server="SRV2"), finding(ERROR, rule="AADC0011", reason="denied")]

    (use,) = applied(findings, waiver("AADC0001", "SRV1"))[1]

    assert ("pass",) == use.outcomes
