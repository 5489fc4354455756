"""Policies that build on others: which, how far, and what is refused."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.extends import BaseError, base_path
from checker.load.policies import PolicyDocument, load_policies
from checker.model.location import Location
from checker.model.policy import AtLeast, AtMost, Parameter, PolicyFile
from checker.model.values import Scalar
from tests.load.reading import (
    extending,
    load,
    load_upon,
    mistakes,
    mistakes_upon,
    policy,
    rule,
    shelf,
)

LEAST = "least: {type: integer, default: 5, description: d}"
BASE = policy(
    rule("endpoint.export_type", "{at_least: $least, at_most: 9}"),
    rule("tenant.cloud", "{equals: usgov}").replace("TEST0001", "TEST0002"),
    parameters=LEAST,
)


def own(number: int = 9, expect: str = "{equals: A}", fact: str = "server.name") -> str:
    """Give a rule with an id of its own."""
    return rule(fact, expect).replace("TEST0001", f"TEST{number:04}")


def given_beside(names: str, **files: str) -> list[str]:
    """Give what is wrong where those of *files* are given that *names* tells, in that order."""
    documents = [PolicyDocument(path=f"{name}.yaml", content=files[name].encode()) for name in names]
    with pytest.raises(PolicyError) as caught:
        load_policies(documents, {}, shelf(**files))
    return list(caught.value.lines)


def test_all_rules_and_parameters_come_along() -> None:
    """The effective policy has the rules of its base, then its own, and says of each where it comes from."""
    loaded = load_upon(
        extending(own(9, "{equals: $name}"), parameters="name: {type: text, default: A, description: d}"), a=BASE
    )

    assert [("TEST0001", "mine", "sample"), ("TEST0002", "mine", "sample"), ("TEST0009", "mine", "")] == [
        (one.id, one.policy, one.origin) for one in loaded.rules
    ]
    assert [Location("a.yaml", 7, 5), Location("a.yaml", 12, 5), Location("mine.yaml", 8, 5)] == [
        one.location for one in loaded.rules
    ]
    assert [("least", 5, "policy"), ("name", "A", "policy")] == [
        (one.name, one.value, one.origin) for one in loaded.parameters
    ]
    assert loaded.extends == (
        PolicyFile(
            name="sample",
            version="1.0.0",
            path="a.yaml",
            sha256=hashlib.sha256(BASE.encode()).hexdigest(),
            shipped=False,
        ),
    )


def test_rules_may_use_parameters_of_the_base() -> None:
    """A parameter of a base is one of the policy's own parameters, and need not be used by it."""
    loaded = load_upon(extending(own(9, "{at_least: $least}", "endpoint.export_type")), a=BASE)

    assert (AtLeast(5),) == loaded.rules[-1].cases[0].expectation.constraints


def test_a_policy_may_have_no_rules_of_its_own() -> None:
    """With `extends`, `rules` may be left out; without it, it may not."""
    assert ["TEST0001", "TEST0002"] == [one.id for one in load_upon(extending(), a=BASE).rules]
    assert ["f:1:1: a policy has no 'rules'"] == mistakes(extending().replace("extends: a.yaml\n", ""))


def test_a_shipped_policy_is_extended_by_its_name() -> None:
    """A name without a slash or ending is that of a shipped policy."""
    (file,) = load_upon(extending(extends="corp"), shipped_corp=BASE).extends

    assert ("sample", "corp.yaml", True) == (file.name, file.path, file.shipped)


