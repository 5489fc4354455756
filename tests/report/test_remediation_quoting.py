"""Text in PowerShell and Markdown: it says what it said, and is nothing but text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checker.report.remediation_quoting import code_string, comment, exact_string, span, string, why_not_code
from tests.report.past import ENDPOINT
from tests.report.powershell import commands, mistakes, parsed, text, walk
from tests.report.reports import HOSTILE, texts

QUOTES = "'\u2018\u2019\u201a\u201b"
_QUOTED = re.compile(f"'(?:[^{QUOTES}]|([{QUOTES}])\\1)*'")
"""What PowerShell takes for one string in single quotes: within it each kind of quote stands doubled."""

POWERSHELL = {
    "ends a comment": "#> Set-Evil 1 <#",
    "ends a string": "'; Set-Evil 1; '",
    "ends a string with another quote": "\u2019; Set-Evil 1; \u2018",
    "line breaks": "a\nSet-Evil 1\rSet-Evil 2\r\nSet-Evil 3\u2028Set-Evil 4\x85Set-Evil 5",
    "a variable": "$(Set-Evil 1) $env:PATH `n ${x}",
    "a here-string": "@'\nSet-Evil 1\n'@",
    "braces": "} finally { Set-Evil 1 } {",
    "a requirement": "#Requires -Modules Evil",
    "a signature": "# SIG # Begin signature block",
    "the other way round": "\u202e1 livE-teS\u202c",
    "read in a code page": "\u00d1; Set-Evil 1 #\u20ac\u00c2\u00d2",
}


@pytest.mark.parametrize("hostile", POWERSHELL.values(), ids=POWERSHELL.keys())
def test_hostile_text_is_one_comment(hostile: str) -> None:
    """A comment stays one, on its line."""
    script = f"# Server: {comment(hostile)}\nGet-Date\n"

    assert ([], ["Get-Date"]) == (mistakes(script), commands(parsed(script)))
    assert ("#>" in comment(hostile), 2) == (False, len(script.splitlines()))


@pytest.mark.parametrize("quote", [string, code_string, exact_string])
@pytest.mark.parametrize("hostile", POWERSHELL.values(), ids=POWERSHELL.keys())
def test_hostile_text_is_one_string(hostile: str, quote: object) -> None:
    """A string stays one, whichever of the five quotes it holds, and also where UTF-8 is read as Windows does."""
    assert callable(quote)
    quoted = str(quote(hostile))

    assert _QUOTED.fullmatch(quoted)
    assert _QUOTED.fullmatch(quoted.encode("utf-8").decode("cp1252", "replace"))


@given(texts)
def test_any_text_is_one_string_and_one_comment(given_text: str) -> None:
    """Whatever the text, it is one string and one comment of one line."""
    script = f"Write-Host {string(given_text)} # {comment(given_text)}\n"

    assert [] == mistakes(script)
    assert ["Write-Host"] == commands(parsed(script))
    assert [1, 1] == [sum(node.type == kind for node in walk(parsed(script))) for kind in ("string_literal", "comment")]
    assert _QUOTED.fullmatch(string(given_text).encode("utf-8").decode("cp1252", "replace"))


def test_a_name_of_a_server_is_compared_as_it_is() -> None:
    """Names of computers are not changed."""
    assert "'sync-01_a'" == exact_string("sync-01_a")
    assert "'o''brien'" == exact_string("o'brien")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("", id="nothing"),
        pytest.param(ENDPOINT, id="the endpoint"),
        pytest.param("if (Test-Path 'a}b') { Set-X 1 } # }\nSet-Y \"$name and {\"\n", id="braces in texts and comments"),
        pytest.param("# läuft, „gut“ }\n\tSet-X -Value 'it''s' -Path HKLM:\\a", id="a comment in another language"),
        pytest.param('Get-X | Where-Object { $_.a -eq "b" } | ForEach-Object { & { Set-X $_ } }', id="blocks"),
        pytest.param("Set-X -A:$true -B @{ c = 1; d = @(1, 2) }", id="a table"),
    ],
)  # fmt: skip
def test_lines_that_are_taken_over(change: str) -> None:
    """Plain lines stay code."""
    assert "" == why_not_code(change)
    assert [] == mistakes(f"& {{\n{change}\n}}\n")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param("}\nSet-Evil 1\n& {", "a brace is closed that was not opened", id="it leaves its block"),
        pytest.param("if ($x) {", "a brace is not closed", id="it swallows what follows"),
        pytest.param("Set-X 'a", "is not certain", id="an open string"),
        pytest.param('Set-X "a', "is not certain", id="an open text"),
        pytest.param("Set-X 'a\nb'", "is not certain", id="a string over two lines"),
        pytest.param("Set-X `\n  -A 1", "is not certain", id="a line that goes on"),
        pytest.param("Set-X @'\n}\n'@", "is not certain", id="a here-string"),
        pytest.param('Set-X @"\n}\n"@', "is not certain", id="an expanding here-string"),
        pytest.param("<# } #> Set-X", "is not certain", id="a block comment"),
        pytest.param("cmd --% } {", "is not certain", id="all that follows is text"),
        pytest.param("Set-X a#}", "is not certain", id="a hash within a word"),
        pytest.param("${a}b} = 1", "is not certain", id="a braced name"),
        pytest.param('Set-X "$(Set-Evil "}")"', "more than names of variables", id="code within a text"),
        pytest.param('Set-X "${a}"', "more than names of variables", id="a braced name within a text"),
        pytest.param('Set-X "a`"', "more than names of variables", id="an escape within a text"),
        pytest.param("Set-X \u2018a\u2019", "other characters than ASCII", id="other quotes"),
        pytest.param("Set-X 'a\u2019 }", "is not certain", id="another quote within a string"),
        pytest.param("Set-X 'a\u2019b'", "other characters than ASCII", id="another quote in a closed string"),
        pytest.param("Set-X \u2013A 1", "other characters than ASCII", id="another dash"),
        pytest.param("Set-X\x00 1", "do not show", id="T34 a control character"),
        pytest.param("Set-X 1 # \u202e}", "do not show", id="the other way round"),
        pytest.param("Set-X\u00a01", "do not show", id="another blank"),
        pytest.param("Set-X 1\rSet-Y 2", "do not show", id="another line break"),
        pytest.param("# SIG # Begin signature block\nSet-X 1", "means something to PowerShell", id="a signature"),
        pytest.param("#requires -Modules Evil", "means something to PowerShell", id="a requirement"),
        pytest.param("Set-ADSyncScheduler -SyncCycleEnabled $true", "the scheduler", id="the scheduler"),
        pytest.param("Start-ADSyncSyncCycle", "the scheduler", id="a cycle"),
    ],
)
def test_lines_whose_end_is_not_certain(change: str, words: str) -> None:
    """Lines that could end elsewhere than they seem to are not taken over, with the reason."""
    assert words in why_not_code(change)


_PIECES = st.sampled_from(
    ["Set-Evil 1", "}", "{", "'", '"', "''", "#", " #", "<#", "#>", "@'", "'@", "\n", " ", "`", "$(", "${", ")", ";",
     "|", "if ($x) ", "else ", "finally ", "} finally {", "catch ", "try ", "--%", "a", ",", "=", "&", "\u2019", "\t"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=14).map("".join))
@example("}\nSet-Evil 1\n& {")
@example("'}' # }\n")
def test_what_is_taken_over_stays_within_its_block(change: str) -> None:
    """However the lines are put together: what is taken over and well formed runs inside of its block only."""
    script = f"if ($Apply) {{\n& {{\n{change}\n}}\n}}\nGet-Date\n"
    if why_not_code(change) or mistakes(script):
        return

    outer = next(node for node in walk(parsed(script)) if node.type == "if_statement")
    assert ["Get-Date"] == commands(parsed(script.replace(text(outer), "")))


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        pytest.param("a", "`a`", id="plain"),
        pytest.param("", "(empty)", id="nothing"),
        pytest.param("  ", "(empty)", id="blanks"),
        pytest.param("a`b", "``a`b``", id="a backtick within"),
        pytest.param("`a", "`` `a ``", id="a backtick at the end"),
        pytest.param("<b> ![x](y) |", "`<b> ![x](y) |`", id="markup"),
        pytest.param("a\n# b", r"`a\x0a# b`", id="a line break"),
    ],
)
def test_a_code_span(given_text: str, expected: str) -> None:
    """A span of Markdown has a fence longer than any run within, and is one line."""
    assert expected == span(given_text)


@given(texts | st.sampled_from(list(HOSTILE.values())))
def test_any_text_is_one_code_span(given_text: str) -> None:
    """Whatever the text, nothing of it stands outside of the fence."""
    shown = span(given_text)

    if shown == "(empty)":
        return
    fence = re.match("`+", shown)
    assert fence is not None
    assert [fence.group(), fence.group()] == [run for run in re.findall("`+", shown) if len(run) == len(fence.group())]
    assert shown.endswith(fence.group())
    assert "\n" not in shown
