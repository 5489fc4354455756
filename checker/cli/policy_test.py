"""The verb `policy test`: the cases beside policies, and whether they prove anything."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.cli.bases import find_base
from checker.cli.named_file import is_there, read_whole, shown_path
from checker.cli.output import Output, parse_outputs, write_outputs
from checker.cli.telling import tell
from checker.errors import Mistake, PolicyError, UsageError
from checker.evaluate.gate import worst
from checker.evaluate.mutation import try_cases
from checker.load.document import PolicyDocument
from checker.load.nearest import hint
from checker.load.policy_cases import load_policy_cases
from checker.model.location import Location
from checker.model.policy_case import CaseFile, TriedCases
from checker.model.result import Outcome
from checker.report.policy_test_text import render_json, render_text
from checker.shipped import shipped_folder, shipped_policies

_CASES = ".test.yaml"
_ENDINGS = (".yaml", ".yml")
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_RENDERERS: Mapping[str, Callable[[Sequence[TriedCases]], str]] = {"text": render_text, "json": render_json}


def run_policy_test(options: argparse.Namespace) -> int:
    """
    Try the cases of all policies that are named, and give the exit code: 1 where something is to be done.

    Raises:
        UsageError: a policy does not exist, or an outcome.
        PolicyError: cases or policies cannot be used, or there are no cases.
    """
    outputs = parse_outputs(options.output, _RENDERERS) or (Output("text"),)
    required = read_outcomes(options.require)
    tried = [try_cases(file, required) for file in _load(options.policies)]
    failures = write_outputs(outputs, lambda output: _RENDERERS[output.format](tried))
    tell(*map(str, failures))
    verdict = 0 if all(one.good for one in tried) else 1
    return worst([verdict, *(failure.exit_code for failure in failures)])


def read_outcomes(texts: Sequence[str]) -> frozenset[Outcome]:
    """
    Read the words of --require.

    Raises:
        UsageError: one is no outcome.
    """
    words = [word for text in texts for word in text.split(",")]
    for word in words:
        if word not in _OUTCOMES:
            raise UsageError(f"--require {word!r}: there is no such outcome{hint(word, _OUTCOMES)}")
    return frozenset(_OUTCOMES[word] for word in words)


@dataclass(frozen=True, slots=True)
class _Named:
    """What an argument names: files of cases, and policies that they must be of."""

    files: tuple[Path, ...]
    policies: tuple[Path, ...] = ()


def _load(named: Sequence[str]) -> tuple[CaseFile, ...]:
    """
    Read all cases that are named, each file once.

    Raises:
        UsageError: nothing has the name.
        PolicyError: something cannot be used, or has no cases; the mistakes of all files are told.
    """
    mistakes: list[Mistake] = []
    missing: list[str] = []
    files: dict[str, CaseFile] = {}
    policies: list[Path] = []
    for name in named:
        try:
            if name in shipped_policies():
                files.setdefault(f"shipped {name}", _shipped(name))
                continue
            found = _found(name)
        except PolicyError as error:
            mistakes += error.mistakes
            continue
        except UsageError as error:
            missing.append(str(error))
            continue
        policies += found.policies
        for path in found.files:
            key = str(path.resolve())
            if key in files:
                continue
            try:
                files[key] = load_policy_cases(read_whole(path), shown_path(path), find_base, find_base)
            except PolicyError as error:
                mistakes += error.mistakes
    mistakes = mistakes or list(_without_cases(policies, files.values()))
    if mistakes:
        tell(*missing)
        raise PolicyError(list(dict.fromkeys(mistakes)))
    if missing:
        raise UsageError("; ".join(missing))
    return tuple(files.values())


def _without_cases(policies: Iterable[Path], files: Iterable[CaseFile]) -> Iterator[Mistake]:
    """Tell the policies that no file speaks of: a policy that was named and not tried is not proven."""
    tried = {Path(file.policy.path).resolve() for file in files if not file.policy.shipped}
    for path in policies:
        if path.resolve() not in tried:
            beside = f"{path.stem}{_CASES}"
            message = f"there are no cases for this policy; they stand beside it in {beside!r}"
            yield Mistake(Location(shown_path(path)), message)


def _shipped(name: str) -> CaseFile:
    """
    Read the cases of a shipped policy.

    Raises:
        PolicyError: there are none, or they cannot be used.
    """

    def find(text: str, path: str) -> PolicyDocument:
        return find_base(text.removesuffix(".yaml"), path)

    path = f"{name}{_CASES}"
    file = shipped_folder("policies").joinpath(path)
    if not file.is_file():
        raise PolicyError([Mistake(Location(path), "there are no cases for this shipped policy")])
    return load_policy_cases(file.read_bytes(), path, find, find_base)


def _found(name: str) -> _Named:
    """
    Find what an argument names by a path.

    Raises:
        UsageError: nothing stands there.
        PolicyError: a folder cannot be read, or holds neither cases nor policies.
    """
    path = Path(name)
    if not name or not is_there(path, "POLICY"):
        near = "" if path.suffix or "/" in name else hint(name, shipped_policies())
        raise UsageError(f"POLICY {name!r}: no such policy, file or folder{near}")
    if path.is_dir():
        return _in_folder(path)
    if _is_of_cases(path):
        return _Named((path,))
    beside = (path.with_name(f"{path.stem}.test{ending}") for ending in _ENDINGS)
    return _Named(tuple(one for one in beside if one.is_file()), (path,))


def _in_folder(folder: Path) -> _Named:
    try:
        inside = sorted(file for file in folder.iterdir() if file.suffix in _ENDINGS)
    except OSError as error:
        raise PolicyError([Mistake(Location(shown_path(folder)), f"it cannot be read: {error.strerror}")]) from error
    if not inside:
        told = f"there are neither policies nor cases (*{_CASES}) in this folder"
        raise PolicyError([Mistake(Location(shown_path(folder)), told)])
    files = tuple(filter(_is_of_cases, inside))
    return _Named(files, tuple(file for file in inside if ".test." not in file.name))


def _is_of_cases(path: Path) -> bool:
    return path.stem.endswith(".test") and path.suffix in _ENDINGS
