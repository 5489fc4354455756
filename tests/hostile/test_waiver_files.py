"""Hostile waiver files and inventories: each ends with exit 3 and a place, or is inert in every report."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.promise.fleet_runs import (
    ACTIVE,
    INVENTORY,
    check_fleet,
    edit,
    make_fleet,
    setting,
    waiver,
    write_waivers,
)

GOOD = "waivers:\n" + waiver("AADC0010", servers=f"[{ACTIVE}]")
SERVER = INVENTORY[INVENTORY.index("  - name: sync03") :]

DOCUMENTS = [
    pytest.param(b"", id="empty"),
    pytest.param(b"# nothing\n", id="only comments"),
    pytest.param(b"null\n", id="null"),
    pytest.param(b"[]\n", id="a list"),
    pytest.param(b"{}\n", id="an object of nothing"),
    pytest.param(b"\0\0\0\0", id="NUL"),
    pytest.param(b"\xff\xfe", id="a mark only"),
    pytest.param(b"<html><body>Sign in</body></html>", id="a page for signing in"),
    pytest.param(b"a: " + b"[" * 100_000, id="T08 deep brackets"),
    pytest.param(b"a: [" + b"1," * 300_000 + b"1]", id="T08 many nodes"),
    pytest.param(b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", id="T07 a bomb of aliases"),
    pytest.param(b'{"_meta": {"hostvars": {}}}', id="Ansible without hosts"),
    pytest.param(b'{"_meta": {"hostvars": {"a": {}, "a": {}}}}', id="T16 a key twice in JSON"),
    pytest.param(b'{"_meta": {"hostvars": {"a": {"x": NaN}}}', id="T16 JSON that is cut off"),
    pytest.param(b'{"_meta":' * 20_000, id="T08 deep JSON"),
]


def spoiled(text: str, *changes: tuple[str, str, str]) -> list[object]:
    """Give *text* with each of the changes, by their names."""
    assert all(old in text for _, old, _ in changes)
    return [pytest.param(text.replace(old, new, 1).encode(), id=name) for name, old, new in changes]


WAIVERS = [
    *DOCUMENTS,
    *spoiled(
        GOOD,
        ("T04 a key twice", "    owner:", "    owner: a@b.c\n    owner:"),
        ("T04 another expiry", "    expires:", '    expires: "2026-11-01"\n    expires:'),
        ("T06 a misspelt key", "justification", "justifcation"),
        ("T07 an anchor", "AADC0010", "&a AADC0010"),
        ("T07 a tag", "AADC0010", "!!str AADC0010"),
        ("T05 an unquoted date", '"2026-12-31"', "2026-12-31"),
        ("T05 a boolean of other readers", "CHG-4711", "yes"),
        ("T05 broad is no word", "    owner:", "    broad: yes\n    owner:"),
        ("T05 broad in quotes", "    owner:", '    broad: "true"\n    owner:'),
        ("T57 a time", '"2026-12-31"', '"2026-12-31T23:59:59+14:00"'),
        ("T57 a day of week dates", '"2026-12-31"', '"2026-W53-4"'),
        ("T57 without hyphens", '"2026-12-31"', '"20261231"'),
        ("T57 other digits", '"2026-12-31"', '"\u0662\u0660\u0662\u0666-12-31"'),
        ("T57 a blank", '"2026-12-31"', '"2026-12-31 "'),
        ("T57 before the calendar", '"2026-11-01"', '"0000-01-01"'),
        ("T57 the approver in wide letters", "max.muster@fabrikam.com", "\uff4aane.doe@fabrikam.com"),
        ("T57 the approver with a blank", "max.muster@fabrikam.com", '" jane.doe@fabrikam.com"'),
        ("T57 the approver with an invisible sign", "max.muster@fabrikam.com", '"jane.doe\u200b@fabrikam.com"'),
        ("T58 a star", f"[{ACTIVE}]", '["*"]'),
        ("T58 a star as the rule", "AADC0010", '"*"'),
        ("T58 a list of rules", "AADC0010", "[AADC0010, AADC0011]"),
        ("T58 a server that is no list", f"[{ACTIVE}]", ACTIVE),
        ("T58 a server twice", f"[{ACTIVE}]", f"[{ACTIVE}, {ACTIVE}]"),
        ("T58 a server twice in other letters", f"[{ACTIVE}]", f"[{ACTIVE}, {ACTIVE.upper()}]"),
        ("T58 an empty name", f"[{ACTIVE}]", '[""]'),
        ("T58 a number", f"[{ACTIVE}]", "[1]"),
        ("T10 two documents", "waivers:", "waivers: []\n---\nwaivers:"),
        ("a line break in the ticket", "CHG-4711", '"CHG\\n4711"'),
        ("T34 an escape", "CHG-4711", '"\\e[2J"'),
        ("T34 from right to left", "CHG-4711", '"\\u202egnp.exe"'),
        ("T09 a lone surrogate", "CHG-4711", '"\\ud800"'),
        ("T14 a pin of nothing", "    owner:", "    only_while: {one_of: []}\n    owner:"),
        ("T14 a pin of an empty range", "    owner:", "    only_while: {at_least: 5, at_most: 4}\n    owner:"),
        ("T13 a pin that backtracks", "    owner:", '    only_while: {matches: "(a+)+$"}\n    owner:'),
        ("a pin on a parameter", "    owner:", "    only_while: {equals: $group_writeback}\n    owner:"),
        ("a pin on what is absent", "    owner:", "    only_while: {absent: allowed}\n    owner:"),
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a fleet of which the scheduler of the active server is off."""
    make_fleet(tmp_path)
    setting("active", "SynchronizationSchedule", "False")(tmp_path)
    return tmp_path


