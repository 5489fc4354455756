"""Which expressions and clauses are understood as a limit of members, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire.member_limit import limit_of_clause, limit_of_expression

SHIPPED = 'IIF((ValueCount("member")> 250000),Error("Maximum Group member count exceeded"),IgnoreThisFlow)'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            'IIF(([memberCount]> 50000),Error("Maximum Group member count exceeded"),IgnoreThisFlow)',
            50000,
            id="1.1.130.0",
        ),
        pytest.param(
            'IIF((ValueCount("member")> 50000),Error("Maximum Group member count exceeded. Visit '
            'https://go.microsoft.com/fwlink/?linkid=2154336 for more information."),IgnoreThisFlow)',
            50000,
            id="1.6",
        ),
        pytest.param(SHIPPED, 250000, id="2.x"),
        pytest.param('IIF([memberCount]>75000,Error("x"),IgnoreThisFlow)', 75000, id="no-inner-parentheses"),
        pytest.param('IIF(([memberCount]>=75000),Error("x"),IgnoreThisFlow)', 74999, id="at-least"),
        pytest.param('iif((VALUECOUNT("Member")>1),error("x"),ignorethisflow)', 1, id="letter-case"),
        pytest.param(
            '\r\n IIF ( ( [ memberCount ]\t> 7 ) , Error ( "x" ) , IgnoreThisFlow )\n', 7, id="blanks-everywhere"
        ),
        pytest.param('IIF(([memberCount]>0),Error(""),IgnoreThisFlow)', 0, id="zero"),
        pytest.param('IIF(([memberCount]>5),Error("say ""no"""),IgnoreThisFlow)', 5, id="doubled-quotes"),
        pytest.param('IIF(([memberCount]>5),Error("a > 9),IgnoreThisFlow)"),IgnoreThisFlow)', 5, id="code-in-the-text"),
    ],
)
def test_the_forms_of_the_product_are_understood(text: str, expected: int) -> None:
    """With `>` a group of N members still passes, with `>=` only one of N - 1."""
    assert expected == limit_of_expression(text)


