"""What the JSON Schema of facts documents says of those that come from running servers."""

from __future__ import annotations

from checker.model.catalogue import CATALOGUE
from checker.model.collection import FailureClass, Plan
from checker.model.values import Json

_Schema = dict[str, Json]

_TEXT: _Schema = {"type": "string"}
_TRUTH: _Schema = {"type": "boolean"}
_MOMENT: _Schema = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
}
_LENGTH: _Schema = {
    "type": "string",
    "pattern": r"^-?(P[0-9T][0-9DTHMS.]*|([0-9]{1,7}\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?)$",
}
_NUMBER: _Schema = {"type": "integer", "minimum": 1}


def collection_schema() -> _Schema:
    """Give the schema of the key `collection`: how the document came from a running server."""
    return _object(
        {
            "plan": _said({"enum": [one.value for one in Plan]}, "How the server was asked."),
            "host": _said(_TEXT, "The name or address that was connected to."),
            "port": _NUMBER,
            "tls": _said(_TRUTH, "Whether the connection was encrypted by TLS."),
            "tls_verified": _said(_TRUTH, "False: whoever answered may be another server."),
            "authentication": _TEXT,
            "configuration_name": _said(_TEXT, "The PowerShell endpoint."),
            "module_version": _TEXT,
            "run_by": _said(_TEXT, "The account, on the server, that the facts were read with."),
            "groups": _said({"type": "array", "items": _TEXT}, "The groups of the product that the account is in."),
            "server_time": _said(_MOMENT, "The clock of the server."),
            "clock_skew": _said(_LENGTH, "How far the clock of the server was ahead."),
            "attempts": _NUMBER,
            "not_delivered": _said(
                {"type": "array", "items": {"enum": list(CATALOGUE)}}, "Facts that this way cannot deliver."
            ),
            "failures": _said(
                {
                    "type": "array",
                    "items": _object(
                        {"kind": {"enum": [one.value for one in FailureClass]}, "message": _TEXT},
                        required=("kind", "message"),
                    ),
                },
                "What could not be read, and why.",
            ),
            "snapshot": _said(
                _object(
                    {
                        "path": _TEXT,
                        "written": _MOMENT,
                        "owner": _TEXT,
                        "access": _said({"type": "array", "items": _TEXT}, "The entries of the access list."),
                    },
                    required=("path",),
                ),
                "The file that a scheduled task of the server wrote.",
            ),
        },
        description="How the document came from a running server.",
    )


def cmdlets_schema() -> _Schema:
    """Give the schema of the key `cmdlets`: the objects that cmdlets gave, as our module writes them."""
    answer: Json = {
        "type": "object",
        "properties": {"status": {"enum": ["ok", "absent", "denied", "error"]}},
        "required": ["status"],
        "if": {"properties": {"status": {"const": "ok"}}},
        "then": _object({"status": True, "value": {"type": "array"}, "detail": True}, required=("status", "value")),
        "else": _object(
            {"status": True, "value": True, "detail": {"type": "string", "minLength": 1}}, required=("status", "detail")
        ),
    }
    names = (
        "Get-ADSyncScheduler",
        "Get-ADSyncRule",
        "Get-ADSyncConnector",
        "Get-ADSyncGlobalSettings",
        "Get-ADSyncAutoUpgrade",
    )
    return _object(
        dict.fromkeys(names, answer),
        description="What cmdlets gave on the server, as the module of the checker writes it.",
    )


def _said(schema: _Schema, description: str) -> _Schema:
    return {"description": description, **schema}


def _object(properties: dict[str, Json], *, required: tuple[str, ...] = (), description: str = "") -> _Schema:
    schema: _Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if description:
        schema = {"description": description, **schema}
    return schema | {"required": list(required)} if required else schema
