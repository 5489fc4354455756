"""What the errors of the Kerberos library mean, by their numbers, and by their texts where those are not passed on."""

from __future__ import annotations

import re

from checker.model.collection import FailureClass

_REJECTED = (-1765328353, -1765328360, -1765328361, -1765328366, -1765328378)
"""A wrong password in two forms, an expired one, a locked account, an unknown one."""
_NO_TICKET = (-1765328189, -1765328243, -1765328352)
"""No credential cache, no ticket in it, an expired one."""
_NUMBERS = {
    **{code % 2**32: FailureClass.AUTH_REJECTED for code in _REJECTED},
    **{code % 2**32: FailureClass.CREDENTIAL_UNAVAILABLE for code in _NO_TICKET},
}
_WORDS = (
    (re.compile(r"Preauthentication failed|Decrypt integrity|revoked|Client .*not found"), FailureClass.AUTH_REJECTED),
    (
        re.compile(r"[Tt]icket (has )?expired|No (Kerberos )?credentials|credentials? cache"),
        FailureClass.CREDENTIAL_UNAVAILABLE,
    ),
    (re.compile(r"KDC|Kerberos database|realm|[Cc]lock skew"), FailureClass.KDC),
)
"""The same by its text, for what comes through the general interface (GSSAPI) may have numbers of its own."""


def kerberos_failure(error: BaseException) -> FailureClass:
    """Read the number, which some libraries give with and some without a sign, or else the text."""
    for name in ("err_code", "min_code"):
        code = getattr(error, name, None)
        if isinstance(code, int) and code % 2**32 in _NUMBERS:
            return _NUMBERS[code % 2**32]
    return kerberos_words(error) or FailureClass.KDC


def kerberos_words(error: BaseException) -> FailureClass | None:
    """Read the text alone; None where it does not speak of Kerberos."""
    return next((kind for words, kind in _WORDS if words.search(str(error))), None)
