"""Hostile policies: each row of the matrix ends with exit 3, and a sentence that says where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.running import EXPORTS, check

HEAD = 'policy: hostile\nversion: "1.0.0"\ntitle: A policy of the tests\n'
RULE = """\
  - id: TEST0001
    title: The sync cycle is enabled
    severity: high
    fact: scheduler.sync_cycle_enabled
    expect: {equals: true}
"""


def policy(rule: str = RULE, head: str = HEAD) -> bytes:
    """Give the bytes of a policy."""
    return f"{head}rules:\n{rule}".encode()


def expecting(fact: str, expectation: str) -> bytes:
    """Give a policy with one expectation."""
    return policy(RULE.replace("scheduler.sync_cycle_enabled", fact).replace("{equals: true}", expectation))


ROWS = [
    pytest.param(b"", "1:1", id="T01 an empty file"),
    pytest.param(b"# nothing\n# at all\n", "", id="T01 only comments"),
    pytest.param(policy().replace(b"    severity", b"\tseverity"), "", id="T03 a tab for indentation"),
    pytest.param(policy().replace(b"severity: high", b"severity:\thigh"), "", id="T03 a tab after a colon"),
    pytest.param(policy().replace(b"    severity: high\n", b"    severity: high\n    severity: low\n"), "7:5", id="T04"),
    pytest.param(policy(head="on: 1\nTrue: 1\n" + HEAD), "", id="T04 keys that other readers take for booleans"),
    *[
        pytest.param(expecting("features.sign_on_method", f"{{equals: {scalar}}}"), "9:22", id=f"T05 {scalar}")
        for scalar in ("no", "1:30", "010", "2_50000", "1e3", "2.10", "2026-11-22", "~", ".inf", "0x10", "=")
    ],
    pytest.param(expecting("features.sign_on_method", "{equals: }"), "9:", id="T05 an empty value"),
    pytest.param(expecting("product.version", "{at_least: 2.10}"), "", id="T05 a version without quotes"),
    pytest.param(policy().replace(b"severity:", b"serverity:"), "severity", id="T06 a misspelt key"),
    pytest.param(policy().replace(b"equals:", b"equal:"), "equals", id="T06 a misspelt expectation"),
    pytest.param(
        policy().replace(b"sync_cycle_enabled", b"sync_cycle_enbled"), "scheduler.sync_cycle_enabled", id="T06 a misspelt fact"
    ),
    pytest.param(policy(head="x: &a 1\n" + HEAD), "1:4", id="T07 an anchor"),
    pytest.param(policy(head="<<: {a: 1}\n" + HEAD), "1:1", id="T07 a merge"),
    pytest.param(policy().replace(b"high", b"!!str high"), "", id="T07 a tag"),
    pytest.param(b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "1:4", id="T07 a bomb of aliases"),
    pytest.param(b"a: &a [*a]\n", "1:4", id="T07 a reference to itself"),
    pytest.param(b"a: " + b"[" * 100_000, "", id="T08 deep brackets"),
    pytest.param(b"a: [" + b"1," * 300_000 + b"1]", "", id="T08 many nodes"),
    pytest.param(policy() + b"#" * (5 << 20), "", id="T08 five megabytes"),
    pytest.param(policy().decode().encode("utf-16"), "", id="T09 UTF-16"),
    pytest.param(policy().replace(b"A policy", "Eine f\u00fcr".encode("latin-1")), "", id="T09 Latin-1"),
    pytest.param(policy().replace(b"A policy", b"A\0policy"), "", id="T09 NUL"),
    pytest.param(policy().replace(b"A policy of the tests", b'"\\ud800"'), "", id="T09 a lone surrogate"),
    pytest.param(policy() + b"---\na: 1\n", "10:1", id="T10 two documents"),
    pytest.param(expecting("features.sign_on_method", '{matches: "(a+)+$"}'), "", id="T13 catastrophic backtracking"),
    pytest.param(expecting("features.sign_on_method", '{matches: "(?=a)b"}'), "", id="T13 look-around"),
    pytest.param(expecting("features.sign_on_method", '{matches: "(a)\\\\1"}'), "", id="T13 a back-reference"),
    pytest.param(expecting("features.sign_on_method", '{matches: "(a"}'), "", id="T13 no expression"),
    pytest.param(expecting("features.sign_on_method", "{one_of: []}"), "", id="T14 one of nothing"),
    pytest.param(expecting("groups.member_limit", "{at_least: 5, at_most: 4}"), "", id="T14 a range of nothing"),
    pytest.param(expecting("groups.member_limits", "{each: {}}"), "", id="T14 each of no fields"),
    pytest.param(expecting("groups.member_limit", "{}"), "", id="T14 nothing expected"),
    pytest.param(expecting("groups.member_limit", "{at_least: .nan}"), "", id="T14 not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "says"), ROWS)
def test_a_hostile_policy_is_refused_with_its_place(tmp_path: Path, content: bytes, says: str) -> None:
    """The message begins with file:line:column, nothing is evaluated, and no traceback is shown."""
    (tmp_path / "hostile.yaml").write_bytes(content)

    done = check(tmp_path, policy="hostile.yaml", facts=str(EXPORTS / "v2-compliant"))

    assert (3, "") == (done.code, done.out)
    assert re.search(r"hostile\.yaml:\d+:\d+: ", done.err)
    assert says in done.err
    assert "Traceback" not in done.err


def test_t02_a_folder_without_policies_is_refused(tmp_path: Path) -> None:
    """T02: a policy folder that holds none is an error that names the folder."""
    (tmp_path / "policies").mkdir()

    done = check(tmp_path, policy="policies/", facts=str(EXPORTS / "v2-compliant"))

    assert done.code == 3
    assert "policies" in done.err


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbf" + policy(), policy().replace(b"\n", b"\r\n")], ids=["mark", "CRLF"]
)
def test_t09_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path, content: bytes) -> None:
    """T09: what Windows editors add does not change a policy."""
    (tmp_path / "fine.yaml").write_bytes(content)

    assert check(tmp_path, policy="fine.yaml", facts=str(EXPORTS / "v2-compliant")).code == 0
