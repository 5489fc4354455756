"""What the documents claim is run: flags, exit codes, tables, commands and outputs are those of the program."""

import argparse
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.cli.bases import find_base
from checker.cli.inputs import find_policies
from checker.cli.parser import build_parser
from checker.load.inventory import load_inventory
from checker.load.policies import PolicyDocument, load_policies
from checker.load.waivers import load_waivers
from checker.model.catalogue import CATALOGUE, facts_in
from checker.model.facts import SourceFormat
from checker.shipped import shipped_policies

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

COLUMNS = (
    SourceFormat.SERVER_CONFIGURATION,
    SourceFormat.REGISTRY,
    SourceFormat.SYNCHRONIZATION_POLICY,
    SourceFormat.CMDLET,
    SourceFormat.QUERY,
    SourceFormat.LIVE,
    SourceFormat.FACTS,
)
"""The formats in the order of the table."""


def section(name: str) -> str:
    """Give what stands between the markers *name* in the README."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert found is not None
    return found[1]


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Give *parser*, those of its verbs, and those below them."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                yield from parsers(verb)


def flags() -> list[str]:
    """Name every flag of every command."""
    return sorted(
        {flag for one in parsers(build_parser()) for action in one._actions for flag in action.option_strings}
    )


def example(name: str) -> bytes:
    """Give the YAML of the example *name*."""
    found = re.fullmatch(r"```yaml\n(.*?)```\n", section(name), re.DOTALL)
    assert found is not None
    return found[1].encode()


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line of the README in *folder*, with the checker under test."""
    words = shlex.split(command)
    assert words[0].endswith("adsync-checker")
    return subprocess.run(
        [sys.executable, "-m", "checker.cli", *words[1:]],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("flag", [flag for flag in flags() if flag != "-h"])
def test_flag_is_documented(flag: str) -> None:
    """Every flag of the command line is explained in the README."""
    assert f"`{flag}`" in README or f"`{flag} " in README


def test_readme_names_no_flag_that_does_not_exist() -> None:
    """A reader is not sent to a flag that is gone."""
    command = README.split("## Check", 1)[1].split("## Exit codes", 1)[0]

    assert set(re.findall(r"`(--?[a-z-]+)", command)) <= set(flags())


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 70])
def test_exit_code_is_documented(code: int) -> None:
    """Every exit code has a row in the table."""
    assert re.search(rf"^\| {code} \| \w", README, re.MULTILINE)


def test_table_of_formats_is_what_the_catalogue_says() -> None:
    """The table counts, for each group of facts, how many a format can hold; derived facts are left out."""
    groups: dict[str, list[str]] = {}
    for name, spec in CATALOGUE.items():
        if not spec.derived:
            groups.setdefault(name.partition(".")[0], []).append(name)
    expected = []
    for group, names in groups.items():
        held = [len(set(names) & set(facts_in(column))) for column in COLUMNS]
        cells = ["all" if count == len(names) else f"{count} of {len(names)}" if count else "-" for count in held]
        expected.append(f"| `{group}.*` | {' | '.join(cells)} |")

    assert expected == section("formats").splitlines()[2:]


def test_console_output_is_real(tmp_path: Path) -> None:
    """The output that the README shows is what the command beside it prints."""
    shutil.copytree(ROOT / "tests/exports", tmp_path / "tests/exports")
    block = re.fullmatch(r"```console\n\$ (.*?)\n(.*)```\n", section("console"), re.DOTALL)
    assert block is not None

    assert block[2].startswith("adsync-checker")
    assert block[2] == run(block[1], tmp_path).stdout


def test_first_command_gives_a_verdict_in_every_form(tmp_path: Path) -> None:
    """What a stranger runs first ends well, and leaves the reports that it promises."""
    shutil.copytree(ROOT / "tests/exports", tmp_path / "tests/exports")
    (first,) = re.findall(r"^python3 -m venv .*adsync-checker check .*$", README, re.MULTILINE)
    ran = run(first.split(" && ")[-1], tmp_path)
    reports = sorted(path.name for path in tmp_path.glob("results.*"))

    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert "adsync-checker" in ran.stdout
    assert reports == ["results.json", "results.sarif", "results.xml"]


def test_contributors_are_given_the_command_of_the_readme() -> None:
    """There is one way to install what the tests need."""
    (command,) = re.findall(r"^(python3 -m venv .* --group dev) && .*pytest", README, re.MULTILINE)

    assert command in CONTRIBUTING.splitlines()


def test_example_policy_can_be_used() -> None:
    """The policy that the README shows loads as it stands, with all that it builds on."""
    (policy,) = load_policies([PolicyDocument(path="example.yaml", content=example("policy"))], {}, find_base)

    assert [rule.id for rule in policy.rules if rule.base or rule.origin in ("", "my-servers")] == [
        "AADC0012",
        "OURS0001",
        "OURS0002",
    ]
    assert [file.name for file in policy.extends] == ["v2-endpoint"]


def test_example_cases_agree_with_the_example_policy(tmp_path: Path) -> None:
    """The cases that the README shows are those of the policy that it shows."""
    (tmp_path / "my-servers.yaml").write_bytes(example("policy"))
    (tmp_path / "my-servers.test.yaml").write_bytes(example("cases"))
    done = run("adsync-checker policy test my-servers.yaml", tmp_path)

    assert "0 disagree" in done.stdout.splitlines()[-1], done.stdout + done.stderr


def test_example_inventory_and_waivers_can_be_used() -> None:
    """The inventory and the waivers that the README shows load as they stand."""
    policies = load_policies(find_policies(["v2-endpoint"]), {})
    inventory = load_inventory(example("inventory"), "inventory.yaml")
    waivers = load_waivers(example("waivers"), "waivers.yaml", policies, 365)

    assert ["sync01.contoso.com", "sync02.contoso.com"] == [one.name for one in inventory.servers]
    assert ["AADC0006"] == [one.rule for one in waivers.waivers]


@pytest.mark.parametrize("document", [README, CHANGELOG], ids=["README", "CHANGELOG"])
def test_counts_of_rules_are_right(document: str) -> None:
    """The shipped policies have as many rules as the documents say."""
    counts = {
        policy.name: len(policy.rules)
        for name, entry in shipped_policies().items()
        for policy in load_policies(
            [PolicyDocument(path=f"{name}.yaml", content=entry.read_bytes(), shipped=True)],
            {},
        )
    }
    told = re.search(r"`v2-endpoint`[^`]*?\b(\d+) rules.*?`recommended`\D*(\d+).*?`fleet`\D*(\d+)", document, re.DOTALL)
    assert told is not None

    assert {"v2-endpoint": int(told[1]), "recommended": int(told[2]), "fleet": int(told[3])} == counts


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "ci/README.md", "policies/README.md"]
)
def test_links_within_the_project_lead_somewhere(name: str) -> None:
    """A relative link names a file that is there."""
    path = ROOT / name
    links = re.findall(r"\]\((?!https:)([^)#]+)\)", path.read_text("utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []
