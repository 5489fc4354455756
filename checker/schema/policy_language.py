"""The words and forms of the policy language, which the loader and the JSON Schema share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checker.model.policy import AbsentMode, Severity
from checker.model.values import FactType

POLICY_KEYS = ("policy", "version", "title", "description", "parameters", "rules")
POLICY_REQUIRED = ("policy", "version", "title", "rules")
PARAMETER_KEYS = ("type", "default", "description", "one_of")
PARAMETER_REQUIRED = ("type", "default", "description")
RULE_KEYS = (
    "id",
    "title",
    "severity",
    "fact",
    "when",
    "expect",
    "rationale",
    "remediation",
    "references",
    "controls",
    "tags",
)
RULE_REQUIRED = ("id", "title", "severity", "fact", "expect")
REMEDIATION_KEYS = ("text", "powershell")

_ORDERED = ("equals", "one_of", "at_least", "at_most")
OPERATORS: Mapping[FactType, tuple[str, ...]] = MappingProxyType(
    {
        FactType.INTEGER: _ORDERED,
        FactType.BOOLEAN: ("equals", "one_of"),
        FactType.TEXT: ("equals", "one_of", "matches", "empty"),
        FactType.VERSION: _ORDERED,
        FactType.DURATION: _ORDERED,
        FactType.TIMESTAMP: _ORDERED,
        FactType.RECORDS: ("empty", "each"),
    }
)
"""What can be expected of a value, by its type; `absent` stands beside all of them."""

ALL_OPERATORS = ("equals", "one_of", "at_least", "at_most", "matches", "empty", "each")
ALONE = ("equals", "one_of")  # beside these stands no other constraint
ABSENT_WORDS = tuple(mode.value for mode in AbsentMode)
SEVERITY_WORDS = tuple(severity.word for severity in Severity)
SCALAR_TYPES = tuple(kind for kind in FactType if kind is not FactType.RECORDS)

POLICY_NAME = "^[a-z0-9]+([._-][a-z0-9]+)*$"
RULE_ID = "^[A-Z]{2,8}[0-9]{4}$"
PARAMETER_NAME = "^[a-z][a-z0-9_]*$"
TAG = "^[a-z0-9]+([.-][a-z0-9]+)*$"
FRAMEWORK = TAG
REFERENCE = r"^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?([/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]*)?$"
LINE = r"^[^\n]*\S[^\n]*$"  # one line that is not blank
TEXT = r"\S"  # not blank
POLICY_VERSION = r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$"

LONGEST_NAME = 64
LONGEST_LINE = 200
LONGEST_PATTERN = 200
LARGEST_INTEGER = 10**18 - 1
