"""Regular expressions whose time is bounded."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.load.safe_pattern import LONGEST_INPUT, UnsafePatternError, check_pattern

SAFE = [
    r"commercial|usgov|china",
    r"PasswordHashSync|PassThroughAuthentication",
    r"^Sync_[A-Z0-9-]+_[0-9a-f]{12}@.*\.onmicrosoft\.com$",
    r"\d+\.\d+\.\d+\.\d+",
    r"[^,]*,[^,]*,[^,]*,x",
    r".*foo.*",
    r"CN=.*,OU=.*",
    r"(?:ab|cd)*x",
    r"(ab|cd){3}",
    r"a{2,5}?b",
    r"a{,5}",
    r"a{3,}b",
    r"[]a]+",
    r"[^]]+]",
    r"[\]\[\\-]+",
    r"\bfoo\b",
    r"\A\w+\Z",
    r"\x41\u00e9\n\.\$",
    r"a|",
    r"(?:)",
    r"(a*|b*)c",
    r"(a|b|ab)(c|d)",
    "\u00e9+\u00e8",
    "}",
    r"\s*=\s*x",
    "a?" * 12,
]

UNSAFE = [
    ("", "empty"),
    ("a" * 201, "201 characters"),
    ("(a+)+", "quantifier"),
    ("(a*)*", "quantifier"),
    ("(a+)?", "quantifier"),
    ("(a?){50}", "quantifier"),
    ("(.*a){3}", "quantifier"),
    ("((a|b{2})c)*", "quantifier"),
    ("(a|a)*", "different characters"),
    ("(a|ab)+c", "different characters"),
    ("((a|ab)c)*", "different characters"),
    (r"(\w|\d){2,9}", "different characters"),
    ("(\u00e9|\u00e8)*", "different characters"),
    ("(|a)*", "empty text"),
    ("(^)*", "empty text"),
    (r"\b+", "empty text"),
    ("a*a*a*b", "too many ways"),
    ("a?" * 30 + "a" * 30, "too many ways"),
    ("(a|ab)" * 30, "too many ways"),
    ("(a*|a*)" * 20, "too many ways"),
    ("a*a*" + "a" * 180 + "b", "too many ways"),
    (".*foo.*bar.*", "too many ways"),
    ("a{0,900}a{0,900}a{0,900}b", "too many ways"),
    ("(?=a)b", "look-around"),
    ("(?!a)b", "look-around"),
    ("(?<=a)b", "look-around"),
    ("(?<!a)b", "look-around"),
    (r"(a)\1", "back-references"),
    ("(?P<n>a)", "named groups"),
    ("(?P<n>a)(?P=n)", "named groups"),
    ("(?P=n)", "back-references"),
    ("(a)?(?(1)b|c)", "conditions"),
    ("(?i)a", "flags"),
    ("(?i:a)", "flags"),
    ("(?>a)", "extensions"),
    ("(?#a)", "extensions"),
    ("a**", "follows a quantifier"),
    ("a*+", "follows a quantifier"),
    ("a++", "follows a quantifier"),
    ("a{2}{3}", "brace"),
    ("a{,}", "brace"),
    ("{a", "brace"),
    ("*a", "nothing to repeat"),
    ("a|?", "nothing to repeat"),
    ("(+)", "nothing to repeat"),
    ("a{1001}", "at most 1000"),
    ("a{0,1001}", "at most 1000"),
    ("a{2,1}", "min repeat"),
    ("[a", "not closed"),
    ("[z-a]", "bad character range"),
    ("[[:alpha:]]", "must be escaped"),
    ("[a--b]", "stand alone"),
    ("[a&&b]", "stand alone"),
    ("(a", "not closed"),
    ("a)", "not opened"),
    ("(" * 11 + "a" + ")" * 11, "nested too deeply"),
    (r"\q", "escape"),
    (r"\N{DIGIT ONE}", "escape"),
    (r"\0", "back-references"),
    ("\\", "escape"),
    (r"[\q]", "bad escape"),
]


@pytest.mark.parametrize("pattern", SAFE)
def test_plain_patterns_are_allowed(pattern: str) -> None:
    """What administrators need to say stays possible, and is what `re` understands."""
    check_pattern(pattern)

    re.compile(pattern)


@pytest.mark.parametrize(("pattern", "why"), UNSAFE, ids=[f"T13 {pattern[:30]!r}" for pattern, _ in UNSAFE])
def test_other_patterns_are_refused(pattern: str, why: str) -> None:
    """T13: what can take time without bound, or reaches beyond the subset, is refused with the reason."""
    with pytest.raises(UnsafePatternError) as caught:
        check_pattern(pattern)

    assert why in str(caught.value)


_ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\d", "ab", "\u00e9", "a{3}"])
_MARKS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{0,40}", "{2,}", "*?"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    rows = st.lists(inner, min_size=1, max_size=4).map("".join)
    choices = st.lists(rows, min_size=1, max_size=3).map("|".join)
    return st.builds("({}){}".format, choices, _MARKS) | st.builds("{}{}".format, inner, _MARKS) | rows


_PATTERNS = st.recursive(_ATOMS, _grown, max_leaves=12)
_INPUTS = tuple(
    (unit * LONGEST_INPUT)[: LONGEST_INPUT - len(end)] + end
    for unit, end in product(("a", "b", "ab", "aab", "1", "\u00e9"), ("", "!", "\n", "b"))
)


@settings(max_examples=60, deadline=None)
@given(_PATTERNS)
def test_what_is_allowed_ends(pattern: str) -> None:
    """Every allowed pattern decides the longest input, also where it fails at the very end: an unsafe one never would."""
    try:
        check_pattern(pattern)
    except UnsafePatternError:
        assume(False)
    compiled = re.compile(pattern)

    for text in _INPUTS:
        compiled.fullmatch(text)


@settings(deadline=None)
@given(st.text("ab(){}[]|*+?.^$\\,-0129:<=!P#di", max_size=12))
def test_whatever_is_allowed_compiles(pattern: str) -> None:
    """Any text is allowed or refused with a reason; what is allowed compiles, without a warning."""
    try:
        check_pattern(pattern)
    except UnsafePatternError:
        return

    assert pattern == re.compile(pattern).pattern


@pytest.mark.parametrize("pattern", ["a*a*" + "a" * 30 + "b", "(a|b)*(a|b)*c", ".*a.*b", "a?" * 12 + "b"])
def test_the_slowest_allowed_patterns_end(pattern: str) -> None:
    """What comes closest to the limit still ends."""
    check_pattern(pattern)

    assert re.fullmatch(pattern, "a" * LONGEST_INPUT) is None
