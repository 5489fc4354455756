"""Cases of policies: from the bytes of `NAME.test.yaml` to facts and expected outcomes, every name and type known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from checker.errors import PolicyError, UsageError
from checker.load.case_facts import NO_DATA, read_facts, refuse_observed
from checker.load.document import PolicyDocument
from checker.load.expected_outcomes import read_expected
from checker.load.extends import BaseError, FindBase
from checker.load.fields import FieldReader
from checker.load.mistakes import Mistakes
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, Node
from checker.load.policies import load_policies
from checker.load.strict_yaml import read_yaml
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Fact, FactSet, SourceFile, SourceFormat
from checker.model.policy import Policy, Rule
from checker.model.policy_case import CaseFile, CaseServer, PolicyCase
from checker.model.values import FactType, Scalar, show
from checker.schema.inventory_language import SERVER_NAME, TENANT
from checker.schema.policy_test_language import (
    CASE_FILE_KEYS,
    CASE_FILE_REQUIRED,
    CASE_KEYS,
    CASE_REQUIRED,
    CASE_SERVER_KEYS,
    DEFAULTS_KEYS,
)

THE_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""What time it is in cases that do not say."""

THE_SERVER = "server"
"""The name of the only server of a case that names none."""

Values = tuple[tuple[str, str], ...]
"""Parameters with their values as texts, by name."""


def load_policy_cases(content: bytes, path: str, find_policy: FindBase, find_base: FindBase) -> CaseFile:
    """
    Read the cases in *content*, and the policy that they speak of.

    That is found by *find_policy* from the text of `policy`, and what it builds on by *find_base*.

    Raises:
        PolicyError: the cases or the policy cannot be used; every mistake is told.
    """
    mistakes = Mistakes(path)
    reader = FieldReader(mistakes)
    root = read_yaml(content, mistakes)
    form = reader.form(root, "a file of cases", CASE_FILE_KEYS, CASE_FILE_REQUIRED) or {}
    document = _document(reader, form.get("policy"), path, find_policy)
    if document is None:
        raise PolicyError(mistakes.found)
    policies = _Policies(document, find_base)
    file = _FileReader(reader, policies, path, form)
    cases = file.cases(form.get("cases"))
    if mistakes.found:
        raise PolicyError(mistakes.found)
    return CaseFile(path=path, policy=policies.original, now=file.now, cases=cases)


def _document(reader: FieldReader, entry: Entry | None, path: str, find: FindBase) -> PolicyDocument | None:
    text = reader.line(entry, "'policy'")
    if entry is None or not text:
        return None
    try:
        return find(text, path)
    except BaseError as error:
        reader.wrong(entry.value, str(error))
        return None


class _Policies:
    """The policy, with the parameters of each case."""

    def __init__(self, document: PolicyDocument, find_base: FindBase) -> None:
        """
        Read it as it is without any case.

        Raises:
            PolicyError: it cannot be used.
        """
        self._document, self._find_base = document, find_base
        self.original = self._read({})
        self.parameters = {one.name: one for one in self.original.parameters}
        self._rules: dict[Values, Mapping[str, Rule]] = {(): _by_id(self.original)}

    def _read(self, values: Mapping[str, str]) -> Policy:
        (policy,) = load_policies([self._document], values, self._find_base)
        return policy

    def rules(self, values: Mapping[str, Scalar]) -> Mapping[str, Rule]:
        """
        Give the rules with *values* for parameters; cases of the same values share them.

        Raises:
            UsageError: a value does not fit.
        """
        key = tuple(sorted((name, show(value)) for name, value in values.items()))
        if key not in self._rules:
            self._rules[key] = _by_id(self._read(dict(key)))
        return self._rules[key]


def _by_id(policy: Policy) -> Mapping[str, Rule]:
    return {rule.id: rule for rule in policy.rules}