def test_the_documents_that_are_spoiled_are_right(folder: Path) -> None:
    """Otherwise they would be refused for another reason."""
    (folder / "waivers.yaml").write_text(GOOD, "utf-8")

    assert 0 == check_fleet(folder, "--waivers", "waivers.yaml").code


@pytest.mark.parametrize("content", WAIVERS)
def test_f_e11_a_hostile_waiver_file_ends_the_run(folder: Path, content: bytes) -> None:
    """It is refused with its place, nothing is evaluated, and no traceback is shown."""
    (folder / "waivers.yaml").write_bytes(content)

    done = check_fleet(folder, "--waivers", "waivers.yaml")

    assert (3, "") == (done.code, done.out)
    assert re.search(r"waivers\.yaml:\d+:\d+: ", done.err)
    assert "Traceback" not in done.err
    assert not (folder / "results.json").exists()


INVENTORIES = [
    *DOCUMENTS,
    pytest.param(b"all:\n  hosts: {sync02-synthetic: {}}\n", id="an inventory of Ansible as YAML"),
    *spoiled(
        INVENTORY,
        ("T04 a key twice", "    role: active\n", "    role: active\n    role: staging\n"),
        ("T04 a server twice", SERVER, SERVER + SERVER),
        ("T04 a server twice in other letters", SERVER, SERVER + SERVER.replace("sync03", "SYNC03")),
        ("T06 a misspelt key", "    role: active", "    rol: active"),
        ("T06 a misspelt role", "role: active", "role: Active"),
        ("T05 a version without quotes", '"2.6"', "2.6"),
        ("T06 an unknown group", "[fabrikam]", "[fabricam]"),
        ("T06 an unknown fact", "tenant.cloud", "tenant.clouds"),
        ("a fact that is observed", "tenant.cloud: commercial", "scheduler.staging_mode_enabled: true"),
        ("a fact of another type", "commercial", "true"),
        ("a value that the fact never has", "commercial", "Commercial"),
        ("T12 a group above itself", "    tenant: fabrikam", "    parent: fabrikam\n    tenant: fabrikam"),
        ("T12 a group below nothing", "    tenant: fabrikam", "    parent: contoso\n    tenant: fabrikam"),
        ("F-A09 two servers of one computer name", SERVER, SERVER + SERVER.replace("synthetic", "synthetic.fabrikam.com", 1)),
        ("F-A09 the computer name of the other", "    role: staging", "    computer_name: SYNC02-SYNTHETIC\n    role: staging"),
        ("a pattern for a name", "name: sync03-synthetic", 'name: "sync*"'),
        ("an empty name", "name: sync03-synthetic", 'name: ""'),
        ("T34 a name with an escape", "name: sync03-synthetic", 'name: "\\e[2Jsync03"'),
        ("no servers", "servers:", "servers: []\nothers:"),
        ("T10 two documents", "servers:", "servers: []\n---\nservers:"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("content", INVENTORIES)
def test_a_hostile_inventory_ends_the_run(folder: Path, content: bytes) -> None:
    """Nothing is evaluated with half of a population."""
    (folder / "inventory.yaml").write_bytes(content)

    done = check_fleet(folder)

    assert (3, "") == (done.code, done.out)
    assert re.search(r"inventory\.yaml:\d+:\d+: ", done.err)
    assert "Traceback" not in done.err
    assert not (folder / "results.json").exists()


SECRET = "Hunter2-is-the-Password"


@pytest.mark.parametrize(
    "connection",
    [
        pytest.param(f"{{password: {SECRET}}}", id="a password"),
        pytest.param(f"{{credential: {SECRET}}}", id="a secret instead of a reference"),
        pytest.param(f'{{credential: "{SECRET}", port: x}}', id="beside another mistake"),
        pytest.param(f"{{username: a, pass: {SECRET}}}", id="a short key"),
        pytest.param(f"{{client_secret: {SECRET}}}", id="a secret of a client"),
        pytest.param(SECRET, id="no mapping at all"),
    ],
)
def test_t38_a_secret_in_an_inventory_is_refused_and_never_shown(folder: Path, connection: str) -> None:
    """Secrets are given by reference, and what was written instead is repeated nowhere."""
    edit(folder, "    role: active\n", f"    role: active\n    connection: {connection}\n")

    done = check_fleet(folder)

    assert 3 == done.code
    assert SECRET not in done.out + done.err


NASTY = [
    pytest.param("##vso[task.complete result=Succeeded]", id="T33 Azure"),
    pytest.param("::error::x", id="T32 GitHub"),
    pytest.param("]]> </skipped></testcase><testcase name='x'/>", id="T35 XML"),
    pytest.param("<script>alert(1)</script>", id="T31 a script"),
]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("pipeline", ["TF_BUILD", "GITHUB_ACTIONS"])
def test_t32_t35_what_a_waiver_says_is_inert(
    folder: Path, text: str, pipeline: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A justification drives no pipeline, breaks no report, and makes no failure look like a pass."""
    monkeypatch.setenv(pipeline, "true")
    write_waivers(folder, waiver("AADC0010", servers=f"[{ACTIVE}]", justification=f'"{text}"'))

    done = check_fleet(folder, "--waivers", "waivers.yaml", "-o", "junit:r.xml", "-o", "sarif-full:r.sarif")

    assert 0 == done.code
    assert "##vso[task.complete" not in done.out
    assert not re.search(r"^\s*::error", done.out, re.MULTILINE)
    cases = list(ET.parse(folder / "r.xml").iter("testcase"))
    assert 34 == len([one for one in cases if one.get("name", "").startswith("AADC")])
    assert 1 == len(
        [one for one in cases if one.get("name", "").startswith("AADC0010") and one.find("skipped") is not None]
    )
    assert json.loads((folder / "r.sarif").read_text("utf-8"))["runs"]
