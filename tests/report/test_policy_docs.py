"""The Markdown page about policies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from checker.report.policy_docs import render_docs
from tests.report.policies import expecting, fleet, hostile, overridden, parameter, policy, words
from tests.report.reports import HOSTILE, rule, texts

# NOTE: no policy is as large as the longest of them; its loader sees to that.
SHORT = {key: text for key, text in HOSTILE.items() if len(text) < 1000}


def tokens(page: str) -> list[Token]:
    """Read *page* as GitHub does."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)


def rows(page: str) -> list[list[str]]:
    """Give the text of the cells of every row of every table."""
    found: list[list[str]] = []
    read = tokens(page)
    for index, token in enumerate(read):
        if token.type == "tr_open":
            found.append([])
        elif token.type in ("td_open", "th_open"):
            found[-1].append("".join(part.content for part in read[index + 1].children or ()))
    return found


def test_a_page_tells_what_a_reader_asks() -> None:
    """The tables hold the settings and the rules, and each rule has its reasons, its remedy and its references."""
    one = replace(rule("AADC0001"), cases=expecting(2), parameters=("member_limit_minimum",), tags=("a tag",))

    page = render_docs([policy(one, parameters=(parameter(),))], words)

    assert [
        ["policy", "version", "title", "rules"],
        ["contoso", "2.1", "Servers of Contoso", "1"],
        ["parameter", "type", "default", "meaning"],
        ["member_limit_minimum", "integer", "50001", "The lowest limit."],
        ["rule", "title", "severity", "fact", "expected", "applies to", "controls"],
        [
            "AADC0001",
            "Exports use the v2 endpoint",
            "high",
            "endpoint.export_api_version",
            "2",
            "servers where a tag",
            "nist-800-53: CM-2, CM-6; iso-27001: A.8.9",
        ],
    ] == rows(page)
    for told in (
        "The v1 endpoint has a member limit of 50,000.",
        "Set both versions to 2 while the scheduler is off.",
        "```powershell\nSet-ADSyncScheduler -SyncCycleEnabled $false\n",
        "* <https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-sync-endpoint-api-v2>",
        "Builds on `v2-endpoint` 1.0.0.",
    ):
        assert told in page


def test_links_of_the_page_lead_to_its_headings() -> None:
    """A policy and a rule in a table lead to what the page says of them."""
    page = render_docs([replace(policy(rule("AADC0001")), name="contoso.one")], words)

    assert "](#policy-contosoone)" in page
    assert "## Policy contoso.one\n" in page
    assert "](#aadc0001)" in page
    assert "### AADC0001\n" in page


def test_what_was_changed_stays_in_sight() -> None:
    """A rule that was lowered and then turned off tells both, from what to what, who did it and why."""
    page = render_docs([policy(overridden())], words)

    assert "disabled" == rows(page)[-1][2]
    assert page.index("`corporate`") < page.index("Changed by the policy `contoso`")
    for told in (
        "* `severity`: high → low",
        "* `expect`: 2 → 1",
        "* `max_age`: none → PT12H",
        "Reason: v1 is still needed",
        "* `disabled`: false → true",
        "Reason: gone soon",
        "Defined by the policy `v2-endpoint`.",
    ):
        assert told in page


def test_a_value_of_another_policy_says_so() -> None:
    """A default that a policy changed is shown with who did it, and with what it was."""
    page = render_docs([policy(parameters=(parameter(value=60000, origin="policy contoso"),))], words)

    assert "60000 (from policy contoso; 50001 before)" == rows(page)[-1][2]


def test_a_fleet_rule_says_whom_it_counts() -> None:
    """A rule of all servers of a tenant says so, and which of them it counts."""
    row = rows(render_docs([policy(fleet())], words))[-1]

    assert ["exactly 1 server", "the servers of a tenant where server.role so"] == row[4:6]


@pytest.mark.parametrize("text", SHORT.values(), ids=SHORT)
def test_t36_no_text_leaves_its_cell(text: str) -> None:
    """Whatever a policy holds, its tables keep their columns, and no HTML, picture or foreign link comes out."""
    read = tokens(render_docs([hostile(text)], words))
    parts = [part for token in read for part in token.children or () if token.type == "inline"]
    links = [part.attrs["href"] for part in parts if part.type == "link_open"]

    assert [4, 4, 4, 4, 7, 7] == [len(row) for row in rows(render_docs([hostile(text)], words))]
    assert ["h1", "h2", "h3"] == [token.tag for token in read if token.type == "heading_open" and token.level == 0]
    assert not {"html_block", "html_inline", "image"} & {part.type for part in [*read, *parts]}
    assert ["#policy-hostile", "#aadc0001"] == [one for one in links if str(one).startswith("#")]


@given(texts)
def test_every_page_is_whole(text: str) -> None:
    """Any text at all leaves the tables and the headings of the page as they are, and can be written as UTF-8."""
    page = render_docs([hostile(text)], words)

    assert [4, 4, 4, 4, 7, 7] == [len(row) for row in rows(page)]
    assert page.encode().decode() == page
