"""Pointing at what a misspelt name may have meant."""

from __future__ import annotations

import pytest

from checker.load.nearest import hint, nearest, shown

NAMES = ("severity", "scheduler.suspended", "Enabled", "Disabled")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("serverity", "severity", id="a slip"),
        pytest.param("SEVERITY", "severity", id="another case"),
        pytest.param("enabled", "Enabled", id="another case of the name"),
        pytest.param("suspended", "scheduler.suspended", id="the end of a dotted name"),
        pytest.param("colour", None, id="nothing like it"),
        pytest.param("severity" * 20, None, id="longer than any name"),
    ],
)
def test_the_nearest_name_is_found(word: str, expected: str | None) -> None:
    """A name that is much like the word is proposed, otherwise none."""
    assert expected == nearest(word, NAMES)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(("high", "low"), "; did you mean 'high'?", id="one is like it"),
        pytest.param(("b", "a"), "; known are a, b", id="few, and none like it"),
        pytest.param(tuple("abcdefijk"), "", id="many, and none like it"),
        pytest.param((), "", id="none at all"),
    ],
)
def test_a_hint_ends_the_sentence(known: tuple[str, ...], expected: str) -> None:
    """The hint proposes a name, lists the few there are, or says nothing."""
    assert expected == hint("hihg", known)


def test_the_hint_does_not_depend_on_order() -> None:
    """Of two names that are equally near, the same one is proposed whatever the order."""
    assert nearest("ab", ("abx", "aby")) == nearest("ab", ("aby", "abx"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("no", "'no'"), ("a\nb", "'a\\nb'"), ("\x1b", "'\\x1b'"), ("x" * 80, f"'{'x' * 60}\u2026'")],
    ids=["short", "lines", "control", "long"],
)
def test_texts_are_shown_on_one_line(text: str, expected: str) -> None:
    """A text within a sentence is in quotes, on one line, and cut where it is long."""
    assert expected == shown(text)
