"""The page that says how to install the module."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from checker.acquire.live.pipelines import SNAPSHOT_PATH
from checker.report.server_module_readme import render_readme
from checker.shipped import server_module
from tests.report.powershell import mistakes

PAGE = render_readme("1.2.3")
FILES = {name: content.decode("utf-8-sig") for name, content in server_module().items()}


def section(title: str) -> str:
    """Give the text below the heading that begins with *title*."""
    [found] = [part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if part.startswith(title)]
    return found


def test_the_page_names_the_version() -> None:
    """Whoever finds it on a server knows what it belongs to."""
    assert PAGE.startswith("# The module AdsyncChecker 1.2.3\n")


def test_every_file_is_explained_once() -> None:
    """Each has a row of the table, and no row is without a file."""
    assert sorted(FILES) == sorted(re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE))


@pytest.mark.parametrize("title", ["1. A JEA endpoint", "2. A scheduled task", "3. By hand"])
def test_each_way_says_how_it_is_done(title: str) -> None:
    """With a command that PowerShell understands, whose script and parameters exist."""
    blocks = re.findall(r"```powershell\n(.*?)```", section(title), re.DOTALL)

    assert len(blocks) == 1
    for line in blocks[0].splitlines():
        script, _, words = line.removeprefix(".\\").partition(" ")
        given = set(re.findall(r"-(\w+)", re.sub(r"'[^']*'|\S:\S+", "", words)))
        assert [] == mistakes(line)
        assert given
        assert given - {"WhatIf"} <= set(re.findall(r"^    \[[\w\[\]]+\] \$(\w+)", FILES[script], re.MULTILINE))


@pytest.mark.parametrize("title", ["1. A JEA endpoint", "2. A scheduled task"])
def test_what_is_installed_can_be_tried_and_removed(title: str) -> None:
    """By commands, and by the folders that the installers make."""
    text = section(title)

    assert "**Try it.**" in text
    assert "**Remove it.**" in text.replace("\n", " ")
    assert re.search(r"`Unregister-[\w-]+ ", text)
    for folder in ("WindowsPowerShell\\Modules\\AdsyncChecker", "C:\\ProgramData\\AdsyncChecker"):
        assert folder in text


def test_the_ladder_of_groups_begins_low() -> None:
    """Administrators of the product come last, and for the account of the module alone."""
    ladder = section("Which groups")
    first, second = re.findall(r"^\d\. (.*(?:\n   .*)*)", ladder, re.MULTILINE)

    assert ["ADSyncBrowse", "ADSyncOperators", "Event Log Readers"] == re.findall(r"`([^`]+)`", first)
    assert "ADSyncAdmins" in second
    assert "never for a person" in second


def test_the_page_names_the_place_of_the_snapshot() -> None:
    """Where the checker looks for it."""
    assert f"`{SNAPSHOT_PATH}`" in PAGE


def test_the_page_says_what_was_not_tried() -> None:
    """Plainly, in a section of its own."""
    text = section("What could not be tried without Windows")

    assert "they were never run on Windows" in text
    for word in ("named pipe", "groups each cmdlet", "types of the product's objects", "installers", "every build"):
        assert word in text


def test_the_page_is_markdown() -> None:
    """Headings, a table of files, code blocks, and nothing of the template left."""
    tokens = MarkdownIt("commonmark").enable("table").parse(PAGE)

    assert 1 == sum(token.type == "table_open" for token in tokens)
    assert 3 == sum(token.type == "fence" for token in tokens)
    assert 6 == sum(token.type == "heading_open" for token in tokens)
    assert "{files}" not in PAGE
    assert "{{" not in PAGE