class _FileReader:
    """Reads the cases of one file on top of its defaults."""

    def __init__(self, reader: FieldReader, policies: _Policies, path: str, form: Mapping[str, Entry]) -> None:
        """Read from *form* what all cases share."""
        self._reader, self._policies, self._path = reader, policies, path
        defaults = reader.form(form["defaults"].value, "'defaults'", DEFAULTS_KEYS) if "defaults" in form else None
        self._facts = read_facts(reader, (defaults or {}).get("facts"))
        self._parameters = self._values((defaults or {}).get("parameters"))
        now = reader.literal(form["now"].value, FactType.TIMESTAMP, "'now'") if "now" in form else None
        self.now = now if isinstance(now, datetime) else THE_TIME

    def cases(self, entry: Entry | None) -> tuple[PolicyCase, ...]:
        """Read all cases, of which no two have one name."""
        nodes = (self._reader.items(entry.value, "'cases'") if entry else None) or ()
        found: dict[str, PolicyCase] = {}
        for node in nodes:
            case = self._case(node)
            if case is None:
                continue
            first = found.setdefault(case.name, case)
            if first is not case:
                self._reader.wrong(node, f"a case {shown(case.name)} is already given at {first.location}")
        return tuple(found.values())

    def _case(self, node: Node) -> PolicyCase | None:
        form = self._reader.form(node, "a case", CASE_KEYS, CASE_REQUIRED)
        if form is None:
            return None
        name = self._reader.line(form.get("case"), "the name of a case")
        rules = self._rules(node, form.get("parameters"))
        facts = read_facts(self._reader, form.get("facts"))
        date = self._date(form.get("age"), self.now)
        if "servers" in form:
            servers = self._servers(form["servers"], facts, date)
        else:
            servers = (self._server(THE_SERVER, "", {**self._facts, **facts}, date),)
        expected = read_expected(self._reader, form.get("expect"), rules, servers if "servers" in form else ())
        location = self._reader.location(node)
        return PolicyCase(name=name, rules=rules, servers=servers, expected=expected, location=location)

    def _rules(self, node: Node, entry: Entry | None) -> Mapping[str, Rule]:
        try:
            return self._policies.rules({**self._parameters, **self._values(entry)})
        except UsageError as error:
            self._reader.wrong(entry or node, str(error).removeprefix("--set: "))
            return self._policies.rules({})

    def _values(self, entry: Entry | None) -> dict[str, Scalar]:
        """Read values of parameters, each of the type that the policy declares."""
        known, found = self._policies.parameters, {}
        for one in ((self._reader.mapping(entry.value, "'parameters'") or {}) if entry else {}).values():
            if one.name not in known:
                self._reader.wrong(one, f"the policy has no parameter {shown(one.name)}{hint(one.name, known)}")
                continue
            value = self._reader.literal(one.value, known[one.name].type, f"parameter {shown(one.name)}")
            if value is not None:
                found[one.name] = value
        return found

    def _servers(self, entry: Entry, facts: Mapping[str, Fact], date: datetime) -> tuple[CaseServer, ...]:
        entries = self._reader.mapping(entry.value, "'servers'") or {}
        self._refuse_twins(entries)
        found = (self._one_of_many(one, facts, date) for one in entries.values())
        return tuple(one for one in found if one is not None)

    def _refuse_twins(self, entries: Mapping[str, Entry]) -> None:
        """Tell servers of one name: letter case does not tell them apart, neither here nor in a run."""
        seen: dict[str, str] = {}
        for one in entries.values():
            first = seen.setdefault(one.name.casefold(), one.name)
            if first != one.name:
                self._reader.wrong(
                    one, f"{shown(one.name)} is {shown(first)} in another letter case, and so the same server"
                )

    def _one_of_many(self, entry: Entry, shared: Mapping[str, Fact], shared_date: datetime) -> CaseServer | None:
        reader = self._reader
        reader.key(entry, "a server's name", SERVER_NAME, "sync01.contoso.com")
        form = reader.form(entry.value, "a server", CASE_SERVER_KEYS)
        if form is None:
            return None
        tenant = reader.name(form.get("tenant"), "a tenant", TENANT, "contoso.onmicrosoft.com")
        own = read_facts(reader, form.get("facts"))
        date = self._date(form.get("age"), shared_date)
        missing = "missing" in form and reader.literal(form["missing"].value, FactType.BOOLEAN, "'missing'") is True
        if missing:
            refuse_observed(reader, form.get("facts"), own)
            return self._server(entry.name, tenant, {**dict.fromkeys(CATALOGUE, NO_DATA), **own}, date)
        return self._server(entry.name, tenant, {**self._facts, **shared, **own}, date)

    def _server(self, name: str, tenant: str, facts: Mapping[str, Fact], date: datetime) -> CaseServer:
        source = SourceFile(format=SourceFormat.FACTS, path=self._path, assignment="stated by the case", date=date)
        return CaseServer(facts=FactSet(server=name, facts=facts, sources=(source,)), tenant=tenant)

    def _date(self, entry: Entry | None, otherwise: datetime) -> datetime:
        """Give when the facts were taken, from how old they are."""
        age = self._reader.literal(entry.value, FactType.DURATION, "'age'") if entry else None
        if entry is None or not isinstance(age, timedelta):
            return otherwise
        try:
            return self.now - age
        except OverflowError:
            self._reader.wrong(entry.value, "nothing is as old as that: no calendar goes back so far")
            return otherwise
