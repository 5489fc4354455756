"""A fleet of two servers that is as it should be, fleets with one thing wrong, and whole runs on them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.promise.red_cases import substitute
from tests.running import AS_OF, CHECKOUT, EXPORTS, Done, run

TENANT = "fabrikam.onmicrosoft.com"
ACTIVE, STAGING = "sync02-synthetic", "sync03-synthetic"
INVENTORY = (CHECKOUT / "tests/inventories/fabrikam.yaml").read_text("utf-8")
POLICIES = ("v2-endpoint", "fleet")
Change = Callable[[Path], None]

OWN_POLICY = """\
policy: own
version: "1.0.0"
title: What the global settings tell
rules:
  - id: OWN0001
    title: The sync cycle is enabled
    severity: high
    fact: scheduler.sync_cycle_enabled
    expect: {equals: true}
  - id: OWN0002
    title: Exactly one server of the tenant is active
    severity: high
    scope: fleet
    where: {scheduler.staging_mode_enabled: {equals: false}}
    expect: {exactly_one: true}
"""
"""Rules on facts that have a date; nothing tells how old a registry export is."""


def make_fleet(folder: Path) -> Path:
    """Write the exports of the fleet and its inventory to *folder*."""
    shutil.copytree(EXPORTS / "fleet", folder / "exports")
    (folder / "inventory.yaml").write_text(INVENTORY, "utf-8")
    (folder / "own.yaml").write_text(OWN_POLICY, "utf-8")
    return folder


def check_fleet(
    folder: Path, *arguments: str, policies: tuple[str, ...] = POLICIES, facts: str = "exports", as_of: str = AS_OF
) -> Done:
    """Run `check` on the fleet with its inventory, with the clock standing still."""
    named = [part for policy in policies for part in ("--policy", policy)]
    return run(
        folder, "check", *named, "--facts", facts, "--inventory", "inventory.yaml", "--as-of", as_of,
        "-o", "json:results.json", "-o", "text", *arguments,
    )  # fmt: skip


def results(folder: Path) -> dict[str, Any]:
    """Give the results of the last run."""
    found: dict[str, Any] = json.loads((folder / "results.json").read_text("utf-8"))
    return found


def finding(folder: Path, rule: str, subject: str) -> dict[str, Any]:
    """Give the finding of *rule* on a server or a tenant."""
    [found] = [
        one
        for one in results(folder)["findings"]
        if one["rule"] == rule and subject in (one.get("server"), one.get("tenant"))
    ]
    return dict(found)


def told(folder: Path) -> str:
    """Give the diagnostics of the last run, one a line."""
    return "\n".join(one["message"] for one in results(folder)["diagnostics"])


def edit(folder: Path, old: str, new: str, name: str = "inventory.yaml") -> None:
    """Replace the first *old* in a file, by default in the inventory."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), "utf-8")


def editing(old: str, new: str) -> Change:
    """Give the change that replaces *old* in the inventory."""
    return lambda folder: edit(folder, old, new)


def setting(server: str, name: str, value: str) -> Change:
    """Give the change of one of the global settings of the server that is `active` or `staging`."""
    change = substitute(rf'(name="Microsoft\.Synchronize\.{name}"[^>]*>)[^<]*<', rf"\g<1>{value}<", where="*.xml")
    return lambda folder: change(folder / "exports" / server)


def limit(server: str, value: int) -> Change:
    """Give the change of the member limit of the server that is `active` or `staging`, which is 200000."""
    change = substitute('(ValueCount\\("member"\\)&gt; )200000', rf"\g<1>{value}", where="*.xml")
    return lambda folder: change(folder / "exports" / server)


