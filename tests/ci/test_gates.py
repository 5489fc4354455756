"""The ready gates in `ci/`: every command line in them is executed here, offline, with the checker under test."""

import json
import os
import re
import shutil
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
    results: Path
    installed: str  # what pip was asked to install
    published: tuple[Path, ...]  # the files that the steps after the check took
    outputs: str = ""  # what the GitHub step handed to the workflow

    @property
    def reports(self) -> tuple[Path, ...]:
        """Name every report that a gate promises."""
        return (self.junit, self.sarif, self.results)


Gate = Callable[[Path, Mapping[str, str]], Ran]


def executable(path: Path, script: str) -> None:
    """Write a command for the shell."""
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def stand_ins(folder: Path) -> Path:
    """
    Write commands that stand in for what would reach the network.

    `python3 -m venv` makes a folder with a `pip` that only notes its arguments, and with the checker under test.
    The file `no-index` beside the folder says that the package index cannot be reached.
    """
    folder.mkdir()
    executable(
        folder / "pip", f"""printf '%s\\n' "$@" > '{folder}/pip-arguments'; test ! -e '{folder.parent}/no-index'"""
    )
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
    temporary.mkdir(exist_ok=True)
    values = github_values(inputs)
    common = {
        "PATH": f"{shims}:{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "RUNNER_TEMP": str(temporary),
    }
    steps = [
        (step["run"], {name: fill_in(text, values) for name, text in step["env"].items()}, workspace)
        for step in ACTION["runs"]["steps"]
        if "run" in step
    ]
    code, log = run_steps(steps, ["-e", "-o", "pipefail"], common)
    outputs = {name: workspace / fill_in(one["value"], values) for name, one in PATHS.items()}
    handed = folder / "outputs"
    return Ran(
        code=code,
        log=log,
        **outputs,
        installed=(shims / "pip-arguments").read_text("utf-8").splitlines()[-1],
        published=tuple(workspace / name for step in github_uploads(values) for name in named_files(step, values)),
        outputs=handed.read_text("utf-8") if handed.exists() else "",
    )


PATHS = {name: one for name, one in ACTION["outputs"].items() if name != "exit-code"}
"""The outputs of the action that are paths of reports."""

CONDITIONS: Mapping[str, Callable[[Mapping[str, str]], bool]] = {
    "${{ always() }}": lambda _: True,
    "${{ always() && inputs.code-scanning != 'false' }}": lambda values: values["inputs.code-scanning"] != "false",
}
"""The conditions that a step may have: each is true after a failed step, too."""


def github_values(inputs: Mapping[str, str]) -> dict[str, str]:
    """Give the values of the expressions in the action for these *inputs* of a workflow."""
    given = {name: one.get("default", "") for name, one in ACTION["inputs"].items()} | dict(inputs)
    values = {f"inputs.{name}": value for name, value in given.items()}
    return values | {"github.action_path": str(ROOT / "ci/github")}


