"""The words and forms of the policy language, which the loader and the JSON Schema share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checker.model.policy import AbsentMode, Scope, Severity
from checker.model.values import FactType

POLICY_KEYS = ("policy", "version", "title", "description", "extends", "parameters", "rules")
POLICY_REQUIRED = ("policy", "version", "title", "rules")
EXTENDING_REQUIRED = ("policy", "version", "title")  # of a policy that builds on another
PARAMETER_KEYS = ("type", "default", "description", "one_of")
PARAMETER_REQUIRED = ("type", "default", "description")
CHANGED_PARAMETER_KEYS = ("default", "description")
CHANGED_PARAMETER_REQUIRED = ("default",)
RULE_KEYS = (
    "id",
    "title",
    "severity",
    "scope",
    "fact",
    "max_age",
    "when",
    "where",
    "expect",
    "rationale",
    "remediation",
    "references",
    "controls",
    "tags",
)
RULE_REQUIRED = ("id", "title", "severity", "fact", "expect")
FLEET_RULE_REQUIRED = ("id", "title", "severity", "expect")
SCOPE_WORDS = tuple(scope.value for scope in Scope)
OVERRIDE_KEYS = (
    "id",
    "severity",
    "max_age",
    "when",
    "expect",
    "disabled",
    "reason",
    "rationale",
    "remediation",
    "references",
    "controls",
    "tags",
)
UNCHANGEABLE = ("title", "scope", "fact", "where")  # of a rule, by a policy that builds on that of the rule
REMEDIATION_KEYS = ("text", "powershell", "change", "editor")

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
FLEET_OPERATORS = ("exactly_one", "all_equal", "count")  # one of these stands in the expectation of a fleet rule
COUNT_OPERATORS = ("equals", "at_least", "at_most")
ABSENT_WORDS = tuple(mode.value for mode in AbsentMode)
SEVERITY_WORDS = tuple(severity.word for severity in Severity)
SCALAR_TYPES = tuple(kind for kind in FactType if kind is not FactType.RECORDS)

POLICY_FILE = r"^(?=.*/|.*\.ya?ml$)(?!/)(?!(.*/)?\.\.(/|$))[^\\:\n]+$"
"""The path of a policy that another builds on: down from the folder of the latter, and no URL."""
POLICY_NAME = "^[a-z0-9]+([._-][a-z0-9]+)*$"
RULE_ID = "^[A-Z]{2,8}[0-9]{4}$"
PARAMETER_NAME = "^[a-z][a-z0-9_]*$"
TAG = "^[a-z0-9]+([.-][a-z0-9]+)*$"
FRAMEWORK = TAG
REFERENCE = r"^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?([/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]*)?$"
LINE = r"^[^\n]*\S[^\n]*$"  # one line that is not blank
TEXT = r"\S"  # not blank
SCHEDULER_LINE = r"(^|[^A-Za-z])[Ss][Ee][Tt]-[Aa][Dd][Ss][Yy][Nn][Cc][Ss][Cc][Hh][Ee][Dd][Uu][Ll][Ee][Rr]($|[^A-Za-z])"
"""Where a change would set the scheduler, which the whole sequence does around it."""
POLICY_VERSION = r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$"

LONGEST_NAME = 64
LONGEST_LINE = 200
LONGEST_PATTERN = 200
LONGEST_CHAIN = 10  # of policies that build on one another
LARGEST_INTEGER = 10**18 - 1
