"""The ready gates in `ci/`: every command line in them is executed here, offline, with the checker under test."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "ci/github/action.yml").read_text("utf-8"))
TEMPLATE = yaml.safe_load((ROOT / "ci/azure/gate.yml").read_text("utf-8"))
README = (ROOT / "ci/README.md").read_text("utf-8")
COMPLIANT = ROOT / "tests/exports/v2-compliant"
LEGACY = ROOT / "tests/exports/v1-legacy"

SCHEDULER_POLICY = """\
policy: scheduler
version: "1.0.0"
title: The scheduler runs
rules:
  - id: TEST0001
    title: The sync cycle is enabled
    severity: high
    fact: scheduler.sync_cycle_enabled
    expect: {equals: true}
"""


@dataclass(frozen=True)
class Ran:
    """What a gate left behind."""

    code: int
    log: str
    junit: Path
    sarif: Path
    installed: str  # what pip was asked to install
    outputs: str = ""  # what the GitHub step handed to the workflow


Gate = Callable[[Path, Mapping[str, str]], Ran]


def executable(path: Path, script: str) -> None:
    """Write a command for the shell."""
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def stand_ins(folder: Path) -> Path:
    """
    Write commands that stand in for what would reach the network.

    `python3 -m venv` makes a folder with a `pip` that only notes its arguments, and with the checker under test.
    """
    folder.mkdir()
    executable(folder / "pip", f"""printf '%s\\n' "$@" > '{folder}/pip-arguments'""")
    executable(folder / "adsync-checker", f"""PYTHONPATH='{ROOT}' exec '{sys.executable}' -m checker.cli "$@\"""")
    executable(
        folder / "python3",
        f"""test "$1 $2" = '-m venv' && mkdir -p "$3/bin" && cp '{folder}/pip' '{folder}/adsync-checker' "$3/bin/\"""",
    )
    return folder


