"""The words and forms of waiver files, which the loader and the JSON Schema share."""

from __future__ import annotations

WAIVER_FILE_KEYS = ("waivers",)
WAIVER_KEYS = (
    "rule",
    "servers",
    "tenants",
    "broad",
    "justification",
    "owner",
    "approver",
    "ticket",
    "created",
    "expires",
    "only_while",
)
WAIVER_REQUIRED = ("rule", "justification", "owner", "approver", "ticket", "created", "expires")
RULE_PATTERN = r"^[A-Z0-9*?]{1,12}$"
DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
TARGET = r"^[^\s\x00-\x1f\x7f]([^\n\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"  # one line without blanks at its ends
WILDCARD = r"[*?]"