FOREIGN = {
    "empty": "",
    "direct": "[member]",
    "number-alone": "50000",
    "other-count": 'IIF((Count([member])> 5),Error("x"),IgnoreThisFlow)',
    "other-attribute": 'IIF((ValueCount("owner")> 5),Error("x"),IgnoreThisFlow)',
    "mirrored": 'IIF((5 < [memberCount]),Error("x"),IgnoreThisFlow)',
    "less": 'IIF(([memberCount]< 5),Error("x"),IgnoreThisFlow)',
    "equal": 'IIF(([memberCount]= 5),Error("x"),IgnoreThisFlow)',
    "split-sign": 'IIF(([memberCount]> = 5),Error("x"),IgnoreThisFlow)',
    "split-number": 'IIF(([memberCount]> 50 000),Error("x"),IgnoreThisFlow)',
    "thousands": 'IIF(([memberCount]> 50,000),Error("x"),IgnoreThisFlow)',
    "fraction": 'IIF(([memberCount]> 5.5),Error("x"),IgnoreThisFlow)',
    "negative": 'IIF(([memberCount]> -5),Error("x"),IgnoreThisFlow)',
    "leading-zero": 'IIF(([memberCount]> 050000),Error("x"),IgnoreThisFlow)',
    "other-digits": 'IIF(([memberCount]> \u0665),Error("x"),IgnoreThisFlow)',
    "below-zero": 'IIF(([memberCount]>= 0),Error("x"),IgnoreThisFlow)',
    "endless-number": f'IIF(([memberCount]> {"9" * 5000}),Error("x"),IgnoreThisFlow)',
    "hard-blank": 'IIF(([memberCount]>\u00a05),Error("x"),IgnoreThisFlow)',
    "dotless-i": '\u0131IF(([memberCount]> 5),Error("x"),IgnoreThisFlow)',
    "lost-parenthesis": 'IIF(([memberCount]> 5,Error("x"),IgnoreThisFlow)',
    "extra-parenthesis": 'IIF([memberCount]> 5),Error("x"),IgnoreThisFlow)',
    "twice": SHIPPED + SHIPPED,
    "something-after": SHIPPED + ' & "x"',
    "something-before": "1 " + SHIPPED,
    "wrapped": f"IIF(True,{SHIPPED},IgnoreThisFlow)",
    "and": 'IIF(([memberCount]> 5 And True),Error("x"),IgnoreThisFlow)',
    "swapped-branches": 'IIF(([memberCount]> 5),IgnoreThisFlow,Error("x"))',
    "no-error": "IIF(([memberCount]> 5),IgnoreThisFlow,IgnoreThisFlow)",
    "computed-message": 'IIF(([memberCount]> 5),Error("x" & "y"),IgnoreThisFlow)',
    "open-string": 'IIF(([memberCount]> 5),Error("x),IgnoreThisFlow)',
    "quote-in-string": 'IIF(([memberCount]> 5),Error("x"y"),IgnoreThisFlow)',
    "other-else": 'IIF(([memberCount]> 5),Error("x"),[member])',
    "run-together": 'IIF(([memberCount]> 5),Error("x"),IgnoreThisFlowOrNot)',
    "long-and-open": 'IIF(([memberCount]> 5),Error("' + 'x""' * 100_000,
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_any_other_form_is_not_understood(text: str) -> None:
    """A guess could be wrong, so whatever is not exactly the product's form is no limit."""
    assert limit_of_expression(text) is None


_BLANK = st.text(" \t\r\n", max_size=2)
_MESSAGE = st.text(max_size=20).map(lambda text: text.replace('"', '""'))


@given(
    number=st.integers(1, 999_999_999),
    counted=st.sampled_from(["[memberCount]", 'ValueCount("member")']),
    comparison=st.sampled_from([(">", 0), (">=", 1)]),
    parentheses=st.booleans(),
    message=_MESSAGE,
    blanks=st.tuples(_BLANK, _BLANK, _BLANK, _BLANK),
)
def test_the_number_is_the_limit_whatever_surrounds_it(
    *,
    number: int,
    counted: str,
    comparison: tuple[str, int],
    parentheses: bool,
    message: str,
    blanks: tuple[str, str, str, str],
) -> None:
    """Blanks, parentheses and the message do not change the limit."""
    sign, below = comparison
    one, two, three, four = blanks
    condition = f"{counted}{one}{sign}{two}{number}"
    condition = f"({three}{condition}{four})" if parentheses else condition
    text = f'{four}IIF({one}{condition}{two},{three}Error("{message}"),IgnoreThisFlow{one})'

    assert number - below == limit_of_expression(text)


@given(cut=st.integers(0, len(SHIPPED) - 1), length=st.integers(1, 20))
def test_a_damaged_expression_never_sets_a_higher_limit(cut: int, length: int) -> None:
    """What is cut out of an expression makes it unknown, or is a part of the message or of the number alone."""
    damaged = limit_of_expression(SHIPPED[:cut] + SHIPPED[cut + length :])

    assert damaged is None or damaged <= 250000


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        pytest.param("LESSTHAN", "50000", 49999, id="less"),
        pytest.param("LESSTHAN_OR_EQUAL", "50000", 50000, id="less-or-equal"),
        pytest.param(" lessthan ", "\n50000 ", 49999, id="case-and-blanks"),
        pytest.param("LESSTHAN", "0", None, id="below-zero"),
        pytest.param("LESSTHAN", "", None, id="no-number"),
        pytest.param("LESSTHAN", "5e4", None, id="no-integer"),
        pytest.param("LESSTHAN", "-1", None, id="negative"),
        pytest.param("GREATERTHAN", "50000", None, id="greater"),
        pytest.param("EQUAL", "50000", None, id="equal"),
        pytest.param("ISNOTNULL", "", None, id="not-null"),
        pytest.param("", "50000", None, id="no-operator"),
    ],
)
def test_clauses_that_bound_the_count_are_limits(operator: str, value: str, expected: int | None) -> None:
    """Only the two operators that bound the count from above set a limit."""
    assert expected == limit_of_clause(operator, value)
