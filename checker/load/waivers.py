"""Waiver files: from bytes to exceptions that name who accepts what, why, and until when."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from checker.errors import PolicyError
from checker.load.expectations import ExpectationReader
from checker.load.fields import FieldReader, is_name, seen
from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import Entry, ListNode, Node, ScalarNode
from checker.load.parameters import Parameters
from checker.load.pins import read_pin
from checker.load.strict_yaml import read_yaml
from checker.model.policy import Expectation, Policy, Rule
from checker.model.values import FactType
from checker.model.waiver import Waiver, WaiverFile
from checker.schema.policy_language import RULE_ID
from checker.schema.waiver_language import (
    DATE,
    RULE_PATTERN,
    TARGET,
    WAIVER_FILE_KEYS,
    WAIVER_KEYS,
    WAIVER_REQUIRED,
    WILDCARD,
)


def load_waivers(content: bytes, path: str, policies: Sequence[Policy], longest_days: int) -> WaiverFile:
    """
    Read the waivers in *content*, none of which may span more than *longest_days*.

    The *policies* of the run say which type the value of an `only_while` has. A waiver of a rule that none of them has
    is no mistake here: it covers nothing, and the run says so.

    Raises:
        PolicyError: the file cannot be used; every mistake is told.
    """
    mistakes = Mistakes(path)
    reader = FieldReader(mistakes)
    rules = {rule.id: rule for policy in policies for rule in policy.rules}
    root = read_yaml(content, mistakes)
    form = reader.form(root, "a waiver file", WAIVER_FILE_KEYS, WAIVER_FILE_KEYS) or {}
    found = [_waiver(reader, node, rules, longest_days) for node in _nodes(reader, form.get("waivers"))]
    if mistakes.found:
        raise PolicyError(mistakes.found)
    waivers = tuple(one for one in found if one is not None)
    return WaiverFile(path=path, sha256=hashlib.sha256(content).hexdigest(), waivers=waivers)


def _nodes(reader: FieldReader, entry: Entry | None) -> Sequence[Node]:
    if entry is None:
        return ()
    if isinstance(entry.value, ListNode):
        return entry.value.items  # none is fine: then nothing is accepted
    reader.expected(entry.value, "'waivers' is a list")
    return ()


def _waiver(reader: FieldReader, node: Node, rules: Mapping[str, Rule], longest_days: int) -> Waiver | None:
    form = reader.form(node, "a waiver", WAIVER_KEYS, WAIVER_REQUIRED)
    if form is None:
        return None
    broad = "broad" in form and reader.literal(form["broad"].value, FactType.BOOLEAN, "'broad'") is True
    rule = _rule(reader, form.get("rule"), broad=broad)
    servers = _targets(reader, form.get("servers"), broad=broad)
    tenants = _targets(reader, form.get("tenants"), broad=broad)
    if not {"servers", "tenants"} & form.keys():
        reader.wrong(node, "a waiver has neither 'servers' nor 'tenants'; say for whom it is")
    justification = reader.text(form.get("justification"), "the justification of a waiver")
    ticket = reader.line(form.get("ticket"), "the ticket of a waiver")
    _refuse_unseen(reader, form.get("ticket"), ticket)
    owner, approver = _people(reader, form)
    span = _span(reader, form, longest_days)
    only_while = _only_while(reader, form.get("only_while"), rule, rules)
    if span is None:
        return None
    return Waiver(
        rule=rule,
        servers=servers,
        tenants=tenants,
        broad=broad,
        justification=justification,
        owner=owner,
        approver=approver,
        ticket=ticket,
        created=span[0],
        expires=span[1],
        only_while=only_while,
        location=reader.location(node),
    )


def _rule(reader: FieldReader, entry: Entry | None, *, broad: bool) -> str:
    value = reader.line(entry, "the rule of a waiver")
    if entry is None or not value or is_name(value, RULE_ID):
        return value
    if not is_name(value, RULE_PATTERN) or not re.search(WILDCARD, value):
        reader.wrong(entry.value, f"{shown(value)} is not a rule's id, such as 'AADC0001'")
    elif not broad:
        reader.wrong(entry.value, f"{shown(value)} is a pattern; name the rule, or say 'broad: true' beside it")
    return value


def _targets(reader: FieldReader, entry: Entry | None, *, broad: bool) -> tuple[str, ...]:
    if entry is None:
        return ()
    what = f"'{entry.name}'"
    names = reader.lines(entry, what, TARGET)
    seen: dict[str, str] = {}
    for node in _items(entry):
        if not (isinstance(node, ScalarNode) and isinstance(node.value, str)):
            continue
        name = node.value
        if re.search(WILDCARD, name) and not broad:
            reader.wrong(node, f"{shown(name)} is a pattern; name each of {what}, or say 'broad: true' beside it")
        if seen.setdefault(name.casefold(), name) != name:
            reader.wrong(node, f"{shown(name)} is given twice in {what}, in another letter case")
    return names


def _items(entry: Entry) -> Sequence[Node]:
    return entry.value.items if isinstance(entry.value, ListNode) else ()


def _people(reader: FieldReader, form: Mapping[str, Entry]) -> tuple[str, str]:
    owner = reader.line(form.get("owner"), "the owner of a waiver")
    approver = reader.line(form.get("approver"), "the approver of a waiver")
    for key, value in (("owner", owner), ("approver", approver)):
        _refuse_unseen(reader, form.get(key), value)
    if owner and approver and _person(owner) == _person(approver):
        reader.wrong(form["approver"].value, "the approver is the owner; an exception is approved by somebody else")
    return owner, approver


def _refuse_unseen(reader: FieldReader, entry: Entry | None, value: str) -> None:
    if entry and value.strip() and not _person(value):
        reader.wrong(entry.value, f"{entry.name!r} holds only characters that nobody sees")


def _person(name: str) -> str:
    """Give *name* without what makes one person look like two: letter case, blanks, invisible and wide characters."""
    return " ".join(seen(unicodedata.normalize("NFKC", name)).casefold().split())


def _span(reader: FieldReader, form: Mapping[str, Entry], longest_days: int) -> tuple[date, date] | None:
    """Give the first and the last day; a span that is too long is a mistake, and no shorter one is made of it."""
    created, expires = (_date(reader, form[key]) if key in form else None for key in ("created", "expires"))
    if created is None or expires is None:
        return None
    days = (expires - created).days
    if days < 0:
        reader.wrong(form["expires"].value, f"it expires before it was created, on {created}")
        return None
    if expires == date.max:
        reader.wrong(form["expires"].value, f"no day comes after {expires}; name one that ends")
        return None
    if days > longest_days:
        reader.wrong(form["expires"].value, f"it spans {days} days, and {longest_days} are the most (--longest-waiver)")
        return None
    return created, expires


def _date(reader: FieldReader, entry: Entry) -> date | None:
    match entry.value:
        case ScalarNode(value=str() as text, quoted=True) if is_name(text, DATE):
            try:
                return date.fromisoformat(text)
            except ValueError:
                reader.wrong(entry.value, f"there is no day {shown(text)}")
        case ScalarNode(value=str() as text, quoted=True):
            reader.wrong(entry.value, f"{shown(text)} is no date such as '2026-12-31'")
        case _:
            reader.expected(entry.value, f"{entry.name!r} is a date in quotes, such as '2026-12-31'")
    return None


def _only_while(reader: FieldReader, entry: Entry | None, rule: str, rules: Mapping[str, Rule]) -> Expectation | None:
    if entry is None:
        return None
    if re.search(WILDCARD, rule):
        reader.wrong(entry, "'only_while' speaks of the value of one rule; name the rule instead of a pattern")
        return None
    known = rules.get(rule)
    if known is None:  # the run tells that there is no such rule
        reader.mapping(entry.value, "'only_while'")
        return None
    return read_pin(reader, ExpectationReader(reader, Parameters({}, {})), entry, known)