def test_policies_build_on_one_another() -> None:
    """Chains and lists: all that a policy builds on, each once and the nearest first, though two build on the same."""
    files = {
        "a": extending(own(3), extends="sub/c.yaml", name="aa"),
        "b": extending(own(4), extends="sub/c.yaml", name="bb"),
        "sub_c": extending(own(5), extends="d.yaml", name="cc"),
        "sub_d": BASE,
    }
    loaded = load_upon(extending(extends="[a.yaml, b.yaml]"), **files)

    assert ["aa", "bb", "cc", "sample"] == [one.name for one in loaded.extends]
    assert ["a.yaml", "b.yaml", "sub/c.yaml", "sub/d.yaml"] == [one.path for one in loaded.extends]
    assert ["TEST0001", "TEST0002", "TEST0005", "TEST0003", "TEST0004"] == [one.id for one in loaded.rules]
    assert {"mine"} == {one.policy for one in loaded.rules}
    assert ["sample", "sample", "cc", "aa", "bb"] == [one.origin for one in loaded.rules]


def test_a_default_can_be_changed() -> None:
    """By its `default` alone a policy gives a parameter of its base another value, which counts in every rule."""
    loaded = load_upon(extending(parameters="least: {default: 7}"), a=BASE)
    (least,) = loaded.parameters

    assert (AtLeast(7), AtMost(9)) == loaded.rules[0].cases[0].expectation.constraints
    assert (5, 7, "policy mine", "d", Location("mine.yaml", 6, 3)) == (
        *(least.default, least.value, least.origin, least.description),
        least.location,
    )


def test_a_description_can_be_changed_with_the_default() -> None:
    """What a changed value means may be said anew."""
    (least,) = load_upon(extending(parameters="least: {default: 7, description: Other}"), a=BASE).parameters

    assert "Other" == least.description


def test_the_last_policy_of_a_chain_has_the_last_word() -> None:
    """Each policy of a chain may change a default; a setting outranks them all."""
    files = {"a": extending(extends="b.yaml", name="aa", parameters="least: {default: 6}"), "b": BASE}

    assert (6, "policy aa") == _least(load_upon(extending(), **files).parameters)
    assert (8, "policy mine") == _least(load_upon(extending(parameters="least: {default: 8}"), **files).parameters)
    assert (3, "--set") == _least(
        load_upon(extending(parameters="least: {default: 8}"), {"least": "3"}, **files).parameters
    )


def _least(parameters: tuple[Parameter, ...]) -> tuple[Scalar, str]:
    (one,) = parameters
    return one.value, one.origin


PARAMETERS = [
    ("least: {default: x}", "mine.yaml:6:20: the default of parameter 'least' is an integer, not the text 'x'"),
    ("least: {default: 6, type: integer}", "mine.yaml:6:23: the 'type' of parameter 'least' cannot be changed; it is declared at a.yaml:5:3"),
    ("least: {default: 6, one_of: [6]}", "mine.yaml:6:23: the 'one_of' of parameter 'least' cannot be changed"),
    ("least: {description: d}", "mine.yaml:6:10: parameter 'least' has no 'default'"),
    ("least: {default: 6, descr: d}", "mine.yaml:6:23: unknown key 'descr' in parameter 'least'; did you mean 'description'?"),
    ("least: 6", "mine.yaml:6:10: parameter 'least' is a mapping, not the integer 6"),
    ("leest: {default: 6}", "mine.yaml:6:3: no policy that this one builds on has a parameter 'leest'; did you mean 'least'?"),
    ("leest: 6", "mine.yaml:6:10: parameter 'leest' is a mapping, not the integer 6"),
    ("other: {type: integer, default: 1, description: d}", "mine.yaml:6:3: no rule uses parameter 'other'"),
    ("least: {default: 50}", "mine.yaml:6:3: a rule makes no sense with this value: a.yaml:11:13: no value is at least '50' and at most '9'"),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "mistake"), PARAMETERS, ids=[text for text, _ in PARAMETERS])
def test_a_wrong_change_of_a_parameter_is_told(parameters: str, mistake: str) -> None:
    """T06: only value and description of a declared parameter change, and only so that the rules still make sense."""
    (found,) = mistakes_upon(extending(parameters=parameters), a=BASE)

    assert mistake in found


