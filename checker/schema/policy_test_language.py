"""The words and forms of the cases of policies, which the loader and the JSON Schema share."""

from __future__ import annotations

from checker.model.facts import Reason
from checker.model.result import Outcome

CASE_FILE_KEYS = ("policy", "now", "defaults", "cases")
CASE_FILE_REQUIRED = ("policy", "cases")
DEFAULTS_KEYS = ("facts", "parameters")
CASE_KEYS = ("case", "facts", "age", "parameters", "servers", "expect")
CASE_REQUIRED = ("case", "expect")
CASE_SERVER_KEYS = ("tenant", "facts", "age", "missing")
STATES = ("absent", "unknown")
"""What can be said of a fact in place of a value."""

OUTCOMES = {outcome.value: outcome for outcome in Outcome}
REASONS = {reason.value: reason for reason in Reason}
