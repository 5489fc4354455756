"""How old facts may be: what a file that is old, undated or of the future tells, is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.evaluate.age import aged
from checker.evaluate.compile import compile_rule
from checker.evaluate.engine import compile_rules, evaluate, judge_server
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.policy import Case, Equals, Rule
from checker.model.result import Finding, Outcome
from tests.evaluate.made import NOW, expect, rule, where_fact

FOLDER, REGISTRY, INVENTORY = SourceFormat.SERVER_CONFIGURATION, SourceFormat.REGISTRY, SourceFormat.INVENTORY
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NAME = "scheduler.suspended"
FRESH, OLD = NOW - HOUR, NOW - 40 * HOUR


def file(date: datetime | None, path: str = "exports/SRV1", kind: SourceFormat = FOLDER) -> SourceFile:
    """Give a source as a server lists it."""
    return SourceFile(format=kind, path=path, assignment="named in the file", date=date)


def at(path: str, kind: SourceFormat = FOLDER) -> Source:
    """Give a place in the file *path*."""
    return Source(kind, Location(path, 3, 5))


INSIDE = at("exports/SRV1/GlobalSettings/settings.xml")
KEY = at("exports/SRV1/adsync.reg", REGISTRY)


def after(fact: Fact, *sources: SourceFile, max_age: timedelta = DAY, name: str = NAME) -> Fact:
    """Give what is left of *fact* where nothing may be older than a day."""
    return aged(FactSet(server="SRV1", facts={name: fact}, sources=sources), max_age, NOW)[name]


def is_stale(fact: Fact) -> bool:
    """Whether a fact is unknown for its age."""
    return isinstance(fact, Unknown) and fact.reason is Reason.STALE


DATES: dict[str, tuple[datetime | None, bool]] = {
    "an hour old": (FRESH, False),
    "as old as it may be": (NOW - DAY, False),
    "a moment too old": (NOW - DAY - timedelta(microseconds=1), True),
    "40 hours old": (OLD, True),
    "of 1601": (datetime(1601, 1, 1, tzinfo=UTC), True),
    "of the first year": (datetime.min.replace(tzinfo=UTC), True),
    "of this very moment": (NOW, False),
    "5 minutes ahead": (NOW + 5 * MINUTE, False),
    "a moment more than 5 minutes ahead": (NOW + 5 * MINUTE + timedelta(microseconds=1), True),
    "10 minutes ahead": (NOW + 10 * MINUTE, True),
    "of 9999": (datetime.max.replace(tzinfo=UTC), True),
    "without a date": (None, True),
}


@pytest.mark.parametrize(("date", "stale"), DATES.values(), ids=DATES.keys())
def test_f_b12_t23_date_of_the_file(date: datetime | None, *, stale: bool) -> None:
    """F-B12, T23: what a file that is too old, undated or of the future says is unknown, be it known or absent."""
    assert stale == is_stale(after(Known(False, INSIDE), file(date)))
    assert stale == is_stale(after(Absent(INSIDE), file(date)))


def test_t24_clock_that_is_behind() -> None:
    """T24: a server whose clock is three days behind gives old facts, whichever way the clocks differ."""
    assert is_stale(after(Known(False, INSIDE), file(NOW - 3 * DAY)))
    assert is_stale(after(Known(False, INSIDE), file(NOW + 3 * DAY)))


STALE: dict[str, tuple[Fact, tuple[SourceFile, ...], bool]] = {
    "of a folder": (Known(1, INSIDE), (file(OLD),), True),
    "of the folder itself": (Known(1, at("exports/SRV1")), (file(OLD),), True),
    "of a file of its own in an old folder": (
        Known(1, KEY),
        (file(OLD), file(FRESH, "exports/SRV1/adsync.reg", REGISTRY)),
        False,
    ),
    "of an old file of its own in a fresh folder": (
        Known(1, KEY),
        (file(FRESH), file(OLD, "exports/SRV1/adsync.reg", REGISTRY)),
        True,
    ),
    "of another format than the folder": (Known(1, KEY), (file(FRESH),), True),
    "of a folder with a longer name": (Known(1, at("exports/SRV10/GlobalSettings/a.xml")), (file(FRESH),), True),
    "of a file that nobody listed": (Known(1, INSIDE), (), True),
    "of an export in the working directory": (Known(1, at("Connectors/a.xml")), (file(FRESH, "."),), False),
    "of an old export in the working directory": (Known(1, at("Connectors/a.xml")), (file(OLD, "."),), True),
    "derived, of old and fresh": (
        Known(1, KEY, "By both.", (INSIDE,)),
        (file(OLD), file(FRESH, "exports/SRV1/adsync.reg", REGISTRY)),
        True,
    ),
    "derived, of fresh alone": (
        Known(1, KEY, "By both.", (INSIDE,)),
        (file(FRESH), file(FRESH, "exports/SRV1/adsync.reg", REGISTRY)),
        False,
    ),
    "absent by old and fresh": (
        Absent(KEY, "Nowhere.", (INSIDE,)),
        (file(OLD), file(FRESH, "exports/SRV1/adsync.reg", REGISTRY)),
        True,
    ),
    "absent by fresh and undated": (
        Absent(KEY, "Nowhere.", (INSIDE,)),
        (file(None), file(FRESH, "exports/SRV1/adsync.reg", REGISTRY)),
        True,
    ),
    "absent by fresh alone": (
        Absent(KEY, "Nowhere.", (INSIDE,)),
        (file(FRESH), file(FRESH, "exports/SRV1/adsync.reg", REGISTRY)),
        False,
    ),
    "declared": (Known(1, Source(INVENTORY, Location("servers.yaml", 4, 3))), (file(OLD),), False),
    "derived, of what is declared and what is old": (
        Known(1, Source(INVENTORY, Location("servers.yaml", 4, 3)), "By both.", (INSIDE,)),
        (file(OLD),),
        True,
    ),
    "of no file": (Known(1, Source(FOLDER)), (file(OLD),), False),
}


@pytest.mark.parametrize(("fact", "sources", "stale"), STALE.values(), ids=STALE.keys())
def test_file_that_a_fact_rests_on(fact: Fact, sources: tuple[SourceFile, ...], *, stale: bool) -> None:
    """A fact is as old as the oldest file that it rests on; what is declared, or stands in no file, has no age."""
    assert (fact, False) == (after(fact, *sources), stale) if not stale else is_stale(after(fact, *sources))


SENTENCES = {
    "old": (OLD, "'exports/SRV1' is of 2026-11-20T18:00:00Z, and facts must not be older than P1D"),
    "undated": (None, "'exports/SRV1' does not say how old it is, and facts must not be older than P1D"),
    "future": (
        NOW + HOUR,
        "'exports/SRV1' is of 2026-11-22T11:00:00Z, which is in the future of this run: one of the clocks is wrong",
    ),
}


@pytest.mark.parametrize(("date", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
def test_why_it_is_stale(date: datetime | None, sentence: str) -> None:
    """A stale fact says which file is to blame, and where it stood there."""
    assert Unknown(Reason.STALE, sentence, (INSIDE,)) == after(Known(1, INSIDE), file(date))


def test_why_a_file_that_nobody_listed_is_stale() -> None:
    """What comes from a file of which nothing is known is no exception."""
    lost = Unknown(
        Reason.STALE, f"Nobody knows how old '{INSIDE.location.file if INSIDE.location else ''}' is", (INSIDE,)
    )

    assert lost == after(Known(1, INSIDE))


def test_unknown_facts_stay() -> None:
    """A fact that is unknown keeps its own reason, which is nearer to the cause."""
    denied = Unknown(Reason.DENIED, "No.", (INSIDE,))

    assert denied == after(denied, file(OLD))


def test_when_the_facts_were_taken_is_never_stale() -> None:
    """The date of the facts is there to be shown and judged, also where it is long ago."""
    taken = Known(OLD, INSIDE)

    assert taken == after(taken, file(OLD), name="server.collected_at")


def test_everything_else_stays() -> None:
    """Server and sources stay as they were, and so does what is fresh."""
    facts = FactSet(server="SRV1", facts={NAME: Known(False, INSIDE)}, sources=(file(FRESH),))

    assert facts == aged(facts, DAY, NOW)


SUSPENDED = where_fact(NAME, Equals(False))
VERSION = "endpoint.export_api_version"
PLACES: dict[str, Rule] = {
    "its own fact": rule(NAME, Equals(False)),
    "a condition": rule(VERSION, Equals(2), when=(SUSPENDED,)),
    "a case": rule(
        VERSION, Case(expectation=expect(Equals(2)), when=(SUSPENDED,)), Case(expectation=expect(Equals(1)))
    ),
}
MIXED = FactSet(
    server="SRV1",
    facts={NAME: Known(False, INSIDE), VERSION: Known(2, KEY)},
    sources=(file(OLD), file(FRESH, "exports/SRV1/adsync.reg", REGISTRY)),
)


@pytest.mark.parametrize("judged", PLACES.values(), ids=PLACES.keys())
def test_f_b12_old_facts_of_a_rule(judged: Rule) -> None:
    """F-B12: an old fact makes a rule that rests on it an error, wherever it speaks of it."""
    (before,) = judge_server(compile_rules([judged], now=NOW), MIXED)
    (finding,) = judge_server(compile_rules([judged], now=NOW, max_age=DAY), MIXED)

    assert before.outcome is Outcome.PASS
    assert (Outcome.ERROR, "stale", INSIDE) == (finding.outcome, finding.reason, finding.source)
    assert "'exports/SRV1' is of 2026-11-20T18:00:00Z, and facts must not be older than P1D." in finding.message


LIMITS: dict[str, tuple[timedelta | None, timedelta | None, Outcome]] = {
    "none": (None, None, Outcome.PASS),
    "of the run": (None, DAY, Outcome.ERROR),
    "of the rule": (DAY, None, Outcome.ERROR),
    "shorter of the rule": (DAY, 7 * DAY, Outcome.ERROR),
    "shorter of the run": (7 * DAY, DAY, Outcome.ERROR),
    "both long": (7 * DAY, 2 * DAY, Outcome.PASS),
}


def of_age(max_age: timedelta | None) -> Rule:
    """Give a rule on an old fact with a limit of its own."""
    return replace(rule(NAME, Equals(False)), max_age=max_age)


@pytest.mark.parametrize(("own", "overall", "outcome"), LIMITS.values(), ids=LIMITS.keys())
def test_the_shorter_limit_counts(own: timedelta | None, overall: timedelta | None, outcome: Outcome) -> None:
    """A rule can ask for younger facts than the run, and never for older ones."""
    (finding,) = judge_server(compile_rules([of_age(own)], now=NOW, max_age=overall), MIXED)

    assert outcome is finding.outcome


def test_limit_of_one_rule_is_its_own() -> None:
    """What is too old for one rule is known to the next."""
    strict, patient = of_age(DAY), rule(NAME, Equals(False), id_="AADC0002")

    findings = judge_server(compile_rules([strict, patient], now=NOW), MIXED)

    assert [Outcome.ERROR, Outcome.PASS] == [finding.outcome for finding in findings]


def test_age_where_nobody_says_what_time_it_is() -> None:
    """Without the time of the run every file is too old for a rule that asks."""
    (finding,) = evaluate([of_age(10_000 * DAY)], [MIXED])

    assert (Outcome.ERROR, "stale") == (finding.outcome, finding.reason)


def test_date_without_a_zone_stays_in_its_cells() -> None:
    """A date that cannot be compared with the time of the run is a bug, and costs the cells that need it only."""
    odd = FactSet(server="SRV1", facts=MIXED.facts, sources=(file(FRESH.replace(tzinfo=None)),))
    patient = rule(NAME, Equals(False), id_="AADC0002")

    findings = judge_server(compile_rules([of_age(DAY), patient], now=NOW), odd)

    assert [(Outcome.ERROR, "internal"), (Outcome.PASS, "")] == [(one.outcome, one.reason) for one in findings]


_DATES = st.sampled_from((None, FRESH, OLD, NOW + HOUR))
_SOURCES = st.sampled_from((INSIDE, KEY, Source(FOLDER), Source(INVENTORY, Location("servers.yaml"))))
_ALSO = st.lists(_SOURCES, max_size=2).map(tuple)
_KNOWN = st.builds(Known, st.booleans(), _SOURCES, st.just(""), _ALSO) | st.builds(Absent, _SOURCES, st.just(""), _ALSO)


@given(_KNOWN, _DATES, _DATES, st.sampled_from(("folder", "registry", "date of the folder", "date of the registry")))
def test_knowing_less_of_the_age(fact: Fact, folder: datetime | None, registry: datetime | None, lost: str) -> None:
    """A source that is no longer listed, or no longer says its date, leaves a cell as it was or makes it an error."""
    key = "exports/SRV1/adsync.reg"
    before = (file(folder), file(registry, key, REGISTRY))
    after_all = {
        "folder": before[1:],
        "registry": before[:1],
        "date of the folder": (file(None), before[1]),
        "date of the registry": (before[0], file(None, key, REGISTRY)),
    }[lost]

    def judged(sources: tuple[SourceFile, ...]) -> Finding:
        (finding,) = judge_server(
            compile_rules([rule(NAME, Equals(False))], now=NOW, max_age=DAY),
            FactSet(server="SRV1", facts={NAME: fact}, sources=sources),
        )
        return finding

    ageless = compile_rule(rule(NAME, Equals(False)))(FactSet(server="SRV1", facts={NAME: fact}))
    assert judged(before).outcome in (ageless.outcome, Outcome.ERROR)
    assert judged(after_all).outcome in (judged(before).outcome, Outcome.ERROR)
