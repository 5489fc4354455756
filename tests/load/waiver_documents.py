"""Waiver files, right and wrong; the loader and the schema are held against the same table."""

from __future__ import annotations

from dataclasses import dataclass

GOOD = """\
waivers:
  - rule: AADC0006
    servers: [sync01.contoso.com]
    justification: It is raised in steps.
    owner: jane.doe@contoso.com
    approver: max.muster@contoso.com
    ticket: CHG-4711
    created: "2026-11-01"
    expires: "2026-12-31"
"""


@dataclass(frozen=True)
class Document:
    """A waiver file, and what is to be said of it."""

    name: str
    text: str
    told: str = ""  # part of what the loader says; empty where it is right
    schema_knows: bool = True  # whether the schema refuses it, too


def changed(name: str, old: str, new: str, told: str = "", *, schema_knows: bool = True) -> Document:
    """Give `GOOD` with *old* replaced."""
    assert old in GOOD
    return Document(name, GOOD.replace(old, new), told, schema_knows)


DOCUMENTS = (
    Document("as it should be", GOOD),
    Document("nothing is waived", "waivers: []\n"),
    changed("several servers", "[sync01.contoso.com]", "[sync01.contoso.com, sync02.contoso.com]"),
    changed("tenants", "servers: [sync01.contoso.com]", "tenants: [contoso.onmicrosoft.com]"),
    changed("pinned to a value", '"2026-12-31"\n', '"2026-12-31"\n    only_while: {equals: 50000}\n'),
    changed("pinned to a bound", '"2026-12-31"\n', '"2026-12-31"\n    only_while: {at_least: 40000, at_most: 50000}\n'),
    changed("pinned to records", '"2026-12-31"\n', '"2026-12-31"\n    only_while: {each: {limit: {equals: 50000}}}\n'),
    changed("broad", "[sync01.contoso.com]", '["sync*"]\n    broad: true'),
    changed("a broad rule", "AADC0006", "AADC00*\n    broad: true"),
    changed("a rule that nobody has", "AADC0006", "ZZZZ9999"),
    changed("one day", '"2026-12-31"', '"2026-11-01"'),
    changed("the longest span", '"2026-12-31"', '"2027-11-01"'),
    changed("a span too long", '"2026-12-31"', '"2027-11-02"', "it spans 366 days", schema_knows=False),
    changed("T57 ninety years", '"2026-12-31"', '"2116-11-01"', "32872 days", schema_knows=False),
    changed("T57 F-E01 no expiry", '    expires: "2026-12-31"\n', "", "has no 'expires'"),
    changed("T57 no such day", '"2026-12-31"', '"2027-02-30"', "there is no day '2027-02-30'", schema_knows=False),
    changed("T57 F-E02 another form", '"2026-12-31"', '"31.12.2026"', "is no date such as"),
    changed("F-E13 a span instead of a day", '"2026-12-31"', '"90d"', "is no date such as"),
    changed("T57 no day after", '"2026-11-01"\n    expires: "2026-12-31"', '"9999-11-01"\n    expires: "9999-12-31"',
            "no day comes after 9999-12-31", schema_knows=False),
    changed("the year nought", '"2026-11-01"', '"0000-11-01"', "there is no day '0000-11-01'", schema_knows=False),
    changed("F-E09 an owner whom nobody sees", "jane.doe@contoso.com", '"\\u200b"', "nobody sees", schema_knows=False),
    changed("F-E09 a ticket that nobody sees", "CHG-4711", '"\\u2060 \\u00ad"', "nobody sees", schema_knows=False),
    changed("a date without quotes", '"2026-12-31"', "2026-12-31", "ambiguous", schema_knows=False),
    changed("a number for a date", '"2026-12-31"', "20261231", "is a date in quotes"),
    changed("it ends before it begins", '"2026-12-31"', '"2026-10-31"', "before it was created", schema_knows=False),
    changed("T57 F-E09 no owner", "    owner: jane.doe@contoso.com\n", "", "has no 'owner'"),
    changed("F-E09 no approver", "    approver: max.muster@contoso.com\n", "", "has no 'approver'"),
    changed("F-E09 no ticket", "    ticket: CHG-4711\n", "", "has no 'ticket'"),
    changed("F-E09 no justification", "    justification: It is raised in steps.\n", "", "has no 'justification'"),
    changed("F-E09 a blank justification", "It is raised in steps.", '"  "', "is blank"),
    changed(
        "T57 F-E08 F-E15 the owner approves", "max.muster@contoso.com", "jane.doe@contoso.com", "the approver is the owner",
        schema_knows=False,
    ),
    changed(
        "the owner in capitals", "max.muster@contoso.com", "Jane.Doe@CONTOSO.com", "the approver is the owner",
        schema_knows=False,
    ),
    changed(
        "the owner in wide letters", "max.muster@contoso.com", '"\\uff4aane.doe@contoso.com"',
        "the approver is the owner", schema_knows=False,
    ),
    changed(
        "the owner with a blank that joins", "max.muster@contoso.com", '"jane.doe@contoso.com\\u00a0"',
        "the approver is the owner", schema_knows=False,
    ),
    changed(
        "T58 F-E03 any server", "[sync01.contoso.com]", '["*"]', "say 'broad: true'",
    ),
    changed("T58 a pattern of rules", "AADC0006", '"AADC*"', "say 'broad: true'"),
    changed("a regular expression", "AADC0006", '"AADC.+"', "is not a rule's id"),
    changed("not broad after all", "[sync01.contoso.com]", '["sync*"]\n    broad: false', "say 'broad: true'"),
    changed("no rule", "AADC0006", '""', "one line"),
    changed("for nobody", "    servers: [sync01.contoso.com]\n", "", "neither 'servers' nor 'tenants'"),
    changed("an empty list", "[sync01.contoso.com]", "[]", "is empty"),
    changed("one text for a list", "[sync01.contoso.com]", "sync01.contoso.com", "is a list"),
    changed("a server twice", "[sync01.contoso.com]", "[a, a]", "given twice"),
    changed("a server in two cases", "[sync01.contoso.com]", "[a, A]", "another letter case", schema_knows=False),
    changed("a number as a server", "[sync01.contoso.com]", "[1]", "not the integer"),
    changed("F-E02 a slip", "expires:", "expiers:", "did you mean 'expires'"),
    changed("a pin without a value", '"2026-12-31"\n', '"2026-12-31"\n    only_while: {}\n', "is empty"),
    changed(
        "a pin of another type", '"2026-12-31"\n', '"2026-12-31"\n    only_while: {equals: "50000"}\n',
        "'limit' is an integer", schema_knows=False,
    ),
    changed(
        "a pin of absence", '"2026-12-31"\n', '"2026-12-31"\n    only_while: {absent: required}\n', "only_while",
    ),
    changed(
        "a pin of absence beside a value", "AADC0006", "AADC0001\n    only_while: {equals: 1, absent: allowed}",
        "what is absent has none",
    ),
    changed(
        "a pin of many rules", "AADC0006", "AADC*\n    broad: true\n    only_while: {equals: 1}", "one rule",
        schema_knows=False,
    ),
    changed("a pin of no rule that is known", "AADC0006", "ZZZZ9999\n    only_while: 5", "'only_while' is a mapping"),
    changed("broad is no word", "AADC0006", 'AADC0006\n    broad: "yes"', "'broad'"),
    Document("T57 nothing", "", "there is no document"),
    Document("a list", "- rule: AADC0006\n", "a waiver file is a mapping"),
    Document("no list", "waivers: {rule: AADC0006}\n", "'waivers' is a list"),
    Document("another key", "waivers: []\nlongest: 900\n", "unknown key 'longest'"),
    Document("a waiver that is none", "waivers: [AADC0006]\n", "a waiver is a mapping"),
    Document("without the list", "waiver: []\n", "did you mean 'waivers'"),
)  # fmt: skip