def test_a_value_with_which_nothing_makes_sense_is_told_with_an_end() -> None:
    """One value can spoil every case of a rule; after a hundred mistakes the rest is not told."""
    cases = ["{when: {server.name: {equals: A}}, at_least: 2, at_most: $least}"] * 150
    base = policy(rule("endpoint.export_type", f"[{', '.join(cases)}, {{at_most: 9}}]"), parameters=LEAST)

    found = mistakes_upon(extending(parameters="least: {default: 1}"), a=base)

    assert 101 == len(found)
    assert {"mine.yaml:6:3"} == {one.partition(": ")[0] for one in found}


def test_a_wrong_value_must_be_one_of_those_allowed() -> None:
    """A changed default is held against the `one_of` of the declaration."""
    base = policy(rule(expect="{equals: $x}"), parameters="x: {type: text, default: a, one_of: [a, b], description: d}")

    assert ["mine.yaml:6:16: the default of parameter 'x' is not in its 'one_of'; known are a, b"] == mistakes_upon(
        extending(parameters="x: {default: c}"), a=base
    )


REFUSED = [
    ("a.yaml", "mine.yaml:4:10: there is no 'a.yaml'"),
    ("corp", "mine.yaml:4:10: there is no 'corp'"),
    ("../a.yaml", "mine.yaml:4:10: '../a.yaml' is neither the name of a shipped policy nor a path inside the folder"),
    ("sub/../../a.yaml", "mine.yaml:4:10: 'sub/../../a.yaml' is neither"),
    ("sub/..", "mine.yaml:4:10: 'sub/..' is neither"),
    ("/a.yaml", "mine.yaml:4:10: '/a.yaml' is neither"),
    ("https://a.example/a.yaml", "mine.yaml:4:10: 'https://a.example/a.yaml' is neither"),
    ("'C:a.yaml'", "mine.yaml:4:10: 'C:a.yaml' is neither"),
    ("'sub\\a.yaml'", "is neither"),
    ("Corp", "mine.yaml:4:10: 'Corp' is neither"),
    ("''", "mine.yaml:4:10: '' is neither"),
    ("x" * 65, "is neither"),
    ("x" * 200 + ".yaml", "is neither"),
    ("5", "mine.yaml:4:10: what a policy extends is the name of a shipped policy, or a path, not the integer 5"),
    ("{a: b}", "mine.yaml:4:10: what a policy extends is the name of a shipped policy, or a path, not a mapping"),
    ("[[a]]", "mine.yaml:4:11: what a policy extends is the name of a shipped policy, or a path, not a list"),
    ("[]", "mine.yaml:4:10: 'extends' is empty"),
    ("no", "mine.yaml:4:10: 'no' is ambiguous"),
]


@pytest.mark.parametrize(("extends", "mistake"), REFUSED, ids=[text[:30] for text, _ in REFUSED])
def test_t12_what_cannot_be_extended_is_refused(extends: str, mistake: str) -> None:
    """T12: what is missing or lies outside the folder of the policy is told at `extends`, and nothing else is."""
    (found,) = mistakes_upon(extending(own(), extends=extends))

    assert mistake in found


@given(st.text(max_size=30) | st.from_regex(r"(\.{0,2}|[a-z]*)(/(\.{0,2}|[a-z]+)){0,4}(\.ya?ml)?", fullmatch=True))
def test_t12_no_path_leads_out(text: str) -> None:
    """T12: whatever stands in `extends` is refused, or a name, or a path that leads down from the folder."""
    try:
        path = base_path(text)
    except BaseError:
        return

    assert path is None or not path.is_absolute()
    assert path is None or PurePosixPath("/x", path).is_relative_to("/x")
    assert ".." not in text.split("/")


