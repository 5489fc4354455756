"""What the files of a remediation say of findings and of their run, in the same words in each of them."""

from __future__ import annotations

from checker.model.results_document import PastFinding, ResultsDocument
from checker.model.values import show
from checker.report.wording import counted

_RECORDS_SHOWN = 20


def observed_words(finding: PastFinding) -> str:
    """Give what was observed: of a list the entries that break the rule, where they are known."""
    match finding.broken or finding.observed:
        case None:
            return "(nothing)"
        case tuple() as records if len(records) > _RECORDS_SHOWN:
            return f"{show(records[:_RECORDS_SHOWN])}; and {len(records) - _RECORDS_SHOWN} more"
        case value:
            return show(value)


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
    if results.selection.partial:
        given = [
            f"{flag} {value}"
            for flag, values in (
                ("--limit", results.selection.servers),
                ("--rule", results.selection.rules),
                ("--tag", results.selection.tags),
            )
            for value in values
        ]
        told.append(f"The run was narrowed ({', '.join(given)}), and did not look at everything.")
    return tuple(told)
