"""The connectors of a running server, by pipelines of cmdlets; of what they hold, only what is no secret is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.acquire.cmdlet_objects import CmdletValue
from checker.acquire.live.cmdlet_rules_plan import identifier_of, rows_by_owner
from checker.acquire.live.conversation import Conversation, NotAnsweredError, partial
from checker.acquire.live.pipelines import ACCOUNTS, CONNECTORS, EXTENSIONS
from checker.acquire.live.question import Question
from checker.model.collection import Failure

_PARTS = {"tenant.connector_account": ACCOUNTS, "endpoint.export_type": EXTENSIONS}
"""What stands deep in a connector, and the question for it."""


@dataclass(frozen=True, slots=True)
class ConnectorAnswer:
    """All connectors as the product has them, and why a fact about them could not be asked for."""

    values: tuple[CmdletValue, ...]
    failed: Mapping[str, Failure]


def read_connectors(conversation: Conversation) -> ConnectorAnswer:
    """
    Give all connectors, each with its account and its export type where these could be read.

    Raises:
        NotAnsweredError: they could not be read, or the answers contradict each other.
    """
    connectors = conversation.values(CONNECTORS)
    if not connectors:
        raise partial(CONNECTORS, "There is no connector, and every server has one.")
    by_identifier = {identifier_of(CONNECTORS, one): one for one in connectors}
    if len(by_identifier) != len(connectors):
        raise partial(CONNECTORS, "Two connectors have the same identifier.")
    failed: dict[str, Failure] = {}
    rows: dict[str, Mapping[str, tuple[CmdletValue, ...]]] = {}
    for fact, question in _PARTS.items():
        try:
            found = conversation.values(question)
        except NotAnsweredError as error:
            failed[fact] = error.failure
            found = ()
        rows[fact] = rows_by_owner(question, found, by_identifier)
    accounts, extensions = (rows[fact] for fact in _PARTS)
    whole = [
        _whole(connector, accounts[identifier], extensions[identifier])
        for identifier, connector in by_identifier.items()
    ]
    return ConnectorAnswer(tuple(whole), failed)


def _whole(
    connector: CmdletValue, accounts: tuple[CmdletValue, ...], extensions: tuple[CmdletValue, ...]
) -> CmdletValue:
    """Put *connector* together as the product has it."""
    if len(extensions) > 1:
        raise partial(EXTENSIONS, f"A connector has {len(extensions)} of them.")
    content = dict(connector.content) if isinstance(connector.content, Mapping) else {}
    content["connectivityparameters"] = CmdletValue(accounts, 1, 1)
    if extensions:
        content["extensionconfiguration"] = extensions[0]
    return CmdletValue(content, 1, 1)


def where_of(fact: str) -> Question:
    """Give the question that the *fact* about a connector rests on."""
    return _PARTS.get(fact, CONNECTORS)
