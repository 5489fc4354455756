"""Which servers there is something to do on, and how their files are named."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.model.results_document import PastServer
from checker.report.remediation_plan import plans_of
from tests.report.past import EXPORTS, past, past_finding
from tests.report.reports import HOSTILE, texts


def _stems(*names: str) -> list[str]:
    """Give the names of files for servers with *names*, all of which have a failure."""
    results = past(
        *((EXPORTS, past_finding(EXPORTS, server=name)) for name in names),
        servers=[PastServer(name=name) for name in names],
    )
    return [plan.stem for plan in plans_of(results)]


@pytest.mark.parametrize("name", ["SYNC01", "sync01.contoso.com", "aadc-01", "a", "10.0.0.1", "A_1"])
def test_a_plain_name_is_the_name_of_the_files(name: str) -> None:
    """A usual name of a server names its files."""
    assert [name] == _stems(name)


@pytest.mark.parametrize(
    "name",
    [
        *(pytest.param(text, id=key) for key, text in HOSTILE.items() if text),
        *("..", ".", "a/b", "a\\b", "a:b", "CON", "con.contoso.com", "LPT1", "nul.", "sync01.", "-rf", "a\0b", "a b", "ü"),
        *("readme", "README.md", "a..b", "x" * 300, "server-1-0123456789abcdef", "\u202egnp.exe", "~", "$HOME", "*", "\n"),
    ],
)  # fmt: skip
def test_t_file_names_are_never_made_of_a_hostile_name_alone(name: str) -> None:
    """A name that could mean something to a file system is replaced by its letters and a digest."""
    (stem,) = _stems(name)

    assert re.fullmatch(r"server-(?:[A-Za-z0-9-]{1,40}-)?[0-9a-f]{16}", stem)


def test_names_that_differ_in_case_only() -> None:
    """Two servers never share a file, also where files do not know case."""
    stems = _stems("SYNC01", "sync01", "sync02")

    assert 3 == len({stem.casefold() for stem in stems})
    assert "sync02" in stems


@given(st.sets(texts.filter(bool), min_size=1, max_size=5))
def test_no_two_servers_share_a_file(names: set[str]) -> None:
    """Whatever the names, each has a plain file name of its own."""
    stems = _stems(*names)

    assert len(names) == len({stem.casefold() for stem in stems})
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", stem) and not stem.endswith(".") for stem in stems)


def test_a_server_that_only_findings_name() -> None:
    """A server counts also where the list of servers does not have it."""
    results = past((EXPORTS, past_finding(EXPORTS)), servers=())

    assert ["sync01"] == [plan.computer_name for plan in plans_of(results)]
