"""Ways by which a value, or a policy's word about it, could look green; each row runs the whole command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import AS_OF, EXPORTS, run

SOURCE = {"format": "registry", "file": "a.reg", "line": 1, "column": 1, "item": "x"}


def known(value: object) -> dict[str, object]:
    """Give a fact as a facts document states it."""
    return {"status": "known", "value": value, "source": SOURCE}


def outcome(folder: Path, fact: str, stated: dict[str, object] | None, expect: str, when: str = "") -> tuple[str, int]:
    """Give what one rule says of one fact, and how the run ends; `refused` where the policy cannot be used."""
    told = f"    when: {when}\n" if when else ""
    (folder / "policy.yaml").write_text(
        'policy: rows\nversion: "1"\ntitle: Rows\nrules:\n  - id: ROWS0001\n    title: The row\n    severity: high\n'
        f"{told}    fact: {fact}\n    expect: {expect}\n",
        "utf-8",
    )
    document: dict[str, Any] = {"format": "adsync-checker/facts/v1", "server": "SYNC01", "sources": [], "facts": {}}
    document["facts"] = {fact: stated} if stated else {}
    (folder / "facts.json").write_text(json.dumps(document), "utf-8")
    done = run(
        folder, "check", "--policy", "policy.yaml", "--facts", "facts.json", "--as-of", AS_OF, "-o", "json:r.json"
    )
    if done.code == 3:
        return "refused", 3
    findings = json.loads((folder / "r.json").read_text("utf-8"))["findings"]
    (finding,) = findings or [{"outcome": "none"}]
    return finding["outcome"], done.code


STATES = {"status": "absent", "source": SOURCE}
FLAG, COUNT, WORD = "scheduler.suspended", "events.dn_attributes_failures", "features.source_anchor_attribute"


@pytest.mark.parametrize(
    ("fact", "stated", "expect", "expected"),
    [
        pytest.param(FLAG, known(False), "{equals: false}", ("pass", 0), id="F-C01 false"),
        pytest.param(FLAG, STATES, "{equals: false}", ("error", 4), id="F-C01 absent is not false"),
        pytest.param(FLAG, None, "{equals: false}", ("error", 4), id="F-C01 unknown is not false"),
        pytest.param(FLAG, known(None), "{equals: false}", ("error", 4), id="F-C01 null is not false"),
        pytest.param(COUNT, known(0), "{at_most: 5}", ("pass", 0), id="F-C01 zero"),
        pytest.param(COUNT, STATES, "{at_most: 5}", ("error", 4), id="F-C01 absent is not zero"),
        pytest.param(WORD, known(""), "{empty: true}", ("error", 4), id="F-C01 an empty text is no value"),
        pytest.param(WORD, STATES, "{empty: true}", ("error", 4), id="F-C01 absent is not empty"),
        pytest.param(COUNT, known("2"), "{at_most: 5}", ("error", 4), id="F-C02 digits in text are no number"),
        pytest.param(FLAG, known("false"), "{equals: false}", ("error", 4), id="F-C04 a word is no boolean"),
        pytest.param(FLAG, known(0), "{equals: false}", ("error", 4), id="F-C04 zero is no boolean"),
        pytest.param(COUNT, known(2.5), "{at_most: 5}", ("error", 4), id="F-C05 a fraction is no count"),
        pytest.param("scheduler.effective_sync_interval", known(1800), '{at_most: "PT30M"}', ("error", 4),
                     id="F-C09 a number has no unit"),
        pytest.param("scheduler.effective_sync_interval", known("00:30:00"), '{at_most: "PT30M"}', ("pass", 0),
                     id="F-C09 two notations of one length"),
        pytest.param("scheduler.next_sync_start", known("2026-11-22T10:00:00"), '{at_least: "2026-01-01T00:00:00Z"}',
                     ("error", 4), id="F-C10 a time without an offset"),
        pytest.param("tenant.cloud", known("mars"), "{one_of: [commercial, usgov]}", ("error", 4),
                     id="F-C12 F-C13 a value that nobody knows"),
        pytest.param("groups.custom_member_limit_rules", known([]), "{each: {precedence: {at_most: 99}}}",
                     ("not_applicable", 4), id="F-C16 all of nothing decides nothing"),
        pytest.param(WORD, known("xcn"), "{matches: cn}", ("fail", 1), id="F-C17 F-C18 a part is not the whole"),
        pytest.param(WORD, known("cn\nx"), "{matches: cn}", ("fail", 1), id="F-C18 a line is not the whole"),
        pytest.param(WORD, known("cn "), "{equals: cn}", ("fail", 1), id="F-C21 a blank at the end"),
        pytest.param(WORD, known("c\u200bn"), "{equals: cn}", ("fail", 1), id="F-C21 an invisible character"),
        pytest.param(WORD, known("cn\u00a0"), "{one_of: [cn]}", ("fail", 1), id="F-C21 a blank that joins"),
    ],
)  # fmt: skip
def test_f_c_rows_a_value_is_what_it_is(
    tmp_path: Path, fact: str, stated: dict[str, object] | None, expect: str, expected: tuple[str, int]
) -> None:
    """Values are compared as they are, with their types; what cannot be compared is an error."""
    found = outcome(tmp_path, fact, stated, expect)

    # A document that states an impossible value is refused as a whole; then there is no finding at all.
    assert expected == found or (expected == ("error", 4) and found == ("none", 4))


@pytest.mark.parametrize(
    ("expect", "when"),
    [
        pytest.param("{not: {equals: false}}", "", id="F-C13 nothing is denied, things are allowed"),
        pytest.param("{one_of: []}", "", id="F-C14 a list of nothing"),
        pytest.param("{any: {equals: false}}", "", id="F-C15 some of them"),
        pytest.param("{equals: no}", "", id="F-D04 a word that is a boolean to some"),
        pytest.param("{equals: 2026-01-01}", "", id="F-D06 a bare date"),
        pytest.param("{equals: }", "", id="F-D07 no value"),
        pytest.param("{True: 1, equals: false}", "", id="F-D08 a key that is no text"),
        pytest.param("{<<: {equals: false}}", "", id="F-D09 a merge"),
        pytest.param("{equals: false, equals: true}", "", id="F-D03 a key twice"),
        pytest.param("{equels: false}", "", id="F-D14 an operator that there is not"),
        pytest.param("{equals: false}", "{scheduler.suspendet: {equals: true}}", id="F-D02 a fact that there is not"),
        pytest.param("{equals: $suspended}", "", id="F-D13 a parameter that there is not"),
    ],
)
def test_f_c_f_d_rows_a_policy_that_says_nothing_clear_is_refused(tmp_path: Path, expect: str, when: str) -> None:
    """It is exit 3 when the policy is loaded, before any fact is looked at."""
    assert ("refused", 3) == outcome(tmp_path, FLAG, known(False), expect, when)


def test_f_c19_a_pattern_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """It is never taken for one that does not match."""
    assert ("refused", 3) == outcome(tmp_path, WORD, known("cn"), "{matches: '(a+)+$'}")


@pytest.mark.parametrize(
    ("stated", "expect", "expected"),
    [
        pytest.param("cn", '{equals: "c*"}', "fail", id="a star is a star"),
        pytest.param("cn", '{equals: "[c]n"}', "fail", id="brackets are brackets"),
        pytest.param("[c]n", '{equals: "[c]n"}', "pass", id="brackets meet brackets"),
        pytest.param("cn", '{one_of: ["c?", "cn|sn"]}', "fail", id="none of several signs"),
        pytest.param("c.n", "{matches: 'c\\.n'}", "pass", id="an escaped dot"),
        pytest.param("cxn", "{matches: 'c\\.n'}", "fail", id="an escaped dot is no other letter"),
        pytest.param("c.n", "{matches: 'c\\\\.n'}", "fail", id="an escaped backslash"),
        pytest.param("c\\xn", "{matches: 'c\\\\.n'}", "pass", id="a backslash meets its escape"),
        pytest.param("'cn'", "{equals: cn}", "fail", id="quotes belong to the value"),
        pytest.param("it's", "{equals: 'it''s'}", "pass", id="a quote within quotes"),
        pytest.param('"cn"', '{equals: "\\"cn\\""}', "pass", id="quotes that were meant"),
        pytest.param("$cn", '{equals: "$$cn"}', "pass", id="a dollar that names no parameter"),
        pytest.param("$$cn", '{equals: "$$cn"}', "fail", id="two dollars are one"),
    ],
)
def test_f_c20_signs_in_an_expectation_bite(tmp_path: Path, stated: str, expect: str, expected: str) -> None:
    """F-C20: what is escaped or quoted is compared as it was meant, so that no slip makes anything equal."""
    assert expected == outcome(tmp_path, WORD, known(stated), expect)[0]


LIMIT = {
    "rule": "a", "name": "A", "precedence": 50, "standard": False, "via": "expression", "limit": 250000,
}  # fmt: skip
ABOVE = "{each: {limit: {at_least: 50001}}}"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([LIMIT], ("pass", 0), id="as it is known"),
        pytest.param([LIMIT | {"only_where": "department = IT"}], ("error", 4), id="a condition beside it"),
        pytest.param([LIMIT | {"except": ["CN=Admins"]}], ("error", 4), id="an exclusion beside it"),
        pytest.param([{key: LIMIT[key] for key in LIMIT if key != "via"}], ("error", 4), id="less than is known"),
        pytest.param([LIMIT, LIMIT | {"rule": "b", "limit": 50000}], ("fail", 1), id="one more, which is narrower"),
    ],
)
def test_f_c24_an_entry_with_a_condition_that_nobody_reads_is_no_entry(
    tmp_path: Path, records: list[dict[str, object]], expected: tuple[str, int]
) -> None:
    """F-C24: what narrows a setting by a key that is not known is never taken for the setting itself."""
    assert expected == outcome(tmp_path, "groups.member_limits", known(records), ABOVE)


def test_f_c22_identifiers_are_compared_whatever_the_case_of_their_letters(tmp_path: Path) -> None:
    """A tenant that is declared in capitals is the tenant that the facts name."""
    tenant = "6F2F8A1E-1111-4222-8333-444455556666"
    (tmp_path / "inventory.yaml").write_text(
        f"inventory: one\nservers:\n  - name: sync01\n    tenant: {tenant}\n    role: active\n", "utf-8"
    )
    facts = {"tenant.id": known(tenant.lower()), "scheduler.staging_mode_enabled": known(False)}
    document = {"format": "adsync-checker/facts/v1", "server": "SYNC01", "sources": [], "facts": facts}
    (tmp_path / "facts.json").write_text(json.dumps(document), "utf-8")
    done = run(
        tmp_path, "check", "--policy", "fleet", "--rule", "AADC0205", "--facts", "facts.json", "--inventory",
        "inventory.yaml", "--as-of", AS_OF,
    )  # fmt: skip

    assert 0 == done.code, done.out + done.err


def test_f_d15_a_condition_that_cannot_be_decided_is_an_error(tmp_path: Path) -> None:
    """A rule is not passed over because nobody knows whether it applies."""
    stated = known(False)

    assert ("error", 4) == outcome(tmp_path, FLAG, stated, "{equals: false}", "{server.role: {equals: active}}")


def test_f_d16_what_does_not_apply_has_evidence_and_decides_nothing(tmp_path: Path) -> None:
    """A run in which no rule applies is no audit."""
    stated = known(False)

    assert ("not_applicable", 4) == outcome(
        tmp_path, FLAG, stated, "{equals: true}", "{scheduler.suspended: {equals: true}}"
    )
    (finding,) = json.loads((tmp_path / "r.json").read_text("utf-8"))["findings"]
    assert "'scheduler.suspended' is 'false'" in finding["message"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(("--policy", "nowhere.yaml"), 2, "nowhere.yaml", id="F-A02 a path that leads nowhere"),
        pytest.param(("--policy", "v2-endpiont"), 2, "did you mean 'v2-endpoint'", id="F-A02 a slip"),
        pytest.param(("--policy", "empty"), 2, "no shipped policy", id="F-A02 a folder by a bare name that is not there"),
        pytest.param(("--policy", "folder/"), 3, "there is no policy file", id="F-A02 an empty folder"),
        pytest.param(("--policy", "v2-endpoint", "--inventory", "gone.yaml"), 2, "no such file",
                     id="F-A11 an inventory that is not there is no smaller scope"),
        pytest.param(("--policy", "v2-endpoint", "--waivers", "gone.yaml"), 2, "no such file", id="F-E11 no waivers"),
        pytest.param(("--policy", "v2-endpoint", "--previous", "gone.json"), 2, "no such file", id="F-A14 no results"),
    ],
)  # fmt: skip
def test_f_a02_f_a11_what_is_not_there_ends_the_run(
    tmp_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """Nothing falls back to less than was asked for."""
    (tmp_path / "folder").mkdir()
    done = run(tmp_path, "check", *arguments, "--facts", str(EXPORTS / "v2-compliant"), "--as-of", AS_OF)

    assert code == done.code
    assert told in done.err


def test_f_a12_what_was_denied_is_an_error_and_not_less_to_look_at(tmp_path: Path) -> None:
    """A list that could be read in part only is not the list."""
    denied: dict[str, object] = {"status": "unknown", "reason": "denied", "detail": "Access is denied."}

    assert ("error", 4) == outcome(tmp_path, "groups.member_limits", denied, "{each: {limit: {at_least: 50001}}}")
