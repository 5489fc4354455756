"""Words without quotes."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.load.plain_scalars import AmbiguousError, read_plain

VALUES = [
    ("true", True),
    ("false", False),
    ("0", 0),
    ("-5", -5),
    ("250000", 250000),
    ("9" * 18, 10**18 - 1),
    ("-" + "9" * 18, 1 - 10**18),
    ("commercial", "commercial"),
    ("$minimum", "$minimum"),
    ("PT30M", "PT30M"),
    ("A.8.9", "A.8.9"),
    ("CM-6", "CM-6"),
    ("1.5x", "1.5x"),
    ("12 steps", "12 steps"),
    ("1,000", "1,000"),
    (".onmicrosoft.com", ".onmicrosoft.com"),
    ("/x", "/x"),
    ("~x", "~x"),
    ("-x", "-x"),
    ("+x", "+x"),
    ("nan", "nan"),
    ("\u00e9", "\u00e9"),
    ("\u0663", "\u0663"),
]

AMBIGUOUS = [
    ("no", "the boolean false", "text"),
    ("Off", "the boolean false", "text"),
    ("y", "the boolean true", "text"),
    ("YES", "the boolean true", "text"),
    ("True", "the boolean true", "the boolean true"),
    ("FALSE", "the boolean false", "the boolean false"),
    ("~", "nothing (null)", "nothing (null)"),
    ("null", "nothing (null)", "nothing (null)"),
    ("=", "a default value", "text"),
    ("<<", "a merge", "text"),
    ("1:30", "the number 90", "text"),
    ("22:22", "the number 1342", "text"),
    ("-1:30", "the number -90", "text"),
    ("190:20:30.15", "the number 685230.15", "text"),
    ("00:30:00", "the number 1800", "text"),
    ("1" * 50 + ":30", "a very long number", "text"),
    ("010", "the number 8", "the number 10"),
    ("08", "text", "the number 8"),
    ("2_50000", "the number 250000", "text"),
    ("0b101", "the number 5", "text"),
    ("0x1F", "the number 31", "the number 31"),
    ("0xb", "the number 11", "the number 11"),
    ("0x_", "a number", "text"),
    ("0o17", "text", "the number 15"),
    ("+5", "the number 5", "the number 5"),
    ("-0", "the number 0", "the number 0"),
    ("1e3", "text", "the number 1E+3"),
    ("1.0e+3", "the number 1.0E+3", "the number 1.0E+3"),
    ("2.10", "the number 2.1", "the number 2.1"),
    ("100.0", "the number 100", "the number 100"),
    ("-.5", "the number -0.5", "the number -0.5"),
    ("1.", "the number 1", "the number 1"),
    (".", "a number with a fraction", "text"),
    ("2.5.79.0", "a number with a fraction", "text"),
    ("1." + "0" * 50, "a number with a fraction", "a number with a fraction"),
    ("0" * 50, "a very long number", "a very long number"),
    ("2025-01-01", "a date or time", "text"),
    ("2025-1-1 10:00:00 Z", "a date or time", "text"),
    ("2025-01-01T10:00:00+01:00", "a date or time", "text"),
    (".inf", "infinity or no number", "infinity or no number"),
    ("-.INF", "infinity or no number", "infinity or no number"),
    (".NaN", "infinity or no number", "infinity or no number"),
]


@pytest.mark.parametrize(("word", "value"), VALUES, ids=[word for word, _ in VALUES])
def test_words_with_one_meaning_are_read(word: str, value: bool | int | str) -> None:
    """Only `true`, `false` and decimal integers are more than text."""
    read = read_plain(word)

    assert (type(value), value) == (type(read), read)


@pytest.mark.parametrize(("word", "old", "new"), AMBIGUOUS, ids=[f"T05 {word}" for word, _, _ in AMBIGUOUS])
def test_words_with_two_meanings_are_refused(word: str, old: str, new: str) -> None:
    """T05: the mistake shows what each version of YAML reads, and how to say it."""
    with pytest.raises(AmbiguousError) as caught:
        read_plain(word)

    assert f"YAML 1.1 reads {old}, YAML 1.2 reads {new}; put it in quotes" in str(caught.value)


@pytest.mark.parametrize("word", ["1" * 19, "-" + "1" * 19, "1" * 5000], ids=["19", "minus 19", "5000"])
def test_very_long_numbers_are_refused(word: str) -> None:
    """A number with more than 18 digits does not survive every reader of a report."""
    with pytest.raises(AmbiguousError, match="more than 18 digits"):
        read_plain(word)


_WORDS = st.text("0123456789+-._:eExXobBaAfFnNiIyYtTzZ ~=<", min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(deadline=None)
@given(_WORDS)
@example("1_0.5")
@example("0x_")
@example("0b_")
def test_what_is_read_agrees_with_a_lenient_reader(word: str) -> None:
    """
    Whatever PyYAML itself takes for more than text is refused, or is the same boolean or integer.

    So no word is read in a way that the most common reader of YAML would not read it.
    """
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, word, (True, False))  # type: ignore[no-untyped-call]  # untyped
    try:
        read = read_plain(word)
    except AmbiguousError:
        return

    assert {bool: "tag:yaml.org,2002:bool", int: "tag:yaml.org,2002:int", str: "tag:yaml.org,2002:str"}[
        type(read)
    ] == tag
