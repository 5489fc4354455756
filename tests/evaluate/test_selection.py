"""Narrowing a run: what `--rule`, `--tag` and `--limit` leave, and the names that they refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.errors import UsageError
from checker.evaluate.selection import limited, narrowed
from checker.model.location import Location
from checker.model.policy import Case, Equals, Expectation, Policy, Rule, Severity
from checker.model.result import Selection

_RULE = Rule(
    id="TEST0001",
    title="One",
    severity=Severity.LOW,
    fact="scheduler.suspended",
    cases=(Case(expectation=Expectation(constraints=(Equals(False),))),),
    tags=("a", "b"),
    policy="one",
    location=Location("one.yaml", 1, 1),
)
_POLICIES = (
    Policy(
        name="one",
        version="1",
        title="One",
        rules=(_RULE, replace(_RULE, id="TEST0002", tags=("b",))),
        path="one.yaml",
        sha256="",
    ),
    Policy(name="two", version="1", title="Two", rules=(replace(_RULE, id="TEST0003"),), path="two.yaml", sha256=""),
)
_SERVERS = {"Sync01.contoso.com": ("europe",), "sync02.contoso.com": ("europe", "old"), "odd[1]": ()}


@pytest.mark.parametrize(
    ("selection", "left"),
    [
        pytest.param(Selection(), ["TEST0001", "TEST0002", "TEST0003"], id="nothing narrows"),
        pytest.param(Selection(rules=("TEST0002",)), ["TEST0002"], id="a rule"),
        pytest.param(Selection(rules=("TEST0002", "TEST0003")), ["TEST0002", "TEST0003"], id="two rules"),
        pytest.param(Selection(tags=("a",)), ["TEST0001", "TEST0003"], id="a tag"),
        pytest.param(Selection(rules=("TEST0001", "TEST0002"), tags=("a",)), ["TEST0001"], id="both must hold"),
    ],
)
def test_rules_are_narrowed(selection: Selection, left: list[str]) -> None:
    """Each flag keeps what one of its values names, and together they keep what all flags keep."""
    assert left == [rule.id for policy in narrowed(_POLICIES, selection) for rule in policy.rules]


def test_a_policy_without_rules_is_left_out() -> None:
    """A policy of which no rule is left is no part of the run."""
    assert ["two"] == [policy.name for policy in narrowed(_POLICIES, Selection(rules=("TEST0003",)))]


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        pytest.param(Selection(rules=("TEST0009",)), "--rule 'TEST0009'", id="test_f_a03 unknown rule"),
        pytest.param(Selection(rules=("TEST0001", "TEST0011")), "'TEST0011'", id="F-A04 one of several"),
        pytest.param(Selection(rules=("TEST000l",)), "did you mean", id="T63 a slip"),
        pytest.param(Selection(tags=("c",)), "--tag 'c'", id="F-A05 unknown tag"),
        pytest.param(Selection(rules=("TEST0002",), tags=("a",)), "leave no rule", id="nothing left"),
    ],
)
def test_f_a03_f_a04_f_a05_t63_what_selects_nothing_is_refused(selection: Selection, words: str) -> None:
    """A name that no rule has is a usage error, also beside others that are right; so is a selection of nothing."""
    with pytest.raises(UsageError, match=words):
        narrowed(_POLICIES, selection)


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        pytest.param((), {"Sync01.contoso.com", "sync02.contoso.com", "odd[1]"}, id="nothing narrows"),
        pytest.param(("sync01.CONTOSO.com",), {"Sync01.contoso.com"}, id="letter case"),
        pytest.param(("sync0?.*",), {"Sync01.contoso.com", "sync02.contoso.com"}, id="a pattern"),
        pytest.param(("Old",), {"sync02.contoso.com"}, id="a group"),
        pytest.param(("odd[1]",), {"odd[1]"}, id="brackets are no pattern"),
    ],
)
def test_servers_are_limited(asked: tuple[str, ...], left: set[str]) -> None:
    """A server is asked for by its name, a group of its, or a pattern."""
    assert left == limited(_SERVERS, Selection(servers=asked))


def test_f_a05_a_limit_that_fits_nothing_is_refused() -> None:
    """A name that fits no server is a usage error, also beside one that does."""
    with pytest.raises(UsageError, match="--limit 'sync03'"):
        limited(_SERVERS, Selection(servers=("sync01*", "sync03")))


@pytest.mark.parametrize(
    ("servers", "asked", "end"),
    [
        pytest.param(_SERVERS, "sync02.contos.com", "; did you mean 'sync02.contoso.com'?", id="a slip in a name"),
        pytest.param(_SERVERS, "SYNC01.CONTOSO.CON", "; did you mean 'Sync01.contoso.com'?", id="in other letters"),
        pytest.param(_SERVERS, "euorpe", "; did you mean 'europe'?", id="a slip in a group"),
        pytest.param(
            _SERVERS,
            "zzz",
            "; known are Sync01.contoso.com, europe, odd[1], old, sync02.contoso.com",
            id="few, and none like it",
        ),
        pytest.param({f"server{number}": () for number in range(9)}, "zzz", "there is no such name", id="many"),
        pytest.param({"s" * 101: ()}, "s" * 102, f"; known are {'s' * 101}", id="longer than any name"),
        pytest.param({}, "zzz", "there is no such name", id="none at all"),
    ],
)
def test_t63_an_unknown_server_has_near_alternatives(servers: dict[str, tuple[str, ...]], asked: str, end: str) -> None:
    """T63: the sentence proposes the name or group that is nearest, lists the few there are, or says no more."""
    with pytest.raises(UsageError) as caught:
        limited(servers, Selection(servers=(asked,)))

    assert str(caught.value).endswith(end)


def test_unknown_ids_and_tags_have_near_alternatives() -> None:
    """The same is said of rules and tags; an id that several rules share is listed once."""
    with pytest.raises(UsageError) as caught:
        narrowed(_POLICIES, Selection(rules=("test0002x",), tags=("zz",)))

    assert (
        "--rule 'test0002x': there is no such name; did you mean 'TEST0002'?; "
        "--tag 'zz': there is no such name; known are a, b"
    ) == str(caught.value)
