"""What `ConvertTo-Json` writes, of Windows PowerShell 5.1 and of PowerShell 7, as objects of PowerShell."""

from __future__ import annotations

from checker.acquire.cmdlet_objects import CmdletValue, properties
from checker.acquire.strict_json import JsonNode, parse_json


def read_powershell_json(text: str) -> tuple[CmdletValue, ...]:
    """
    Give the objects that were written; a list at the top is what a cmdlet gave one by one.

    Raises:
        UnreadableError: it is no JSON.
    """
    root = powershell_value(parse_json(text))
    return root.content if isinstance(root.content, tuple) else (root,)


def powershell_value(node: JsonNode) -> CmdletValue:
    """
    Give *node*, of a text that was read already, as a value of PowerShell.

    Raises:
        UnreadableError: an object has a property twice, in whatever case.
    """
    raw = node.value
    if isinstance(raw, tuple):
        return CmdletValue(tuple(map(powershell_value, raw)), node.line, node.column)
    if not isinstance(raw, dict):
        return CmdletValue(raw, node.line, node.column)
    return _wrapped(node, raw) or CmdletValue(
        properties([(name, powershell_value(one)) for name, one in raw.items()], line=node.line, column=node.column),
        node.line,
        node.column,
    )


def _wrapped(node: JsonNode, raw: dict[str, JsonNode]) -> CmdletValue | None:
    """Unwrap what Windows PowerShell wraps: lists with their count, members of enumerations with their name."""
    if raw.keys() == {"value", "Count"}:
        entries, count = raw["value"].value, raw["Count"].value
        if isinstance(entries, tuple) and not isinstance(count, bool) and count == len(entries):
            return CmdletValue(tuple(map(powershell_value, entries)), node.line, node.column)
    if raw.keys() == {"value", "Value"}:
        number, word = raw["value"].value, raw["Value"].value
        if isinstance(number, int) and not isinstance(number, bool) and isinstance(word, str):
            return CmdletValue(number, node.line, node.column, text=word)
    return None
