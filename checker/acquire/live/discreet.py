"""Text that servers and libraries say of what went wrong, made fit to be shown: short, harmless, without secrets."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

from checker.acquire.live.commands import Target

LONGEST = 300
"""Characters of a message."""
_REDACTED = "***"


def secrets_of(target: Target) -> tuple[str, ...]:
    """Give every form in which the secret of *target* travels, or in which somebody may send it back."""
    secret = target.secret
    if not secret:
        return ()
    pair = f"{target.username}:{secret}"
    forms = {
        secret,
        *(
            base64.b64encode(text.encode(coding)).decode()
            for text in (secret, pair)
            for coding in ("utf-8", "utf-16-le")
        ),
        html.escape(secret),
        escape(secret),
        escape(secret, {'"': "&quot;", "'": "&apos;"}),
        quote(secret),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        " ".join(secret.split()) or secret,
    }
    return tuple(sorted(forms, key=len, reverse=True))


def discreet(text: str, secrets: Iterable[str]) -> str:
    """Give *text* without *secrets*, on one line, without characters that do something to a terminal, and short."""
    known = tuple(secrets)
    line = "".join(one if one.isprintable() else " " for one in _without(text, known))
    # NOTE: once more, for a secret may have been broken by a line end.
    line = _without(" ".join(line.split()), known)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, _REDACTED)
    return text
