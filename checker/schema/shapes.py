"""The shapes that the schema of policies is put together from."""

from __future__ import annotations

from collections.abc import Sequence

from checker.model.values import Json
from checker.schema.policy_language import LINE, LONGEST_LINE, LONGEST_NAME, TEXT

Schema = dict[str, Json]


def ref(name: str) -> Schema:
    """Point at a definition."""
    return {"$ref": f"#/$defs/{name}"}


def closed(required: Sequence[str], **properties: Json) -> Schema:
    """Give an object of just these *properties*."""
    needed: Schema = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties, **needed, "additionalProperties": False}


def mapping(values: Schema, names: str, description: str) -> Schema:
    """Give an object of at least one of *values*, under free *names* of that form."""
    return {
        "description": description,
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": names, "maxLength": LONGEST_NAME},
        "additionalProperties": values,
    }


def listing(items: Schema) -> Schema:
    """Give a list of at least one of *items*, each once."""
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": items}


def name(form: str, description: str) -> Schema:
    """Give a name of the *form*."""
    return {"type": "string", "pattern": form, "maxLength": LONGEST_NAME, "description": description}


def line(description: str) -> Schema:
    """Give one line that is not blank."""
    return {"type": "string", "pattern": LINE, "maxLength": LONGEST_LINE, "description": description}


def text(description: str) -> Schema:
    """Give any number of lines that are not all blank."""
    return {"type": "string", "pattern": TEXT, "description": description}
