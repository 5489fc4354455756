"""JSON as text that is the same for the same value, and harmless where it is printed into a log."""

from __future__ import annotations

import json
import re

from checker.model.values import Json

_SUSPECT = re.compile("##|[^ -~\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def json_text(value: Json) -> str:
    """Write *value* with two blanks of indentation and a line end; NaN and infinity are refused."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    # NOTE: a lone surrogate cannot be written as UTF-8, and as an escape strict readers refuse it; it becomes the
    # visible text `\ud800`, with a backslash that is a character.
    text = _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text)
    return _SUSPECT.sub(_escaped, text) + "\n"


def _escaped(found: re.Match[str]) -> str:
    """
    Escape what would act in a log or a terminal, and keep all else.

    NOTE: it is lossless, for JSON may escape any character of a string, and none of these stands outside of one. The
    runners of GitHub and Azure take `##` for the beginning of a command.
    """
    if found[0] == "##":
        return r"\u0023\u0023"
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in found[0])
