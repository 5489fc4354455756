"""The verb `explain`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from checker.cli.bases import find_base
from checker.cli.inputs import clock_of, find_policies, find_surroundings, read_settings
from checker.cli.named_file import read_named, shown_path
from checker.cli.output import write_standard_output
from checker.cli.rule_words import words_of
from checker.cli.telling import tell
from checker.errors import UsageError
from checker.load.nearest import shown
from checker.load.policies import PolicyDocument, load_policies
from checker.model.policy import Policy, Rule, Severity
from checker.model.result import Outcome, Report, Selection
from checker.report.explanation import render_explanation
from checker.shipped import shipped_policies

_MOST_NEAR = 3


def run_explain(options: argparse.Namespace) -> int:
    """
    Explain a rule, and give the exit code: 4 where something could not be read or decided.

    Raises:
        UsageError: no policy has the rule, or the command line asks for what does not go together.
    """
    if options.inventory is not None and not options.facts:
        raise UsageError("--inventory: it says which servers are expected, and so goes with --facts")
    documents = find_policies(options.policy or tuple(shipped_policies()))
    settings = read_settings(options.set)
    explained = _explained(options.rule, load_policies(documents, settings, find_base))
    report = _report(options, documents) if options.facts else None
    texts = (render_explanation(policy, rule, words_of, report) for policy, rule in explained)
    write_standard_output("\n".join(texts).encode())
    return 0 if report is None else _told(report)


def _explained(wanted: str, policies: Sequence[Policy]) -> list[tuple[Policy, Rule]]:
    """
    Find the rule that is asked for, in every policy that has it.

    Raises:
        UsageError: no policy has it.
    """
    found = [(policy, rule) for policy in policies for rule in policy.rules if rule.id == wanted]
    if not found:
        ids = sorted({rule.id for policy in policies for rule in policy.rules})
        near = get_close_matches(wanted.upper(), ids, n=_MOST_NEAR) if len(wanted) <= 100 else []
        hint = f"did you mean {', '.join(near)}?" if near else f"there are {_span(ids)}"
        raise UsageError(f"there is no rule {shown(wanted)} in {', '.join(policy.name for policy in policies)}; {hint}")
    return found


def _span(ids: Sequence[str]) -> str:
    return ", ".join(ids) if len(ids) <= 5 else f"{ids[0]} to {ids[-1]}"


def _report(options: argparse.Namespace, documents: tuple[PolicyDocument, ...]) -> Report:
    """Check the one rule, and no other, against the facts."""
    from checker.pipeline import Document, Request, check  # noqa: PLC0415 - only where there are facts

    clock, path = clock_of(options), options.inventory
    inventory = None if path is None else Document(shown_path(Path(path)), read_named(path, "--inventory"))
    request = Request(
        policies=documents,
        find_base=find_base,
        settings=read_settings(options.set),
        facts=tuple(options.facts),
        server=options.server,
        inventory=inventory,
        selection=Selection(rules=(options.rule,)),
        fail_on=Severity.INFO,
        strict=False,
        run_id="",
        clock=clock,
    )
    return check(request, partial(find_surroundings, options, clock))


def _told(report: Report) -> int:
    """Tell what there is to say beside the findings, and give the exit code; that a rule fails is none of its own."""
    for diagnostic in report.diagnostics:
        tell(diagnostic.message)
    for one in report.files_not_understood:
        tell(f"not understood: {one.path}: {one.why}")
    if report.run.interrupted:
        return report.run.exit_code
    undecided = any(one.outcome is Outcome.ERROR for one in report.findings)
    return 4 if undecided or any(one.incomplete for one in report.diagnostics) else 0
