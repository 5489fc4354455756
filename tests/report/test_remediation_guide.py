"""The Markdown of a remediation: everything that a person must know, and nothing that acts in a viewer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from checker.model.result import Outcome, Selection
from checker.model.results_document import PastServer, ResultsDocument
from checker.report.remediation_guide import MARK, guide_of, overview_of
from checker.report.remediation_plan import plans_of
from tests.report.past import (
    ALL,
    EXPORTS,
    IMPORTS,
    LIMIT,
    LIMITS,
    MAINTENANCE,
    SERVER,
    SYNC_CYCLE,
    hostile,
    past,
    past_finding,
    past_rule,
)
from tests.report.reports import HOSTILE, texts

_READER = MarkdownIt("gfm-like", {"linkify": False})
FLEET = past_rule(
    "AADC0201", title="One server is active", text="Look at both.", powershell="Get-It", editor="1. See.\n"
)


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for token in _READER.parse(text):
        found += [token, *(token.children or ())]
    return found


def _headings(text: str) -> list[str]:
    tokens = _READER.parse(text)
    return [tokens[index + 1].content for index, token in enumerate(tokens) if token.type == "heading_open"]


def _guide(results: ResultsDocument) -> str:
    (plan,) = plans_of(results)
    return guide_of(results, plan)


def _overview(results: ResultsDocument, only: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> str:
    return overview_of(results, plans_of(results, only), only=only, others=others)


GUIDE = _guide(past(*ALL))


def test_a_section_for_each_rule() -> None:
    """Each failing rule has its section, in the order of the ids."""
    assert [
        "Remediation of `sync01.contoso.com`",
        "`AADC0001` Exports use the v2 endpoint",
        *(f"`{id_}` All is as it should be" for id_ in ("AADC0002", "AADC0006", "AADC0010", "AADC0101")),
    ] == _headings(GUIDE)


def test_what_a_section_says() -> None:
    """Severity, policy, what was observed and expected, where it stands, the step of the script, what to do."""
    assert (
        "- Severity: high; policy `v2-endpoint`\n"
        "- Observed: `1`\n"
        "- Expected: `2`\n"
        "- `It is '1', expected '2'.`\n"
        "- Place: `exports/MV.xml:41:5`\n"
        "- In the script: step 1\n"
        "\n"
        "Set it.\n"
    ) in GUIDE


def test_what_only_the_editor_can_do() -> None:
    """The rules that were found, with number, direction and precedence, and the steps as the policy has them."""
    assert (
        "In the Synchronization Rules Editor, while the script waits:\n"
        "\n"
        "- Rules of the direction `Outbound`; each copy gets a free precedence from 1 to 99.\n"
        "- Now: `'Out to AAD - Group Join': rule 6a, precedence 139, standard yes, via expression, limit 50000`\n"
        "- Wanted: `each: limit at least 50001`\n"
        "\n"
        "> 1. Open the rule, direction *Outbound*.\n"
        "> 2. Choose **Edit** and confirm.\n"
    ) in GUIDE


def test_editor_steps_without_entries() -> None:
    """A rule of another fact has its steps alone."""
    rule = past_rule("X1", editor="1. See.")

    assert "while the script waits:\n\n> 1. See.\n" in _guide(past((rule, past_finding(rule))))


def test_powershell_that_is_no_part_of_the_script() -> None:
    """Lines for one rule alone are shown for review; those that the script makes are not shown again."""
    assert [("powershell", "Set-ADSyncScheduler -MaintenanceEnabled $true\n")] == [
        (token.info, token.content) for token in _tokens(GUIDE) if token.type == "fence"
    ]


def test_a_change_that_is_not_taken_over() -> None:
    """Lines that the script does not make are shown, with the reason."""
    rule = past_rule("X1", change="Set-X `\n  1\n")
    guide = _guide(past((rule, past_finding(rule))))

    assert "The script does not make this change, because in its lines the end of '\\`' is not certain." in guide
    assert ["Set-X `\n  1\n"] == [token.content for token in _tokens(guide) if token.type == "fence"]
    assert "has nothing to change here" in guide


@pytest.mark.parametrize(("observed", "word"), [(False, "on"), (True, "off")])
def test_the_sync_cycle_that_is_left_otherwise(*, observed: bool, word: str) -> None:
    """That the script does not put the sync cycle back to what it was is said at the top."""
    guide = _guide(past((SYNC_CYCLE, past_finding(SYNC_CYCLE, observed=observed))))

    assert f"It leaves the sync cycle turned **{word}**, because a rule that fails asks for it." in guide
    assert "- In the script: what the sync cycle is left at\n" in guide
    assert "To review" not in guide


def test_a_finding_without_a_place() -> None:
    """Where no place is known none is shown."""
    finding = replace(past_finding(EXPORTS, observed=None, expected=""), place="")
    guide = _guide(past((EXPORTS, finding)))

    assert "Place:" not in guide
    assert "- Observed: `(nothing)`\n- Expected: `(nothing)`\n" in guide


def test_a_long_list_is_cut() -> None:
    """Of a long list the beginning is shown, and how many more there are."""
    guide = _guide(past((LIMIT, past_finding(LIMIT, observed=LIMITS * 11, message="m"))))

    assert 22 == guide.count("- Now:")
    assert "...(+" in guide


def test_the_overview_lists_all() -> None:
    """Every server with its files and what they do; servers without failures are not among them."""
    servers = (PastServer(name=SERVER), PastServer(name="sync02"), PastServer(name="sync03"))
    given = [*ALL, (EXPORTS, past_finding(EXPORTS, Outcome.PASS, server="sync02"))]
    given += [(MAINTENANCE, past_finding(MAINTENANCE, server="sync03"))]

    text = _overview(past(*given, servers=servers))

    assert (
        "## Servers\n"
        "\n"
        "- `sync01.contoso.com`: 5 failing rules\n"
        "  - `sync01.contoso.com.ps1`: step 1 makes a change for `AADC0001`, `AADC0002`; "
        "step 2 stops for the editor for `AADC0006`; leaves the sync cycle turned on\n"
        "  - `sync01.contoso.com.md`: what a person does, for "
        "`AADC0001`, `AADC0002`, `AADC0006`, `AADC0010`, `AADC0101`\n"
        "- `sync03`: 1 failing rule\n"
        "  - `sync03.ps1`: nothing that a script can change\n"
        "  - `sync03.md`: what a person does, for `AADC0101`\n"
        "\n"
        "## What is not remediated\n"
        "\n"
        "Nothing else: every finding was decided, and no failure is waived.\n"
    ) in text


def test_what_is_not_remediated() -> None:
    """Waived failures, what could not be evaluated, and servers of which nothing is known are told."""
    results = past(
        (EXPORTS, past_finding(EXPORTS, waiver="expires 2026-12-31, owner jane")),
        (IMPORTS, past_finding(IMPORTS, Outcome.ERROR, reason="not_in_source")),
        (LIMIT, past_finding(LIMIT, waiver="")),
        (FLEET, past_finding(FLEET, Outcome.ERROR, server="", tenant="contoso", reason="no_data")),
    )
    text = _overview(replace(results, missing=("sync09",)))

    assert (
        "No server has a failure that is to be remediated.\n"
        "\n"
        "## What is not remediated\n"
        "\n"
        "- `sync01.contoso.com`: fails and is waived: `AADC0001` (expires 2026-12-31, owner jane), `AADC0006`\n"
        "- `sync01.contoso.com`: could not be evaluated: `AADC0002` (not_in_source)\n"
        "- tenant `contoso`: could not be evaluated: `AADC0201` (no_data)\n"
        "- `sync09`: nothing is known of this server\n"
    ) in text


def test_rules_over_all_servers() -> None:
    """A failure of a tenant is for a person: no script of one server can mend it."""
    results = past((FLEET, past_finding(FLEET, server="", tenant="contoso", observed=2, message="Two are active.")))

    text = _overview(results)

    assert (
        "## Tenants\n"
        "\n"
        "These fail for the servers of a tenant together, and no script mends them:\n"
        "\n"
        "### Tenant `contoso`: `AADC0201` One server is active\n"
    ) in text
    assert text.endswith(
        "```\n\n## What is not remediated\n\nNothing else: every finding was decided, and no failure is waived.\n"
    )
    assert "- `Two are active.`\n\nLook at both.\n\n> 1. See.\n" in text
    assert "on the servers that the message names:\n\n```powershell\nGet-It\n```\n" in text


def test_a_rule_over_all_servers_without_advice() -> None:
    """Where a policy gives no advice, what was found stands alone."""
    rule = past_rule("AADC0202", text="")

    text = _overview(past((rule, past_finding(rule, server="", tenant="contoso", message="Two are active."))))

    assert "- Expected: `2`\n- `Two are active.`\n\n## What is not remediated\n" in text


def test_only_some_servers() -> None:
    """What was not asked for is left out, and this is said."""
    servers = (PastServer(name=SERVER), PastServer(name="sync02"))
    given = [ALL[0], (IMPORTS, past_finding(IMPORTS, Outcome.ERROR, server="sync02"))]
    results = replace(past(*given, servers=servers), missing=("sync02",))

    text = _overview(results, (SERVER,))

    assert "Only these servers were asked for: `sync01.contoso.com`.\n" in text
    assert "sync02" not in text


def test_files_of_earlier_remediations() -> None:
    """Files that lie there still are named, so that nobody runs them."""
    assert "Do not run them:\n\n- `sync09.ps1`\n" in _overview(past(*ALL), others=("sync09.ps1",))


def test_an_incomplete_and_a_narrowed_run() -> None:
    """A run that did not see everything is said to be one on top of every text."""
    given = (*ALL, (PRECEDENCE_ERROR, past_finding(PRECEDENCE_ERROR, Outcome.ERROR, observed=None)))
    results = replace(past(*given), complete=False, selection=Selection(servers=("a*",)))
    first, second = (
        "> **Note:** The run was incomplete (1 error); there may be more to put right than is here.\n\n",
        "> **Note:** The run was narrowed (--limit a\\*), and did not look at everything.\n\n",
    )

    for text in (_guide(results), _overview(results)):
        assert "\n\n" + first + second in text


PRECEDENCE_ERROR = past_rule("AADC0999")


def _acting(text: str) -> set[str]:
    return {token.type for token in _tokens(text)} & {"html_block", "html_inline", "image", "link_open", "table_open"}


def _harmless(text_: str) -> None:
    plain = past(*ALL)
    results = hostile(text_ or "s")
    rules = [replace(rule, remediation=replace(rule.remediation, editor="1. See.")) for rule in results.rules]
    results = replace(results, rules=tuple(rules))
    for text, like in ((_guide(results), _guide(plain)), (_overview(results, others=(text_,)), _overview(plain))):
        assert text.startswith(f"{MARK}\n# ")
        assert set() == _acting(text.removeprefix(MARK))
        assert 1 == sum(token.type == "heading_open" and token.tag == "h1" for token in _tokens(text))
        assert len(_headings(text)) - len(_headings(like)) in (0, 1)


@pytest.mark.parametrize("text_", HOSTILE.values(), ids=HOSTILE.keys())
def test_t36_hostile_results(text_: str) -> None:
    """No HTML, picture, link, table or heading comes out of what stands in results."""
    _harmless(text_)


@given(texts)
@settings(max_examples=60)
def test_any_text_in_results(text_: str) -> None:
    """As above, for any text."""
    _harmless(text_)


@pytest.mark.parametrize("text_", HOSTILE.values(), ids=HOSTILE.keys())
def test_t36_hostile_markdown_of_a_policy(text_: str) -> None:
    """The steps for the editor are Markdown of the policy; they stay within their quotation, without HTML or pictures."""
    rule = past_rule("X1", editor=f"1. a {text_}\n\n```\n{text_[:1000]}\n# b")
    guide = _guide(past((rule, past_finding(rule)), *ALL[4:]))

    assert set() == _acting(guide.removeprefix(MARK)) - {"link_open"}
    assert "`AADC0101` All is as it should be" in _headings(guide)