def test_t12_a_policy_cannot_build_on_itself() -> None:
    """T12: a cycle is told where it closes, with the whole chain."""
    mine = extending(extends="mine.yaml")

    assert ["mine.yaml:4:10: a policy cannot build on itself: mine.yaml extends mine.yaml"] == mistakes_upon(
        mine, mine=mine
    )
    assert [
        "b.yaml:4:10: a policy cannot build on itself: mine.yaml extends a.yaml extends b.yaml extends a.yaml"
    ] == mistakes_upon(extending(), a=extending(extends="b.yaml", name="aa"), b=extending(extends="a.yaml", name="bb"))


def test_t12_a_cycle_under_changing_paths_ends() -> None:
    """T12: where a file system gives one file endlessly many paths, the content tells that it is the same."""

    def find(text: str, path: str) -> PolicyDocument:
        return PolicyDocument(path=f"{path.removesuffix('mine.yaml')}{text}", content=mine.encode())

    mine = extending(extends="sub/mine.yaml")
    with pytest.raises(PolicyError) as caught:
        load_policies([PolicyDocument(path="mine.yaml", content=mine.encode())], {}, find)

    assert ("mine.yaml:4:10: a policy cannot build on itself: mine.yaml extends sub/mine.yaml",) == caught.value.lines


def test_t12_chains_have_an_end() -> None:
    """T12: ten policies may build on one another, and not more; the chain is shown."""
    chain = {chr(97 + n): extending(extends=f"{chr(98 + n)}.yaml", name=f"p{n}") for n in range(9)}

    assert "TEST0001" == load_upon(extending(extends="b.yaml"), **chain, j=BASE).rules[0].id
    (found,) = mistakes_upon(extending(), **chain, j=BASE)
    assert found.startswith("i.yaml:4:10: more than 10 policies build on one another: mine.yaml extends a.yaml")


def test_t12_f_d13_what_is_missing_further_down_is_told_with_the_way() -> None:
    """T12: a base that does not find its own base is told at its own place, and how the run came there."""
    assert ["a.yaml:4:10: there is no 'b.yaml': mine.yaml extends a.yaml"] == mistakes_upon(
        extending(own()), a=extending(extends="b.yaml", name="aa")
    )


def test_t12_a_shipped_policy_reaches_no_file_of_the_user() -> None:
    """T12: a path in a shipped policy would lead into the folder of whoever runs the checker."""
    assert [
        "corp.yaml:4:10: a shipped policy builds on shipped policies, by their names: mine.yaml extends corp.yaml"
    ] == mistakes_upon(extending(extends="corp"), shipped_corp=extending(extends="a.yaml", name="corp"), a=BASE)


def test_a_document_that_stands_alone_finds_nothing() -> None:
    """Where nobody can look for bases, a policy that has one is refused."""
    assert ["f:4:10: 'corp' cannot be looked up here"] == mistakes(extending(extends="corp"))


def test_a_base_given_twice_is_told() -> None:
    """One document under two paths in `extends` is a slip; the same bytes are the same document."""
    assert ["mine.yaml:4:19: 'a.yaml' is given twice in 'extends', first at mine.yaml:4:11"] == mistakes_upon(
        extending(own(), extends="[a.yaml, ./a.yaml]"), a=BASE
    )
    assert ["mine.yaml:4:19: 'a.yaml' is given twice in 'extends', first at mine.yaml:4:11"] == mistakes_upon(
        extending(own(), extends="[a.yaml, b.yaml]"), a=BASE, b=BASE
    )


def test_what_is_wrong_in_a_base_is_told_at_its_place() -> None:
    """A mistake of a base is told there, once, and the policies that build on it are not blamed for what follows."""
    text = extending(
        "  - {id: TEST0001, severity: low, reason: r}\n",
        own(9, "{equals: $wrong}"),
        "  - {id: TEST0002, severity: hi}\n",
        parameters="wrong: {default: 5}\nleast: {default: 6}",
    )
    base = BASE.replace("at_least: $least", "at_least: $least, equals: 5").replace(
        "parameters:\n", "parameters:\n  wrong: {type: txt, default: 1, description: d}\n"
    )

    assert [
        "a.yaml:5:17: unknown type of parameter 'txt'; did you mean 'text'?",
        "a.yaml:12:32: 'equals' stands alone; it already says which values are right",
        "mine.yaml:15:30: unknown severity 'hi'; did you mean 'high'?",
    ] == mistakes_upon(text, a=base)