def run_steps(
    steps: Sequence[tuple[str, Mapping[str, str], Path]], options: Sequence[str], common: Mapping[str, str]
) -> tuple[int, str]:
    """Run scripts one after the other, each with its environment and folder, until one fails."""
    log = ""
    for script, environment, folder in steps:
        done = subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", *options, "-c", script],
            cwd=folder,
            env={**common, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        log += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, log
    return 0, log


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Replace the expressions of a pipeline by their *values*, all of which must be known."""
    return re.sub(r"\$\{\{ ([a-z_.A-Z-]+) \}\}|\$\(([A-Za-z.]+)\)", lambda found: values[found[1] or found[2]], text)


def github_gate(folder: Path, inputs: Mapping[str, str]) -> Ran:
    """Run the steps of the composite action in *folder*, as the runner does."""
    shims = stand_ins(folder / "stand-ins")
    workspace, temporary = folder / "workspace", folder / "temporary"
    workspace.mkdir(exist_ok=True)
    temporary.mkdir()
    given = {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | dict(inputs)
    values = {f"inputs.{name}": value for name, value in given.items()}
    values["github.action_path"] = str(ROOT / "ci/github")
    common = {
        "PATH": f"{shims}:{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "RUNNER_TEMP": str(temporary),
    }
    steps = [
        (step["run"], {name: fill_in(text, values) for name, text in step["env"].items()}, workspace)
        for step in ACTION["runs"]["steps"]
    ]
    code, log = run_steps(steps, ["-e", "-o", "pipefail"], common)
    outputs = {name: one["value"] for name, one in ACTION["outputs"].items()}
    return Ran(
        code=code,
        log=log,
        junit=workspace / fill_in(outputs["junit"], values),
        sarif=workspace / fill_in(outputs["sarif"], values),
        installed=(shims / "pip-arguments").read_text("utf-8").splitlines()[-1],
        outputs=(folder / "outputs").read_text("utf-8"),
    )


def azure_gate(folder: Path, inputs: Mapping[str, str]) -> Ran:
    """Run the scripts of the Azure template in *folder*, as the agent does, and find what its tasks would publish."""
    shims = stand_ins(folder / "stand-ins")
    workspace, temporary = folder / "workspace", folder / "temporary"
    workspace.mkdir(exist_ok=True)
    temporary.mkdir()
    names = {"fail-on": "failOn"}
    given = {one["name"]: one.get("default", "") for one in TEMPLATE["parameters"]}
    given |= {names.get(name, name): value for name, value in inputs.items()} | {"source": str(ROOT)}
    values = {"Build.SourcesDirectory": str(workspace), "Agent.TempDirectory": str(temporary)}
    values |= {f"parameters.{name}": fill_in(value, values) for name, value in given.items()}
    common = {"PATH": f"{shims}:{os.environ['PATH']}", "TF_BUILD": "True", "AGENT_TEMPDIRECTORY": str(temporary)}
    steps = [
        (
            step["bash"],
            {name: fill_in(text, values) for name, text in step["env"].items()},
            Path(fill_in(step.get("workingDirectory", str(workspace)), values)),
        )
        for step in TEMPLATE["steps"]
        if "bash" in step
    ]
    code, log = run_steps(steps, [], common)
    tests = azure_task("PublishTestResults@2")["inputs"]
    artifact = azure_task("PublishBuildArtifacts@1")["inputs"]
    return Ran(
        code=code,
        log=log,
        junit=Path(fill_in(tests["searchFolder"], values)) / tests["testResultsFiles"],
        sarif=Path(fill_in(artifact["PathtoPublish"], values)) / "adsync-checker.sarif",
        installed=(shims / "pip-arguments").read_text("utf-8").splitlines()[-1],
    )


def azure_task(name: str) -> dict[str, Any]:
    """Give the only step of the Azure template that is the task *name*."""
    (step,) = (one for one in TEMPLATE["steps"] if one.get("task") == name)
    assert isinstance(step, dict)
    return step


GATES = [pytest.param(github_gate, id="github"), pytest.param(azure_gate, id="azure")]


def scripts() -> list[Any]:
    """Give every script of both gates, with the step that it belongs to."""
    github = [pytest.param(step["run"], step, id=f"github: {step['name']}") for step in ACTION["runs"]["steps"]]
    azure = [
        pytest.param(step["bash"], step, id=f"azure: {step['displayName']}")
        for step in TEMPLATE["steps"]
        if "bash" in step
    ]
    return github + azure


@pytest.fixture
def scheduler_policy(tmp_path: Path) -> Path:
    """Write a policy of one rule, which an export decides without a registry file."""
    path = tmp_path / "scheduler.yaml"
    path.write_text(SCHEDULER_POLICY, "utf-8")
    return path


@pytest.mark.parametrize("gate", GATES)
def test_compliant_export_opens_the_gate(gate: Gate, tmp_path: Path) -> None:
    """The shipped policy passes on a compliant export, and both reports are there."""
    ran = gate(tmp_path, {"facts": str(COMPLIANT)})

    assert ran.code == 0, ran.log
    assert ET.parse(ran.junit).findall(".//testcase") != []
    assert json.loads(ran.sarif.read_text("utf-8"))["runs"] != []


@pytest.mark.parametrize("gate", GATES)
def test_failing_export_closes_the_gate_and_still_reports(gate: Gate, scheduler_policy: Path, tmp_path: Path) -> None:
    """A failure gives exit 1; the JUnit and the SARIF report name it."""
    ran = gate(tmp_path, {"facts": str(LEGACY), "policy": str(scheduler_policy)})
    (run,) = json.loads(ran.sarif.read_text("utf-8"))["runs"]

    assert ran.code == 1, ran.log
    assert len(ET.parse(ran.junit).findall(".//failure")) == 1
    assert [result["ruleId"] for result in run["results"]] == ["TEST0001"]


@pytest.mark.parametrize("gate", GATES)
def test_export_that_cannot_tell_closes_the_gate_and_still_reports(gate: Gate, tmp_path: Path) -> None:
    """An export without a registry file is incomplete for the shipped policy: exit 4, with errors in the reports."""
    ran = gate(tmp_path, {"facts": str(LEGACY)})

    assert ran.code == 4, ran.log
    assert ET.parse(ran.junit).findall(".//error") != []
    assert json.loads(ran.sarif.read_text("utf-8"))["runs"][0]["results"] != []


@pytest.mark.parametrize("gate", GATES)
def test_threshold_reaches_the_checker(gate: Gate, scheduler_policy: Path, tmp_path: Path) -> None:
    """With a threshold above every rule there is nothing to gate, which is incomplete and never a pass."""
    ran = gate(tmp_path, {"facts": str(LEGACY), "policy": str(scheduler_policy), "fail-on": "critical"})

    assert ran.code == 4, ran.log


@pytest.mark.parametrize("gate", GATES)
def test_further_arguments_reach_the_checker(gate: Gate, scheduler_policy: Path, tmp_path: Path) -> None:
    """Each line is one argument: here a second policy, and a parameter of it that closes the gate."""
    arguments = "--policy=v2-endpoint\n--set=member_limit_maximum=50001\n"
    ran = gate(tmp_path, {"facts": str(COMPLIANT), "policy": str(scheduler_policy), "arguments": arguments})

    assert ran.code == 1, ran.log
    assert len(ET.parse(ran.junit).findall(".//failure")) == 1


@pytest.mark.parametrize("gate", GATES)
def test_a_wrong_argument_closes_the_gate(gate: Gate, tmp_path: Path) -> None:
    """A parameter that no policy has is a mistake of the pipeline's author, and told as such."""
    ran = gate(tmp_path, {"facts": str(COMPLIANT), "arguments": "--set=no_such_parameter=1"})

    assert ran.code == 2, ran.log
    assert "no_such_parameter" in ran.log


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("name", ["facts", "policy", "arguments"])
def test_text_of_an_input_is_never_run(gate: Gate, name: str, tmp_path: Path) -> None:
    """What a pipeline hands in is an argument and no script, whatever it holds."""
    hostile = "$(touch pwned)`touch pwned`\"; touch pwned; '"
    ran = gate(tmp_path, {"facts": str(COMPLIANT)} | {name: hostile})

    assert ran.code == 2, ran.log
    assert list(tmp_path.rglob("pwned")) == []


@pytest.mark.parametrize("gate", GATES)
def test_an_input_is_never_taken_for_a_flag(gate: Gate, tmp_path: Path) -> None:
    """A value that starts with a dash stays a value."""
    ran = gate(tmp_path, {"facts": "--version"})

    assert ran.code == 2, ran.log


def test_github_hands_on_the_exit_code(tmp_path: Path) -> None:
    """A workflow can tell an incomplete audit from a failed one."""
    ran = github_gate(tmp_path, {"facts": str(LEGACY)})

    assert ran.outputs == "exit-code=4\n"


@pytest.mark.parametrize("gate", GATES)
def test_reports_of_an_earlier_run_are_not_published_again(gate: Gate, tmp_path: Path) -> None:
    """Where the checker cannot start, no older report passes for a new one."""
    for folder in ("workspace/adsync-checker-reports", "workspace"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name in ("adsync-checker.xml", "adsync-checker.sarif"):
            (tmp_path / folder / name).write_text("old", "utf-8")
    ran = gate(tmp_path, {"facts": str(COMPLIANT), "policy": "no-such-policy"})

    assert ran.code == 2, ran.log
    assert not ran.junit.exists()
    assert not ran.sarif.exists()


@pytest.mark.parametrize("gate", GATES)
def test_the_revision_of_the_gate_is_what_is_installed(gate: Gate, tmp_path: Path) -> None:
    """A gate and the checker that it runs are of one revision."""
    ran = gate(tmp_path, {"facts": str(COMPLIANT)})

    assert Path(ran.installed).resolve() == ROOT


@pytest.mark.parametrize(("script", "step"), scripts())
def test_nothing_is_pasted_into_a_script(script: str, step: Mapping[str, Any]) -> None:
    """Scripts hold no expression of the pipeline, and every variable of theirs is declared beside them."""
    variables = set(re.findall(r"\$\{?(CHECKER_\w+)", script))

    assert "${{" not in script
    assert not re.search(r"\$\(|`", script)
    assert variables == set(step["env"])


def test_every_input_is_used() -> None:
    """An input that nothing reads would be a promise that is not kept."""
    github = (ROOT / "ci/github/action.yml").read_text("utf-8")
    azure = (ROOT / "ci/azure/gate.yml").read_text("utf-8")

    assert [name for name in ACTION["inputs"] if f"${{{{ inputs.{name} }}}}" not in github] == []
    assert [one["name"] for one in TEMPLATE["parameters"] if f"parameters.{one['name']} }}" not in azure] == []


@pytest.mark.parametrize("task", ["PublishTestResults@2", "PublishBuildArtifacts@1"])
def test_azure_publishes_also_when_the_gate_closes(task: str) -> None:
    """The reports are needed most when the gate is closed."""
    condition = azure_task(task)["condition"]

    assert condition == "succeededOrFailed()"


def test_azure_publishes_what_the_scans_tab_reads() -> None:
    """The viewer of Azure Pipelines looks for an artifact of this very name."""
    name = azure_task("PublishBuildArtifacts@1")["inputs"]["ArtifactName"]

    assert name == "CodeAnalysisLogs"


def test_azure_fails_where_there_is_no_junit_report() -> None:
    """A missing report is not taken for one without failures."""
    inputs = azure_task("PublishTestResults@2")["inputs"]

    assert inputs["failTaskOnMissingResultsFile"] is True


def readme_pipelines() -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Read the two examples of ci/README.md: the workflow for GitHub and the pipeline for Azure."""
    workflow, pipeline = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL))
    return workflow, pipeline


def test_readme_says_first_which_pipeline_is_the_projects_own() -> None:
    """Nobody takes this folder for the project's own pipeline."""
    first = README.splitlines()[0]

    assert first.startswith("`.ci/run` is the project's own pipeline; this folder holds ready gates")


def test_example_workflow_fits_the_action() -> None:
    """The example gives what the action demands, and nothing that it does not know."""
    workflow, _ = readme_pipelines()
    (gate,) = (step for step in workflow["jobs"]["gate"]["steps"] if step.get("id") == "gate")
    required = {name for name, one in ACTION["inputs"].items() if one.get("required")}

    assert required <= set(gate["with"]) <= set(ACTION["inputs"])
    assert gate["uses"].split("/", 2)[2].startswith("ci/github@")


def test_example_workflow_asks_for_the_least() -> None:
    """The workflow has no permission, its only job those for reading and for code scanning."""
    workflow, _ = readme_pipelines()

    assert workflow["permissions"] == {}
    assert workflow["jobs"]["gate"]["permissions"] == {"contents": "read", "security-events": "write"}


def test_example_workflow_publishes_also_when_the_gate_closes() -> None:
    """Code scanning and the artifact get the reports whatever the verdict."""
    workflow, _ = readme_pipelines()
    publishing = [step for step in workflow["jobs"]["gate"]["steps"] if "upload" in step.get("uses", "")]

    assert [step["if"] for step in publishing] == ["always()", "always()"]


def test_foreign_actions_are_pinned() -> None:
    """A tag may move, a hash does not; the version stands beside it for people."""
    foreign = re.findall(r"uses: ((?:actions|github)/.*)", README)

    assert len(foreign) == 3
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in foreign)


def test_example_pipeline_fits_the_template() -> None:
    """The example gives what the template demands, and nothing that it does not know."""
    _, pipeline = readme_pipelines()
    (template,) = (step for step in pipeline["steps"] if "template" in step)
    required = {one["name"] for one in TEMPLATE["parameters"] if "default" not in one}

    assert required <= set(template["parameters"]) <= {one["name"] for one in TEMPLATE["parameters"]}
    assert template["template"] == "ci/azure/gate.yml@checker"
    assert (ROOT / "ci/azure/gate.yml").is_file()
