"""
The answers of cmdlets in a facts document that our module wrote on a server.

The module only looks: it writes the objects of each cmdlet property by property, and what they mean is decided here,
as it is for every dump.
"""

from __future__ import annotations

from checker.acquire.cmdlet_answers import CMDLETS, Answer, Told, told_by_cmdlets
from checker.acquire.facts_document_form import MisfitError
from checker.acquire.powershell_json import powershell_value
from checker.acquire.strict_json import JsonNode, parse_json
from checker.model.facts import Reason, Source, SourceFormat, Unknown
from checker.model.location import Location

_REASONS = {"absent": Reason.NO_DATA, "denied": Reason.DENIED, "error": Reason.COLLECTION_FAILED}
"""Why nothing was read; that a cmdlet gave nothing is no proof that there is nothing."""


def read_cmdlets(file: str, text: str, first_line: int) -> Told:
    """
    Read the key `cmdlets` of the document *text*, which is known to have it.

    Raises:
        MisfitError: it is not what the schema says.
        UnreadableError: an object in it has a property twice.
    """
    root = parse_json(text, first_line=first_line)
    assert isinstance(root.value, dict)  # noqa: S101 - it has the key
    members = root.value["cmdlets"].value
    if not isinstance(members, dict):
        raise MisfitError("There is no object where the answers of cmdlets belong", "cmdlets", reason=Reason.WRONG_TYPE)
    answers: dict[str, Answer] = {}
    for name, node in members.items():
        if name not in CMDLETS:
            raise MisfitError(f"'{name}' is none of {', '.join(CMDLETS)}", "cmdlets", name)
        try:
            answers[name] = _answer(file, name, node)
        except MisfitError as error:
            raise error.below("cmdlets", name) from error
    return told_by_cmdlets(file, answers)


def _answer(file: str, name: str, node: JsonNode) -> Answer:
    answer = node.value
    if not isinstance(answer, dict):
        raise MisfitError("There is no object where an answer belongs", reason=Reason.WRONG_TYPE)
    for key in answer:
        if key not in ("status", "value", "detail"):
            raise MisfitError(f"The key '{key}' is unknown here", key)
    status = answer["status"].value if "status" in answer else None
    if status == "ok":
        value = powershell_value(answer["value"]) if "value" in answer else None
        if value is None or not isinstance(value.content, tuple):
            raise MisfitError("The 'value' of an answer is a list", *(("value",) if value else ()))
        return value.content
    if not isinstance(status, str) or status not in _REASONS:
        raise MisfitError(
            f"The status is none of ok, {', '.join(_REASONS)}", *(("status",) if "status" in answer else ())
        )
    detail = answer["detail"].value if "detail" in answer else None
    if not isinstance(detail, str) or not detail:
        raise MisfitError(f"An answer with the status '{status}' says why in 'detail'")
    source = Source(SourceFormat.FACTS, Location(file, node.line, node.column), name)
    return Unknown(_REASONS[status], f"{name}: {detail}", (source,))