@pytest.mark.parametrize(
    ("base", "mistake"),
    [
        pytest.param("a: [", "a.yaml:2:1: this is not YAML", id="no YAML"),
        pytest.param(policy().replace("A policy", "[" * 33), "a.yaml:3:39: the document is nested", id="too deep"),
        pytest.param(extending(extends="b.yaml", name="aa"), "a.yaml:4:10: there is no 'b.yaml'", id="no base"),
    ],
)
def test_a_base_that_cannot_be_read_hides_what_it_would_have(base: str, mistake: str) -> None:
    """Whether an override or a changed parameter fits is not guessed where the base could not be read."""
    text = extending("  - {id: TEST0001, severity: low}\n", own(), parameters="least: {default: 5}")

    (found,) = mistakes_upon(text, a=base)

    assert found.startswith(mistake)


def test_a_base_with_too_many_mistakes_is_left_alone() -> None:
    """After a hundred mistakes a document is given up; the policy that builds on it tells its own."""
    base = policy(*(own(number).replace("high", "hi") for number in range(150)))

    found = mistakes_upon(extending(own(9).replace("high", "ho"), "  - {id: TEST0001, tags: [a]}\n"), a=base)

    assert 102 == len(found)
    assert "too many mistakes" in found[100]
    assert found[101].startswith("mine.yaml:8:15: unknown severity 'ho'")


def test_too_many_mistakes_in_extends_end_it() -> None:
    """Also a list in `extends` is not told without end."""
    found = mistakes_upon(extending(extends=f"[{', '.join('A' for _ in range(150))}]"))

    assert 101 == len(found)


def test_bases_must_agree() -> None:
    """Two bases that change one rule of a third differently, or one of them only, leave open what holds."""
    files = {
        "a": extending("  - {id: TEST0001, severity: low, reason: r}\n", extends="c.yaml", name="aa"),
        "b": extending(extends="c.yaml", name="bb"),
        "c": BASE,
    }

    (found,) = mistakes_upon(extending(extends="[a.yaml, b.yaml]"), **files)

    assert found.startswith(
        "mine.yaml:4:19: the policies that this one builds on change rule 'TEST0001' in different ways"
    )
    assert found.endswith("at a.yaml:6:5 and at c.yaml:7:5")


def test_bases_must_agree_on_parameters() -> None:
    """Two bases that give one parameter different values, or that both declare one of that name, are refused."""
    changing = {
        "a": extending(extends="c.yaml", name="aa", parameters="least: {default: 6}"),
        "b": extending(extends="c.yaml", name="bb"),
        "c": BASE,
    }
    declaring = {
        "a": BASE,
        "b": policy(own(8, "{equals: $least}"), parameters="least: {type: text, default: A, description: d}").replace(
            "sample", "bb"
        ),
    }

    told = "mine.yaml:4:19: the policies that this one builds on have two parameters 'least', given at {} and at {}"

    assert [told.format("a.yaml:6:3", "c.yaml:5:3")] == mistakes_upon(extending(extends="[a.yaml, b.yaml]"), **changing)
    assert [told.format("a.yaml:5:3", "b.yaml:5:3")] == mistakes_upon(
        extending(extends="[a.yaml, b.yaml]"), **declaring
    )


def test_t11_an_id_of_a_base_is_given_once() -> None:
    """T11: two bases, or two overrides, with the same id are refused, naming both places."""
    other = policy(own(2)).replace("sample", "other")
    overrides = "  - {id: TEST0001, tags: [a]}\n"

    assert ["b.yaml:5:9: rule 'TEST0002' is already given at a.yaml:12:9"] == mistakes_upon(
        extending(extends="[a.yaml, b.yaml]"), a=BASE, b=other
    )
    assert ["mine.yaml:7:10: rule 'TEST0001' is already given at mine.yaml:6:10"] == mistakes_upon(
        extending(overrides, overrides), a=BASE
    )


