"""The verb `policy lint`."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from os.path import normpath
from pathlib import Path, PurePath

from checker import __version__
from checker.cli.bases import find_base
from checker.cli.inputs import find_policies
from checker.cli.output import Output, parse_outputs, write_outputs
from checker.cli.telling import tell
from checker.errors import Mistake, PolicyError, UsageError
from checker.evaluate.gate import worst
from checker.load.policies import PolicyDocument, load_policies
from checker.model.policy import Policy, PolicyFile
from checker.report.lint import Lint, notes_of, render_json, render_text
from checker.report.lint_sarif import render_sarif
from checker.shipped import shipped_policies

_RENDERERS: Mapping[str, Callable[[Lint], str]] = {
    "text": render_text,
    "json": render_json,
    "sarif": lambda lint: render_sarif(lint, version=__version__, names=_portable(lint)),
}


def run_policy_lint(options: argparse.Namespace) -> int:
    """
    Tell every mistake in the policies, and give the exit code: 3 where there is one.

    Raises:
        UsageError: a policy does not exist, and those that do have no mistakes.
    """
    outputs = parse_outputs(options.output, _RENDERERS)
    if not any(output.path is None for output in outputs):
        outputs = (*outputs, Output("text"))
    documents, mistakes, missing = _found(options.policies)
    lint = _lint(documents, mistakes)
    if missing and not lint.mistakes:
        raise UsageError("; ".join(missing))
    failures = write_outputs(outputs, lambda output: _RENDERERS[output.format](lint))
    tell(*missing, *map(str, failures))
    return worst([3 if lint.mistakes else 0, *(failure.exit_code for failure in failures)])


def _found(named: Sequence[str]) -> tuple[list[PolicyDocument], list[Mistake], list[str]]:
    """Read all that is named; what cannot be read is a mistake, and what does not exist is told apart."""
    documents: list[PolicyDocument] = []
    mistakes: list[Mistake] = []
    missing: list[str] = []
    for name in named:
        try:
            documents += find_policies([name], "POLICY")
        except PolicyError as error:
            mistakes += error.mistakes
        except UsageError as error:
            missing.append(str(error))
    return documents, mistakes, missing


def _lint(documents: Sequence[PolicyDocument], unread: Sequence[Mistake]) -> Lint:
    try:
        policies = load_policies(documents, {}, find_base)
    except PolicyError as error:
        # NOTE: two policies that build on one and the same tell its mistakes twice.
        return Lint(files=_files(documents, ()), mistakes=tuple(dict.fromkeys([*unread, *error.mistakes])))
    files = _files(documents, policies)
    if unread:
        return Lint(files=files, mistakes=tuple(unread))
    return Lint(files=files, notes=notes_of(policies), rules=sum(len(policy.rules) for policy in policies))


def _files(documents: Sequence[PolicyDocument], policies: Sequence[Policy]) -> tuple[PolicyFile, ...]:
    """List the files, each once, with the names of those that were understood."""
    known = {policy.sha256: policy for policy in policies}
    files: dict[str, PolicyFile] = {}
    for one in documents:
        digest = hashlib.sha256(one.content).hexdigest()
        name, version = (known[digest].name, known[digest].version) if digest in known else ("", "")
        files[one.path] = PolicyFile(name=name, version=version, path=one.path, sha256=digest, shipped=one.shipped)
    return tuple(files.values())


def _portable(lint: Lint) -> Mapping[str, str]:
    """Name the files without telling where they lie on this machine."""
    own = {file.path for file in lint.files if not file.shipped}
    shipped = {f"{name}.yaml" for name in shipped_policies()} - own
    paths = {file.path for file in lint.files} | {one.location.file for one in (*lint.mistakes, *lint.notes)}
    return {path: f"policies/{path}" if path in shipped else _relative(path) for path in paths}


def _relative(path: str) -> str:
    whole = PurePath(normpath(path))
    # NOTE: the working directory may be gone; then a file that was read all the same lies outside of it.
    with suppress(OSError):
        folder = Path.cwd()
        whole = PurePath(normpath(folder / path))
        if whole.is_relative_to(folder):
            return whole.relative_to(folder).as_posix()
    return f"outside/{whole.name}"
