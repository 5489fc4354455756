"""What a run was given, in words: what narrowed it, its limits, whom it expected, what version control says of it."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.duration import format_duration
from checker.model.policy import Parameter
from checker.model.result import Population, Report, Revision, Run, Selection, ServerRow
from checker.model.values import show
from checker.model.waiver import WaiverFile, WaiverState
from checker.report.summary import missing_from
from checker.report.wording import counted, quoted

_LONGEST_VALUE = 200


def selection_words(selection: Selection) -> str:
    """Give what narrowed a run, as it was asked for; empty for a whole run."""
    flags = (("--limit", selection.servers), ("--rule", selection.rules), ("--tag", selection.tags))
    return ", ".join(f"{flag} {value}" for flag, values in flags for value in values)


def partial_words(selection: Selection) -> str:
    """Say in a sentence that a run was narrowed; empty for a whole run."""
    given = selection_words(selection)
    return f"The run is partial, for it was narrowed ({given}): it says nothing of the rest." if given else ""


def limits_of(run: Run) -> Iterator[tuple[str, str]]:
    """Give the limits that were set, by the name of their flag without the dashes."""
    if run.max_age is not None:
        yield "max-age", format_duration(run.max_age)
    if run.longest_waiver is not None:
        yield "longest-waiver", str(run.longest_waiver)
    if run.max_waived is not None:
        yield "max-waived", str(run.max_waived)


def population_words(report: Report) -> str:
    """Say how many servers were expected and received, and name those that the two do not share."""
    population = report.population
    words = [f"{len(population.expected)} expected, {_reached(population)} of them received"]
    for title, names in (
        ("missing", missing_from(report)),
        ("unexpected", tuple(sorted(population.unexpected))),
        ("left out by --limit", tuple(sorted(population.left_out))),
    ):
        if names:
            words.append(f"{title}: {quoted(names)}")
    return "; ".join(words)


def _reached(population: Population) -> int:
    return len({*population.expected}.intersection(population.received))


def role_words(row: ServerRow) -> str:
    """Give the role and the tenant of a server, where they are known."""
    return ", ".join((*([row.role] if row.role else ()), *([f"tenant {row.tenant}"] if row.tenant else ())))


def parameter_words(parameter: Parameter) -> str:
    """Give the value of *parameter* and where it comes from, and the servers that it is for if it is not for all."""
    value = show(parameter.value)
    # NOTE: a long value is cut here, so that a cut of the whole does not take away where it comes from.
    cut = f"{value[:_LONGEST_VALUE]}...(+{len(value) - _LONGEST_VALUE})" if len(value) > _LONGEST_VALUE else value
    whom = f" for {', '.join(parameter.servers)}" if parameter.servers else ""
    return f"{cut} ({parameter.origin}{whom})"


def waiver_file_words(report: Report, file: WaiverFile) -> str:
    """Say how many waivers *file* holds, and how many of them cover a failure of this run."""
    used = {
        use.waiver.location
        for use in report.waiver_uses
        if use.state is WaiverState.USED and use.waiver.location.file == file.path
    }
    return f"{counted(len(file.waivers), 'waiver')}, {len(used)} in use"


def unclean(report: Report) -> tuple[Revision, ...]:
    """Give the files of the run of which version control does not say that they are as they were committed."""
    return tuple(sorted((one for one in report.revisions if one.state != "clean"), key=lambda one: one.path))


def revision_words(revision: Revision) -> str:
    """Say what version control says of a file."""
    if revision.state == "none" and revision.detail:
        return revision.detail  # there is nothing else to tell
    words = [_STATES.get(revision.state, revision.state)]
    if revision.commit:
        words.append(f"commit {revision.commit[:12]}")
    if revision.branch:
        words.append(f"branch {revision.branch}")
    return ", ".join(words) + (f". {revision.detail}" if revision.detail else "")


_STATES = {
    "modified": "modified since it was committed",
    "untracked": "not under version control",
    "none": "in no repository",
    "unreadable": "version control cannot be read",
}
