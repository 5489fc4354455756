"""Exports with exactly one thing wrong, made from the compliant one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.running import EXPORTS

COMPLIANT = EXPORTS / "v2-compliant"
Change = Callable[[Path], None]


@dataclass(frozen=True)
class Excepted:
    """A removal after which a red case may be green, and why that is right."""

    file: str  # a pattern for the path within the export
    line: str  # a pattern for the line; empty where the whole file may go
    reason: str


@dataclass(frozen=True)
class RedCase:
    """One thing that is wrong, and what may be removed without the verdict having to stay red."""

    name: str
    change: Change
    exceptions: tuple[Excepted, ...] = ()

    def make(self, folder: Path) -> Path:
        """Write the export below *folder*."""
        export = Path(shutil.copytree(COMPLIANT, folder / "export"))
        self.change(export)
        return export


def text_of(path: Path) -> str:
    """Read a file of an export."""
    raw = path.read_bytes()
    return raw.decode("utf-16") if raw.startswith(b"\xff\xfe") else raw.decode("utf-8-sig")


def write(path: Path, text: str) -> None:
    """Write a file of an export in the encoding that it had."""
    utf16 = path.exists() and path.read_bytes().startswith(b"\xff\xfe")
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le") if utf16 else text.encode())


def substitute(pattern: str, replacement: str, *, where: str = "*") -> Change:
    """Give the change that replaces *pattern* in the one file, matching the glob *where*, that holds it."""

    def change(export: Path) -> None:
        found = [path for path in sorted(export.rglob(where)) if path.is_file() and re.search(pattern, text_of(path))]
        assert len(found) == 1, (pattern, found)
        write(found[0], re.sub(pattern, replacement, text_of(found[0])))

    return change


def another_cloud(export: Path) -> None:
    """Move the tenant to a cloud that has no second version of the endpoint."""
    for path in export.rglob("*"):
        if path.is_file():
            write(path, text_of(path).replace(".onmicrosoft.com", ".onmicrosoft.de"))


def parameter(name: str, value: str) -> Change:
    """Give the change that sets a parameter of the global settings."""
    return substitute(rf'(name="{re.escape(name)}"[^>]*>)[^<]*<', rf"\g<1>{value}<", where="*.xml")


def rule_change(tag: str, pattern: str, replacement: str) -> Change:
    """Give the change of the standard rule *tag*."""

    def change(export: Path) -> None:
        [path] = [one for one in export.rglob("*.xml") if f">Microsoft.{tag}." in text_of(one)]
        text, count = re.subn(pattern, replacement, text_of(path))
        assert count, pattern
        write(path, text)

    return change


def custom_rule(expression: str = "", precedence: int = 50, scope: str = "") -> Change:
    """Give the change that adds a custom rule on the members of groups."""

    def change(export: Path) -> None:
        [path] = [one for one in export.rglob("*.xml") if ">Microsoft.OuttoAADGroupWriteupMemberLimit." in text_of(one)]
        text = re.sub(r"<immutable-tag>.*?</immutable-tag>", "<immutable-tag />", text_of(path))
        text = re.sub(r"<id>.*?</id>", "<id>{11111111-2222-3333-4444-555555555555}</id>", text)
        text = re.sub(r"<precedence>.*?</precedence>", f"<precedence>{precedence}</precedence>", text)
        if expression:
            text = re.sub(r"<expression>.*?</expression>", f"<expression>{expression}</expression>", text)
        if scope:
            text = text.replace("<synchronizationCriteria>", f"<synchronizationCriteria>{scope}").replace(
                "<synchronizationCriteria />", f"<synchronizationCriteria>{scope}</synchronizationCriteria>"
            )
        path.with_name("SynchronizationRule_{11111111-2222-3333-4444-555555555555}.xml").write_text(text, "utf-8")

    return change


_OWN_FILE = Excepted(
    r"SynchronizationRule_\{11111111", "", "a custom rule's own file: without it there is no such rule"
)
_OWN_LINES = Excepted(
    r"SynchronizationRule_\{11111111",
    r"<expression>|<dest>|csAttribute",
    "what made the custom rule a limit is one line",
)
_REG_EXPORT = Excepted(r"adsync\.reg", r"AadConnectorExportApiVersion", "the one source that disagreed")
_REG_FILTERING = Excepted(
    r"adsync\.reg", r"EnableNonExistentObjectReferenceExportFiltering|PerMAInstance", "the one source that disagreed"
)
_GROUP_JOIN = Excepted(
    r"",
    r"<expression>",
    "a standard rule's expression: a rule that maps `member` as it is has none, and builds whose Group Join does so "
    "cannot be told from one that lost the line",
)
_LIMIT = '(ValueCount\\("member"\\)\\s*(?:&gt;|>)\\s*)\\d+'

RED_CASES = (
    RedCase("exports on v1", substitute(r"(ExportApiVersion\"=dword:0000000)2", r"\g<1>1"), (_REG_EXPORT,)),
    RedCase("imports on v1", substitute(r"(ImportApiVersion\"=dword:0000000)2", r"\g<1>1")),
    RedCase("the filtering of v1", substitute(r"(ExportFiltering\"=dword:0000000)1", r"\g<1>0"), (_REG_FILTERING,)),
    RedCase("the export type of v1", substitute(r"<export-type>5<", "<export-type>2<")),
    RedCase("an old build", substitute(r"<assembly-version>[^<]*<", "<assembly-version>1.1.130.0<")),
    RedCase("a cloud without v2", another_cloud),
    RedCase("the scheduler off", parameter("Microsoft.Synchronize.SynchronizationSchedule", "False")),
    RedCase("the scheduler suspended", parameter("Microsoft.Synchronize.SchedulerSuspended", "True")),
    RedCase("a low limit", rule_change("OuttoAADGroupWriteupMemberLimit", _LIMIT, r"\g<1>50000")),
    RedCase("a limit beyond the service", rule_change("OuttoAADGroupWriteupMemberLimit", _LIMIT, r"\g<1>300000")),
    RedCase(
        "a low limit in another standard rule",
        rule_change(
            "OuttoAADGroupJoin",
            "<attribute-mappings>",
            "<attribute-mappings>\n    <mapping>\n      <dest>member</dest>\n      <src>\n        <attr>member</attr>\n"
            "      </src>\n      <expression>IIF(([memberCount]&gt; 50000),"
            'Error("Maximum Group member count exceeded"),IgnoreThisFlow)</expression>\n'
            "      <valueMergeType>Update</valueMergeType>\n    </mapping>",
        ),
        (_GROUP_JOIN,),
    ),
    RedCase(
        "an expression that is not understood",
        rule_change("OuttoAADGroupWriteupMemberLimit", "IgnoreThisFlow", "AuthoritativeNull"),
    ),
    RedCase(
        "a low limit in a custom rule",
        custom_rule('IIF((ValueCount("member")&gt; 100),Error("no"),IgnoreThisFlow)'),
        (_OWN_FILE, _OWN_LINES),
    ),
    RedCase("a custom rule among the standard ones", custom_rule(precedence=150), (_OWN_FILE, _OWN_LINES)),
)
"""Each is exit 1 or 4 under `v2-endpoint`."""
