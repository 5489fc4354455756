"""Policies: from the bytes of documents to rules that are checked in every name and type."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checker.errors import Mistake, PolicyError, UsageError
from checker.load.fields import FieldReader
from checker.load.mistakes import Mistakes
from checker.load.nearest import hint, shown
from checker.load.nodes import ListNode, MappingNode, Node, ScalarNode, WrongNode
from checker.load.parameters import read_parameters, setting_problem
from checker.load.rule import read_rule
from checker.load.strict_yaml import read_yaml
from checker.model.location import Location
from checker.model.policy import Policy
from checker.schema.policy_language import POLICY_KEYS, POLICY_NAME, POLICY_REQUIRED, POLICY_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A policy as it lies in a file."""

    path: str  # as the user knows it
    content: bytes
    shipped: bool = False  # whether it comes with the checker


def load_policies(documents: Sequence[PolicyDocument], settings: Mapping[str, str]) -> tuple[Policy, ...]:
    """
    Read *documents*, in order, and give the parameters that *settings* name the values that stand there.

    The very same document given twice counts once. A setting counts for every policy that has the parameter.

    Raises:
        PolicyError: a document cannot be used; every mistake of all of them is told.
        UsageError: a setting names no parameter of any policy, or its value does not fit.
    """
    distinct: dict[bytes, PolicyDocument] = {}
    for document in documents:
        distinct.setdefault(document.content, document)
    drafts = [_draft(document) for document in distinct.values()]
    mistakes = [mistake for draft in drafts for mistake in draft.mistakes] + list(_clashes(drafts))
    if mistakes:
        raise PolicyError(mistakes)
    policies = tuple(draft.policy for draft in drafts if draft.policy)
    if not settings:
        return policies
    _check_settings(policies, settings)
    return tuple(_with_settings(draft, settings) for draft in drafts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A document that was read, its parameters having their own values."""

    document: PolicyDocument
    root: Node
    policy: Policy | None = None
    mistakes: tuple[Mistake, ...]


def _draft(document: PolicyDocument) -> _Draft:
    mistakes = Mistakes(document.path)
    try:
        root = read_yaml(document.content, mistakes)
        policy = _read_policy(document, root, mistakes, {})
    except PolicyError as error:
        return _Draft(document=document, root=WrongNode(1, 1), mistakes=error.mistakes)
    return _Draft(document=document, root=root, policy=policy, mistakes=mistakes.found)


def _check_settings(policies: Sequence[Policy], settings: Mapping[str, str]) -> None:
    """
    Hold *settings* against the declarations of the parameters.

    Raises:
        UsageError: one is unknown, or has another type or value than declared.
    """
    parameters = [parameter for policy in policies for parameter in policy.parameters]
    names = {parameter.name for parameter in parameters}
    problems = [
        f"no policy has a parameter {shown(name)}{hint(name, names)}" for name in settings if name not in names
    ] + [
        problem
        for parameter in parameters
        if parameter.name in settings and (problem := setting_problem(parameter, settings[parameter.name]))
    ]
    if problems:
        raise UsageError(f"--set: {'; '.join(dict.fromkeys(problems))}")


def _with_settings(draft: _Draft, settings: Mapping[str, str]) -> Policy:
    """
    Read a document again whose parameters now have other values.

    Raises:
        UsageError: an expectation makes no sense with them; the document made sense with its own.
    """
    mistakes = Mistakes(draft.document.path)
    policy = _read_policy(draft.document, draft.root, mistakes, settings)
    if mistakes.found:
        raise UsageError(f"--set: the values do not fit the policy: {'; '.join(map(str, mistakes.found))}")
    return policy


def _read_policy(document: PolicyDocument, root: Node, mistakes: Mistakes, settings: Mapping[str, str]) -> Policy:
    """Read one policy; it can be used only if no mistake was noted."""
    reader = FieldReader(mistakes)
    form = reader.form(root, "a policy", POLICY_KEYS, POLICY_REQUIRED) or {}
    name = reader.name(form.get("policy"), "a policy's name", POLICY_NAME, "v2-endpoint")
    version = reader.name(form.get("version"), "a policy's version", POLICY_VERSION, "1.0.0")
    title = reader.line(form.get("title"), "the title of a policy")
    description = reader.text(form.get("description"), "the description of a policy")
    parameters = read_parameters(reader, form.get("parameters"), settings)
    nodes = (reader.items(form["rules"].value, "'rules'") if "rules" in form else None) or ()
    rules = tuple(read_rule(reader, parameters, node, name) for node in nodes)
    if not mistakes.found:
        # A rule that was not understood may be the one that uses a parameter; so this is told last.
        for unused in parameters.unused:
            reader.wrong(unused, f"no rule uses parameter {unused.name!r}")
    return Policy(
        name=name,
        version=version,
        title=title,
        description=description,
        parameters=parameters.valid,
        rules=tuple(rule for rule in rules if rule),
        path=document.path,
        sha256=hashlib.sha256(document.content).hexdigest(),
        shipped=document.shipped,
    )


def _clashes(drafts: Sequence[_Draft]) -> Iterator[Mistake]:
    """Find the names of policies and the ids of rules that were taken before, in whichever document."""
    known: dict[tuple[str, str], Location] = {}
    for draft in drafts:
        for what, name, node in _names(draft.root):
            location = Location(draft.document.path, node.line, node.column)
            first = known.setdefault((what, name), location)
            if first is not location:
                yield Mistake(location, f"{what} {shown(name)} is already given at {first}")


def _names(root: Node) -> Iterator[tuple[str, str, Node]]:
    """Name what a document defines, however wrong the rest of it is."""
    rules = _value(root, "rules")
    places = [("policy", _value(root, "policy"))]
    places += [("rule", _value(rule, "id")) for rule in (rules.items if isinstance(rules, ListNode) else ())]
    for what, node in places:
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            yield what, node.value, node


def _value(node: Node, key: str) -> Node:
    if isinstance(node, MappingNode) and key in node.entries:
        return node.entries[key].value
    return WrongNode(node.line, node.column)