def test_f_d12_a_name_of_a_base_is_given_once() -> None:
    """A policy cannot have the name of one that it builds on."""
    assert ["mine.yaml:1:9: policy 'sample' is already given at a.yaml:1:9"] == mistakes_upon(
        extending(name="sample"), a=BASE
    )


def test_t11_a_policy_and_its_base_are_not_given_together() -> None:
    """T11: one document that extends another given beside it would judge each rule twice: both places are named."""
    files = {"a": BASE, "b": extending(), "c": extending(name="other")}
    told = (
        "4:10: policy 'sample' comes into this run twice, here and at {}; each of its rules would be judged twice: "
        "leave out one of the two"
    )

    assert [f"b.yaml:{told.format('a.yaml:1:9')}"] == given_beside("ab", **files)
    assert [f"b.yaml:{told.format('a.yaml:1:9')}"] == given_beside("ba", **files)
    assert [f"c.yaml:{told.format('b.yaml:4:10')}"] == given_beside("bc", **files)


def test_t11_a_base_further_down_is_told_as_well() -> None:
    """T11: also what comes into a run by way of two other policies comes twice."""
    files = {
        "a": extending(name="aa", extends="c.yaml"),
        "b": extending(name="bb", extends="c.yaml"),
        "c": BASE,
        "x": extending(),
        "y": extending(name="other", extends="b.yaml"),
    }

    (found,) = given_beside("xy", **files)

    assert found.startswith("y.yaml:4:10: policy 'sample' comes into this run twice, here and at x.yaml:4:10")


def test_the_same_bytes_with_other_bases_are_other_policies() -> None:
    """A copy in another folder that finds other bases is not the same document, and so its name is taken."""
    mine = extending().encode()
    documents = [PolicyDocument(path=path, content=mine) for path in ("mine.yaml", "copy.yaml", "sub/mine.yaml")]
    finder = shelf(a=BASE, sub_a=BASE.replace("default: 5", "default: 6"))

    assert 1 == len(load_policies(documents[:2], {}, finder))
    with pytest.raises(PolicyError, match=r"sub/mine\.yaml:1:9: policy 'mine' is already given at mine\.yaml:1:9"):
        load_policies(documents, {}, finder)


def test_each_document_is_looked_up_and_read_once_for_each_place() -> None:
    """A base that many build on is one document: its mistakes are told once."""
    files = {"a": extending(name="aa", extends="c.yaml"), "b": extending(name="bb", extends="c.yaml")}

    assert ["c.yaml:9:15: unknown severity 'hi'; did you mean 'high'?"] == mistakes_upon(
        extending(extends="[a.yaml, b.yaml]"), **files, c=BASE.replace("high", "hi", 1)
    )


_EXPECTATIONS = st.sampled_from(["{equals: $least}", "{at_least: $least, at_most: 9}", "{one_of: [$least, 8]}"])


@given(st.lists(_EXPECTATIONS, min_size=1, max_size=4), st.integers(0, 9), st.integers(0, 9))
def test_a_changed_default_is_a_default(expectations: list[str], before: int, after: int) -> None:
    """What a policy makes of its base by changing a default is what the base would be with that default."""
    rules = [own(number, expect, "endpoint.export_type") for number, expect in enumerate(expectations)]
    base, expected = (
        policy(*rules, parameters=f"least: {{type: integer, default: {value}, description: d}}")
        for value in (before, after)
    )

    loaded = load_upon(extending(parameters=f"least: {{default: {after}}}"), a=base).rules

    assert [(one.id, one.cases) for one in load(expected).rules] == [(one.id, one.cases) for one in loaded]
    assert [None] * len(loaded) == [one.base for one in loaded]
