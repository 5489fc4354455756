"""The verb `policy docs`, and the page about the shipped policies that it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import CHECKOUT, run


def test_the_page_about_the_shipped_policies_is_the_generated_one(tmp_path: Path) -> None:
    """`adsync-checker policy docs -o policies/README.md` would change nothing; if this fails, run it in the checkout."""
    done = run(tmp_path, "policy", "docs", "-o", "README.md")

    assert (0, "", "") == (done.code, done.out, done.err)
    assert (tmp_path / "README.md").read_text("utf-8") == (CHECKOUT / "policies/README.md").read_text("utf-8"), (
        "policies/README.md is stale; renew it with: adsync-checker policy docs -o policies/README.md"
    )


def test_the_page_holds_every_shipped_policy() -> None:
    """A policy that is shipped has its heading."""
    page = (CHECKOUT / "policies/README.md").read_text("utf-8")
    files = [file.stem for file in (CHECKOUT / "policies").glob("*.yaml") if ".test" not in file.suffixes]

    assert sorted(files) == sorted(
        line.removeprefix("## Policy ") for line in page.splitlines() if line.startswith("## Policy ")
    )


def test_a_page_about_policies_of_ones_own(tmp_path: Path) -> None:
    """Named policies are documented in the order of their names on the command line, on standard output."""
    (tmp_path / "own.yaml").write_text(
        'policy: own\nversion: "1.0"\ntitle: Mine | yours\nrules:\n  - {id: XX0001, title: T, severity: low, '
        "fact: tenant.cloud, expect: {matches: 'a|b'}}\n"
    )

    done = run(tmp_path, "policy", "docs", "own.yaml", "v2-endpoint")

    assert 0 == done.code
    assert done.out.index("## Policy own") < done.out.index("## Policy v2-endpoint")
    assert r"text that matches a\|b" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["nope"], 2, "no shipped policy", id="no such policy"),
        pytest.param(["bad.yaml"], 3, "bad.yaml:1:1", id="a policy with mistakes"),
        pytest.param(["v2-endpoint", "-o", ""], 2, "the path is empty", id="an empty path"),
        pytest.param(["v2-endpoint", "-o", "folder"], 5, "is a folder", id="a folder"),
        pytest.param(["v2-endpoint", "-o", "/dev/full"], 5, "No space left", id="a full disk"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    """A wrong command line, a policy that cannot be used, and a page that cannot be written are told apart."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "bad.yaml").write_text("{}\n")

    done = run(tmp_path, "policy", "docs", *arguments)

    assert (code, "") == (done.code, done.out)
    assert says in done.err