def waiver(rule: str, *, created: str = "2026-11-01", expires: str = "2026-12-31", **more: str) -> str:
    """Write a waiver; *more* are its targets and all else that it says, as YAML."""
    lines = {
        "rule": rule,
        "justification": "It is put right in the next maintenance window.",
        "owner": "jane.doe@fabrikam.com",
        "approver": "max.muster@fabrikam.com",
        "ticket": "CHG-4711",
        "created": f'"{created}"',
        "expires": f'"{expires}"',
        **more,
    }
    return "  - " + "    ".join(f"{key}: {value}\n" for key, value in lines.items())


def write_waivers(folder: Path, *waivers: str, name: str = "waivers.yaml") -> None:
    """Write a file of waivers."""
    (folder / name).write_text("waivers:\n" + "".join(waivers) if waivers else "waivers: []\n", "utf-8")


def old(server: str) -> Change:
    """Give the change of the date of an export to one of two months before."""
    change = substitute("export-date='2026-11", "export-date='2026-09", where="*.xml")
    return lambda folder: change(folder / "exports" / server)


def older_copy(folder: Path) -> None:
    """Put another export of the same server beside its own."""
    shutil.copytree(folder / "exports/active", folder / "exports/older")
    settings = folder / "exports/older/GlobalSettings/MV.xml"
    settings.write_bytes(settings.read_bytes().replace(b"export-date='2026", b"export-date='2025"))


def under_another_name(folder: Path) -> None:
    """Let the folder of one server be called like the other, whose own export is gone from there."""
    (folder / "exports/staging").rename(folder / "exports/second")
    (folder / "exports/active").rename(folder / "exports/sync03-synthetic")


def entry(server: str) -> re.Pattern[str]:
    """Give the pattern of the whole entry of *server* in the inventory."""
    return re.compile(rf"  - name: {server}\n(?:    .*\n)*")


def without_entry(folder: Path, server: str) -> None:
    """Take the whole entry of *server* out of the inventory."""
    path = folder / "inventory.yaml"
    text, count = entry(server).subn("", path.read_text("utf-8"))
    assert count == 1
    path.write_text(text, "utf-8")


@dataclass(frozen=True)
class Excused:
    """A removal after which a red fleet may be green, and why that is right."""

    what: str  # a pattern for what is removed
    reason: str


@dataclass(frozen=True)
class RedFleet:
    """One thing that is wrong with the fleet."""

    name: str
    change: Change
    arguments: tuple[str, ...] = ()
    policies: tuple[str, ...] = POLICIES
    files: tuple[Excused, ...] = ()  # of the exports; the pattern is for the path
    lines: tuple[Excused, ...] = ()  # of the inventory; the pattern is for the line
    blocks: tuple[Excused, ...] = ()  # several lines of the inventory that stand together

    def make(self, folder: Path) -> Path:
        """Write the fleet to *folder*."""
        make_fleet(folder)
        self.change(folder)
        return folder

    def code(self, folder: Path, *arguments: str) -> int:
        """Give the exit code of the fleet in *folder*."""
        return check_fleet(folder, *self.arguments, *arguments, policies=self.policies).code


def excused(exceptions: tuple[Excused, ...], what: str) -> bool:
    """Whether the removal of *what* is one of the *exceptions*."""
    return any(re.search(one.what, what) for one in exceptions)


def without_each_line(path: Path) -> Iterator[str]:
    """Take each line out of a file in turn, and say which."""
    kept = path.read_text("utf-8")
    lines = kept.splitlines(keepends=True)
    for number, line in enumerate(lines):
        path.write_text("".join(lines[:number] + lines[number + 1 :]), "utf-8")
        yield f"{number + 1}: {line.rstrip()}"
    path.write_text(kept, "utf-8")


def without_each_block(path: Path, most: int = 4) -> Iterator[str]:
    """Take up to *most* lines that stand together out of a file, and say which."""
    kept = path.read_text("utf-8")
    lines = kept.splitlines(keepends=True)
    for number in range(len(lines)):
        for count in range(2, most + 1):
            path.write_text("".join(lines[:number] + lines[number + count :]), "utf-8")
            yield "".join(lines[number : number + count])
    path.write_text(kept, "utf-8")
