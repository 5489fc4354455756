"""What a case expects: an outcome for each rule, or one for each server or tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, MappingNode
from checker.model.policy import Rule, Scope
from checker.model.policy_case import CaseServer, ExpectedOutcome
from checker.model.result import UNKNOWN_TENANT
from checker.schema.policy_test_language import OUTCOMES


def read_expected(
    reader: FieldReader, entry: Entry | None, rules: Mapping[str, Rule], servers: Sequence[CaseServer]
) -> tuple[ExpectedOutcome, ...]:
    """Read what is expected of *rules* on *servers*, of which there are none where the case does not name them."""
    entries = (reader.mapping(entry.value, "'expect'") or {}) if entry else {}
    return tuple(one for its in entries.values() for one in _of_rule(reader, its, rules, servers))


def _of_rule(
    reader: FieldReader, entry: Entry, rules: Mapping[str, Rule], servers: Sequence[CaseServer]
) -> Iterator[ExpectedOutcome]:
    rule = rules.get(entry.name)
    if rule is None:
        reader.wrong(entry, f"the policy has no rule {shown(entry.name)}{hint(entry.name, rules)}")
        return
    if rule.scope is Scope.FLEET and not servers:
        reader.wrong(
            entry, f"rule {entry.name!r} speaks of all servers of a tenant; the case has no 'servers' and no tenants"
        )
        return
    if not isinstance(entry.value, MappingNode):
        yield from _outcome(reader, rule, entry, "")
        return
    known = _subjects(rule, servers)
    for one in (reader.mapping(entry.value, f"what is expected of {entry.name!r}") or {}).values():
        if one.name in known:
            yield from _outcome(reader, rule, one, one.name)
        else:
            kind = "tenant" if rule.scope is Scope.FLEET else "server"
            reader.wrong(one, f"the case has no {kind} {shown(one.name)}{hint(one.name, known)}")


def _subjects(rule: Rule, servers: Sequence[CaseServer]) -> tuple[str, ...]:
    """Name whom *rule* speaks of in the case."""
    if rule.scope is Scope.SERVER:
        return tuple(server.name for server in servers)
    return tuple(dict.fromkeys(server.tenant or UNKNOWN_TENANT for server in servers))


def _outcome(reader: FieldReader, rule: Rule, entry: Entry, subject: str) -> Iterator[ExpectedOutcome]:
    word = reader.word(entry, "outcome", OUTCOMES)
    if word:
        yield ExpectedOutcome(rule=rule.id, outcome=OUTCOMES[word], subject=subject, location=reader.location(entry))
