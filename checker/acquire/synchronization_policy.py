"""
The settings that the wizard writes: `Applied-` and `Exported-SynchronizationPolicy-*.json`, and `MigratedPolicy.json`.

They tell custom rules in full and of the product's rules only name and precedence; they tell nothing of the endpoint
and nothing of the scheduler.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from checker.acquire.policy_rules import PolicyRules, rule_piece
from checker.acquire.reading import Reading
from checker.acquire.sample import Sample, UnreadableError
from checker.acquire.strict_json import JsonNode, parse_json
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.timestamp import parse_timestamp
from checker.model.values import FactType, Value, parse_scalar

_MARK = re.compile(r'"(?:policyMetadata|deploymentMetadata)"\s*:')

_ONLY_METADATA = "migration"
"""The type of the file that comes with a migration; the rules lie in the folder beside it."""


def recognises(sample: Sample) -> bool:
    """Whether it is an object with the metadata of a synchronization policy."""
    return sample.head.lstrip().startswith("{") and _MARK.search(sample.head) is not None


def read(sample: Sample) -> tuple[Reading, ...]:
    """
    Read what the policy tells.

    Raises:
        UnreadableError: it is no JSON, or a part is not what it should be.
    """
    root = parse_json(sample.text())
    policy = _Policy(sample.name, root)
    metadata = policy.part("policyMetadata")
    deployment = policy.part("deploymentMetadata")
    directory = policy.part("azureDirectoryPolicy")
    facts = dict(
        policy.facts(
            ("product.version", metadata, "azureADConnectVersion", _version),
            ("server.name", deployment, "hostName", str),
            ("server.adsync_service_account", deployment, "serviceAccount", str),
            ("product.auto_upgrade_state", deployment, "autoUpgradeState", _upgrade_state),
            ("tenant.id", directory, "tenantId", str),
            ("features.export_deletion_threshold", directory, "exportDeletionLimit", _integer),
        )
    )
    name = facts.get("server.name")
    return (
        Reading(
            format=SourceFormat.SYNCHRONIZATION_POLICY,
            path=sample.name,
            computer=name.value if isinstance(name, Known) and isinstance(name.value, str) else None,
            date=_date(metadata),
            facts=facts,
            rules=None if _is_migration(metadata) else rule_piece(sample.name, policy.rules(directory)),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One object of the policy; empty where the policy lacks it."""

    path: str
    members: dict[str, JsonNode]


class _Policy:
    """One policy, taken apart."""

    def __init__(self, file: str, root: JsonNode) -> None:
        self._file = file
        if not isinstance(root.value, dict):
            raise UnreadableError("It is no JSON object.", line=root.line, column=root.column)
        self._root = root.value

    def part(self, name: str) -> _Part:
        """Give the object *name* of the root."""
        node = self._root.get(name)
        if node is None:
            return _Part(name, {})
        if not isinstance(node.value, dict):
            raise UnreadableError(f"'{name}' is no JSON object.", line=node.line, column=node.column)
        return _Part(name, node.value)

    def facts(self, *wanted: tuple[str, _Part, str, Callable[[str], Value]]) -> Iterator[tuple[str, Fact]]:
        """Give those of the facts that the policy holds: each by its name, its part, its key, and how it is read."""
        for name, part, key, convert in wanted:
            node = part.members.get(key)
            if node is not None:
                yield name, self._fact(f"{part.path}.{key}", node, convert)

    def rules(self, directory: _Part) -> PolicyRules | None:
        """Give the part with the rules; None where the policy lacks it."""
        forests = self._root.get("onpremisesDirectoryPolicy")
        return PolicyRules(directory.members, forests) if directory.members and forests is not None else None

    def _fact(self, item: str, node: JsonNode, convert: Callable[[str], Value]) -> Fact:
        source = Source(SourceFormat.SYNCHRONIZATION_POLICY, Location(self._file, node.line, node.column), item)
        if node.value is None or node.value == "":
            return Unknown(Reason.NO_DATA, f"'{item}' has no value.", (source,))
        # NOTE: the limit of deletions is written as text; a number would say the same without doubt.
        text = str(node.value) if isinstance(node.value, int) and convert is _integer else node.value
        if not isinstance(text, str) or isinstance(node.value, bool):
            return Unknown(Reason.WRONG_TYPE, f"'{item}' is no text.", (source,))
        try:
            return Known(convert(text), source)
        except ValueError as error:
            return Unknown(Reason.UNPARSED, f"'{item}': {error}.", (source,))


def _version(text: str) -> Value:
    return parse_scalar(text, FactType.VERSION)


def _integer(text: str) -> Value:
    return parse_scalar(text, FactType.INTEGER)


def _upgrade_state(text: str) -> Value:
    words = {word.lower(): word for word in CATALOGUE["product.auto_upgrade_state"].values}
    if text.lower() not in words:
        raise ValueError(f"{text!r} is none of {', '.join(words.values())}")
    return words[text.lower()]


def _date(metadata: _Part) -> datetime | None:
    """Give the time of writing; None where it is missing or has no zone, for then it says too little."""
    node = metadata.members.get("timeCreated")
    if node is None or not isinstance(node.value, str):
        return None
    try:
        # NOTE: .NET's universal form has a blank between date and time: `2026-11-22 10:00:00Z`.
        return parse_timestamp(node.value.replace(" ", "T", 1))
    except ValueError:
        return None


def _is_migration(metadata: _Part) -> bool:
    node = metadata.members.get("type")
    return node is not None and isinstance(node.value, str) and node.value.lower() == _ONLY_METADATA