def github_uploads(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give the uploads that the runner would do, in order, whatever came before them."""
    return [step for step in ACTION["runs"]["steps"] if "uses" in step and CONDITIONS[step["if"]](values)]


def named_files(step: Mapping[str, Any], values: Mapping[str, str]) -> list[str]:
    """Name the files that an upload takes."""
    inputs = step["with"]
    return fill_in(inputs["path"] if "path" in inputs else inputs["sarif_file"], values).splitlines()


def azure_gate(folder: Path, inputs: Mapping[str, str]) -> Ran:
    """Run the scripts of the Azure template in *folder*, as the agent does, and find what its tasks would publish."""
    shims = stand_ins(folder / "stand-ins")
    workspace, temporary = folder / "workspace", folder / "temporary"
    workspace.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
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
    junit = Path(fill_in(tests["searchFolder"], values)) / tests["testResultsFiles"]
    artifact = Path(fill_in(azure_task("PublishBuildArtifacts@1")["inputs"]["PathtoPublish"], values))
    return Ran(
        code=code,
        log=log,
        junit=junit,
        sarif=artifact / "adsync-checker.sarif",
        results=artifact / "adsync-checker.json",
        installed=(shims / "pip-arguments").read_text("utf-8").splitlines()[-1],
        published=(junit, *sorted(artifact.iterdir())),
    )


def azure_task(name: str) -> dict[str, Any]:
    """Give the only step of the Azure template that is the task *name*."""
    (step,) = (one for one in TEMPLATE["steps"] if one.get("task") == name)
    assert isinstance(step, dict)
    return step


GATES = [pytest.param(github_gate, id="github"), pytest.param(azure_gate, id="azure")]


def scripts() -> list[Any]:
    """Give every script of both gates, with the step that it belongs to."""
    github = [
        pytest.param(step["run"], step, id=f"github: {step['name']}")
        for step in ACTION["runs"]["steps"]
        if "run" in step
    ]
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
    """The shipped policy passes on a compliant export, and every report is there."""
    ran = gate(tmp_path, {"facts": str(COMPLIANT)})

    assert ran.code == 0, ran.log
    assert ET.parse(ran.junit).findall(".//testcase") != []
    assert json.loads(ran.sarif.read_text("utf-8"))["runs"] != []
    assert json.loads(ran.results.read_text("utf-8"))["run"]["exit_code"] == 0


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
@pytest.mark.parametrize("facts", [COMPLIANT, LEGACY], ids=["open", "closed"])
def test_every_report_is_published_whatever_the_verdict(gate: Gate, facts: Path, tmp_path: Path) -> None:
    """The uploads name the very files that the check wrote, also when the gate closes."""
    ran = gate(tmp_path, {"facts": str(facts)})

    assert set(ran.published) == set(ran.reports)
    assert [path for path in ran.published if not path.is_file()] == []


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("name", ["facts", "policy"])
def test_an_empty_input_closes_the_gate(gate: Gate, name: str, tmp_path: Path) -> None:
    """An empty input, as of a variable that is not set, never means the working directory, even if it has all."""
    shutil.copytree(COMPLIANT, tmp_path / "workspace/export")
    (tmp_path / "workspace/policy.yaml").write_text(SCHEDULER_POLICY, "utf-8")
    ran = gate(tmp_path, {"facts": "export", "policy": "policy.yaml"} | {name: ""})

    assert ran.code == 2, ran.log
    assert f"--{name} ''" in ran.log


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
@pytest.mark.parametrize("reached", [True, False], ids=["wrong policy", "not installed"])
def test_reports_of_an_earlier_run_are_not_published_again(gate: Gate, tmp_path: Path, *, reached: bool) -> None:
    """Where the checker cannot start or is not even installed, no older report passes for a new one."""
    for folder in ("workspace/adsync-checker-reports", "temporary/adsync-checker-reports"):
        (tmp_path / folder).mkdir(parents=True)
        for name in ("adsync-checker.xml", "adsync-checker.sarif", "adsync-checker.json"):
            (tmp_path / folder / name).write_text("old", "utf-8")
    if not reached:
        (tmp_path / "no-index").touch()
    ran = gate(tmp_path, {"facts": str(COMPLIANT), "policy": "no-such-policy"})

    assert ran.code == (2 if reached else 1), ran.log
    assert [path for path in ran.reports if path.exists()] == []


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


@pytest.mark.parametrize(("script", "step"), scripts())
def test_scripts_need_no_new_bash(script: str, step: Mapping[str, Any]) -> None:
    """The bash of macOS is 3.2; there, a command that it does not know would lose arguments such as --strict."""
    newer = re.findall(r"\b(?:readarray|mapfile|coproc)\b|\b(?:declare|local) -[An]|\$\{\w+(?:\^|,|@)", script)

    assert newer == [], step


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("arguments", ["", "\n", "--policy=v2-endpoint\n\n--strict\n"], ids=["none", "empty", "gap"])
def test_empty_lines_are_no_arguments(gate: Gate, arguments: str, scheduler_policy: Path, tmp_path: Path) -> None:
    """A line that was left empty between the further arguments does not count."""
    ran = gate(tmp_path, {"facts": str(COMPLIANT), "policy": str(scheduler_policy), "arguments": arguments})

    assert ran.code == 0, ran.log


def test_every_input_is_used() -> None:
    """An input that nothing reads would be a promise that is not kept."""
    github = (ROOT / "ci/github/action.yml").read_text("utf-8")
    azure = (ROOT / "ci/azure/gate.yml").read_text("utf-8")

    assert [name for name in ACTION["inputs"] if not re.search(rf"\$\{{\{{ .*\binputs\.{name} .*\}}\}}", github)] == []
    assert [one["name"] for one in TEMPLATE["parameters"] if f"parameters.{one['name']} }}" not in azure] == []


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("actions/upload-artifact", "${{ always() }}"),
        ("github/codeql-action/upload-sarif", "${{ always() && inputs.code-scanning != 'false' }}"),
    ],
)
def test_github_publishes_also_when_the_gate_closes(action: str, condition: str) -> None:
    """Each upload comes after the check, and does not ask how the check ended."""
    steps = ACTION["runs"]["steps"]
    (place,) = (index for index, step in enumerate(steps) if step.get("uses", "").startswith(f"{action}@"))
    (check,) = (index for index, step in enumerate(steps) if step.get("id") == "check")

    assert place > check
    assert steps[place]["if"] == condition


def test_no_step_hides_that_the_gate_is_closed() -> None:
    """The check itself fails its job: no step of a gate may fail without closing it."""
    steps = [*ACTION["runs"]["steps"], *TEMPLATE["steps"]]

    assert [step for step in steps if "continue-on-error" in step or "continueOnError" in step] == []


@pytest.mark.parametrize(
    ("said", "uploads"),
    [
        ({}, ["actions/upload-artifact", "github/codeql-action/upload-sarif"]),
        ({"code-scanning": "yes"}, ["actions/upload-artifact", "github/codeql-action/upload-sarif"]),
        ({"code-scanning": "false"}, ["actions/upload-artifact"]),
    ],
    ids=["by default", "anything else", "switched off"],
)
def test_code_scanning_can_be_switched_off(said: Mapping[str, str], uploads: list[str]) -> None:
    """Without code scanning the artifact is still kept; only the very word false switches the upload off."""
    done = github_uploads(github_values({"facts": "exports"} | dict(said)))

    assert [step["uses"].partition("@")[0] for step in done] == uploads


def test_github_fails_where_there_is_no_report() -> None:
    """A run without reports, as one that only printed the help, never leaves the gate open."""
    (artifact, _) = github_uploads(github_values({"facts": "exports"}))

    assert artifact["with"]["if-no-files-found"] == "error"


def test_github_keeps_reports_in_a_hidden_folder() -> None:
    """The upload leaves hidden files out unless it is told otherwise."""
    (artifact, _) = github_uploads(github_values({"facts": "exports"}))

    assert artifact["with"]["include-hidden-files"] is True


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
    (gate,) = (step for step in workflow["jobs"]["gate"]["steps"] if step.get("name") == "Gate")
    required = {name for name, one in ACTION["inputs"].items() if one.get("required")}

    assert required <= set(gate["with"]) <= set(ACTION["inputs"])
    assert gate["uses"].split("/", 2)[2].startswith("ci/github@")


def test_example_workflow_asks_for_the_least() -> None:
    """The workflow has no permission, its only job those for reading and for code scanning in a private repository."""
    workflow, _ = readme_pipelines()
    permissions = workflow["jobs"]["gate"]["permissions"]

    assert workflow["permissions"] == {}
    assert permissions == {"contents": "read", "security-events": "write", "actions": "read"}


def test_example_workflow_leaves_publication_to_the_action() -> None:
    """A workflow checks out and uses the gate, and needs nothing more."""
    workflow, _ = readme_pipelines()
    used = [step["uses"].partition("@")[0] for step in workflow["jobs"]["gate"]["steps"]]

    assert used == ["actions/checkout", "OWNER/adsync-checker/ci/github"]


def test_foreign_actions_are_pinned() -> None:
    """A tag may move, a hash does not; the version stands beside it for people."""
    action = (ROOT / "ci/github/action.yml").read_text("utf-8")
    foreign = [used for text in (README, action) for used in re.findall(r"uses: ((?!OWNER/).*)", text)]

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
