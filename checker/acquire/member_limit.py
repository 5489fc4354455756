"""
The most members of a group, as synchronization rules write it.

The product has no setting for it: a limit is an expression that raises an error for a larger group, or a scope clause
that leaves the larger group out. Only the forms that the product itself ships are understood; a guess could be wrong.
"""

from __future__ import annotations

import re

_BLANKS = " \t\r\n"
_PARTS = (
    r"IIF",
    r"\(",
    r"(?P<inner>\()?",
    r"(?: \[ [ \t\r\n]* memberCount [ \t\r\n]* \] | ValueCount [ \t\r\n]* \( [ \t\r\n]* \"member\" [ \t\r\n]* \) )",
    r"(?P<comparison> >=? )",
    r"(?P<number> [0-9]+ )",
    r"(?(inner) \) )",
    r",",
    r"Error",
    r"\(",
    r"\" (?: [^\"] | \"\" )*+ \"",  # a doubled quote stands for one
    r"\)",
    r",",
    r"IgnoreThisFlow",
    r"\)",
)
# NOTE: blanks may stand between the parts, never within one: '50 000' is no number of the expression language.
_EXPRESSION = re.compile(r"[ \t\r\n]*".join(("", *_PARTS, "")), re.VERBOSE | re.IGNORECASE | re.ASCII)

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_COMPARISONS = {">": 0, ">=": 1}  # how far the limit lies below the number
_OPERATORS = {"LESSTHAN": 1, "LESSTHAN_OR_EQUAL": 0}


def limit_of_expression(text: str) -> int | None:
    """
    Give the limit that the expression *text* of `member` sets; None where it is not understood.

    Understood is one form alone, in any letter case and with blanks between its parts:
    `IIF((COUNT > N), Error("…"), IgnoreThisFlow)`, the inner parentheses optional, where COUNT is `[memberCount]` or
    `ValueCount("member")`; with `>=` the limit is one less than N.
    """
    found = _EXPRESSION.fullmatch(text)
    return _limit(found["number"], _COMPARISONS[found["comparison"]]) if found else None


def limit_of_clause(operator: str, value: str) -> int | None:
    """Give the limit that a scope clause on `memberCount` sets; None where it is not understood."""
    below = _OPERATORS.get(operator.strip(_BLANKS).upper())
    return None if below is None else _limit(value.strip(_BLANKS), below)


def _limit(number: str, below: int) -> int | None:
    if not _NUMBER.fullmatch(number):
        return None
    limit = int(number) - below
    return limit if limit >= 0 else None
