"""What the files of a remediation say of findings and of their run, in the same words in each of them."""

from __future__ import annotations

from checker.model.results_document import PastFinding, ResultsDocument
from checker.report.run_words import selection_words
from checker.report.wording import counted, shown_value


def observed_words(finding: PastFinding) -> str:
    """Give what was observed: of a list the entries that break the rule, where they are known."""
    value = finding.broken or finding.observed
    return "(nothing)" if value is None else shown_value(value)


def expected_words(finding: PastFinding) -> str:
    """Give what is expected."""
    return finding.expected or "(nothing)"


def wrong_words(finding: PastFinding) -> str:
    """Give a finding on one line."""
    return f"- {finding.rule}: observed {observed_words(finding)}; expected {expected_words(finding)}"


def standing_words(results: ResultsDocument) -> tuple[str, ...]:
    """Say, in a sentence each, why the results may not show everything."""
    told: list[str] = []
    if not results.complete:
        errors = counted(results.errors, "error")
        told.append(f"The run was incomplete ({errors}); there may be more to put right than is here.")
    if given := selection_words(results.selection):
        told.append(f"The run was narrowed ({given}), and did not look at everything.")
    return tuple(told)
