"""The encoders: what is shown is harmless, and still says what was there."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given

from checker.report.visible import code, terminal, visible
from tests.report.reports import HOSTILE, texts
from tests.report.runners import acting, azure_command, commands, github_command

_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


def _decoded(text: str) -> str:
    """Undo the encoding: the reader's side of the rule, written from its description."""
    return _ESCAPE.sub(
        lambda found: chr(int(next(filter(None, found.groups())), 16)) if found.lastindex else "\\", text
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain 'text' é ✓", "plain 'text' é ✓", id="printable"),
        pytest.param("\x1b[2J", r"\x1b[2J", id="escape sequence"),
        pytest.param("a\r\nb\tc", r"a\x0d\x0ab\x09c", id="line ends and tabs"),
        pytest.param("\u202egnp\u200b\ufeff", r"\u202egnp\u200b\ufeff", id="direction and no width"),
        pytest.param("\ud800\ufffe\U000e0001", r"\ud800\ufffe\U000e0001", id="no characters"),
        pytest.param("a\u00a0b\u3000c\u3164d", r"a\xa0b\u3000c\u3164d", id="odd blanks"),
        pytest.param("a\u3164b\ufe0f", r"a\u3164b\ufe0f", id="letters that show nothing"),
        pytest.param(r"HKLM\SYSTEM\Services", r"HKLM\SYSTEM\Services", id="backslashes stay"),
        pytest.param(r"C:\x1b\users\\a", r"C:\\x1b\\users\\\a", id="backslashes that could be escapes"),
        pytest.param("\\\x1b", r"\\\x1b", id="a backslash before an escape"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    """What acts or hides becomes an escape, and only what could be taken for one is doubled."""
    assert shown == visible(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("C#", r"C\x23", id="a single number sign"),
        pytest.param(":a", r"\x3aa", id="a colon at the beginning"),
        pytest.param("a::b:::c", r"a:\x3ab:\x3a\x3ac", id="colons together"),
        pytest.param("12:30", "12:30", id="a colon alone"),
        pytest.param("a\\#", r"a\\\x23", id="a backslash before an escape"),
    ],
)
def test_terminal(text: str, shown: str) -> None:
    """On a console, what begins a command of a runner is an escape as well."""
    assert shown == terminal(text)


@pytest.mark.parametrize("encode", [visible, terminal, code])
def test_long_text_is_cut(encode: object) -> None:
    """A cut text says how much of it is left out."""
    assert callable(encode)
    assert "xxx...(+7)" == encode("x" * 10, 3)


def test_code_can_be_copied() -> None:
    """A line of PowerShell keeps its backslashes and its indentation."""
    assert r"    Import-Module 'C:\x.psm1' \x1b" == code("\tImport-Module 'C:\\x.psm1' \x1b")


@given(texts)
@example(HOSTILE["T34-terminal"])
def test_nothing_acts_and_nothing_is_lost(text: str) -> None:
    """Any text is shown without a character that acts, and can be read back from what is shown."""
    for encode in (visible, terminal):
        shown = encode(text, 10_000)

        assert set() == acting(shown)
        assert "\n" not in shown
        assert text == _decoded(shown)


@given(texts, texts, texts)
def test_no_runner_finds_a_command(one: str, two: str, three: str) -> None:
    """Fragments of any text, alone, side by side, or between our own words, are no command to any runner."""
    shown = [terminal(text) for text in (one, two, three)]

    for line in ("".join(shown), f"  {shown[0]}: {shown[1]} ({shown[2]})", f"{shown[0]}:{shown[1]}]", *shown):
        assert [] == commands(line)
        assert "#" not in line
    assert not any(text.startswith(":") for text in shown)


@pytest.mark.parametrize(
    ("line", "github", "azure"),
    [
        pytest.param("::error file=a::b", "error", None, id="T32 today's form"),
        pytest.param(" \u00a0::set-output name=x::y", "set-output", None, id="T32 behind blanks"),
        pytest.param("text ##[add-mask]FAIL", "add-mask", None, id="T32 the old form within a line"),
        pytest.param("x ##vso[task.complete result=Succeeded]", None, "task.complete", id="T33 within a line"),
        pytest.param("see a::b ##", None, None, id="no command"),
    ],
)
def test_the_oracles_find_commands(line: str, github: str | None, azure: str | None) -> None:
    """The parsers that these tests rely on see what the runners see."""
    assert (github, azure) == (github_command(line), azure_command(line))
