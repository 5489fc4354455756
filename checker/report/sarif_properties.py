"""What no other part of a SARIF run has a place for: what it was given, and what its verdicts rest on."""

from __future__ import annotations

from collections.abc import Sequence

from checker.model.result import Report
from checker.model.values import Json, show
from checker.report.changed_rules import changed_rules, disabled_rules
from checker.report.portable import portable, portable_text
from checker.report.run_words import limits_of, population_words, revision_words, unclean, waiver_file_words
from checker.report.sarif_text import sarif_text
from checker.report.subjects import Subject
from checker.report.summary import summary_of
from checker.report.visible import LONG
from checker.report.wording import age_words, date_words


def sarif_properties(report: Report, subjects: Sequence[Subject]) -> Json:
    """Tell what the run was given, the servers with their sources, and how the whole report counts."""
    run, summary = report.run, summary_of(report)
    told: dict[str, Json] = {
        "runId": sarif_text(run.id),
        "failOn": run.fail_on.word,
        "counts": {
            "pass": summary.passes,
            "fail": summary.fails,
            "error": summary.errors,
            "notApplicable": summary.not_applicable,
            "waived": summary.waived,
        },
        "policies": [sarif_text(f"{file.name} {file.version}") for one in report.policies for file in one.files],
        "parameters": _parameters(report),
        "servers": [
            {
                "name": sarif_text(one.name),
                **({"role": sarif_text(one.row.role)} if one.row.role else {}),
                **({"tenant": sarif_text(one.row.tenant)} if one.row.tenant else {}),
            }
            for one in subjects
            if not one.tenant
        ],
        "sources": [
            {
                "server": sarif_text(one.name),
                "format": source.format.value,
                "path": sarif_text(portable(report, source.path)),
                "date": date_words(source),
                "age": age_words(source, run.started),
                "assignment": sarif_text(source.assignment),
            }
            for one in subjects
            for source in one.row.sources
        ],
    }
    if run.selection.partial:
        told["partial"] = True
        told["selection"] = {
            name: [*map(sarif_text, values)]
            for name, values in (
                ("limit", run.selection.servers),
                ("rule", run.selection.rules),
                ("tag", run.selection.tags),
            )
        }
    if limits := dict(limits_of(run)):
        told["limits"] = {**limits}
    return {**told, **_ground(report)}


def _parameters(report: Report) -> list[Json]:
    own = [(policy.name, one) for policy in report.policies for one in policy.parameters]
    return [
        {
            **({"policy": sarif_text(policy)} if policy else {}),
            "name": sarif_text(one.name),
            "value": sarif_text(show(one.value)),
            "origin": sarif_text(one.origin),
            **({"servers": [*map(sarif_text, one.servers)]} if one.servers else {}),
        }
        for policy, one in (*own, *(("", one) for one in report.server_parameters))
    ]


def _ground(report: Report) -> dict[str, Json]:
    """Tell what is there in some runs only: an inventory, waivers, what is not clean, what policies changed."""
    told: dict[str, Json] = {}
    if one := report.inventory:
        told["inventory"] = {"name": sarif_text(one.name), "path": sarif_text(portable(report, one.path))}
    if report.population.inventory or report.inventory:
        told["population"] = sarif_text(population_words(report), LONG)
    if report.waiver_files:
        told["waivers"] = [
            sarif_text(f"{portable(report, file.path)}, {waiver_file_words(report, file)}")
            for file in report.waiver_files
        ]
    if revisions := unclean(report):
        told["revisions"] = [
            sarif_text(f"{portable(report, one.path)}, {portable_text(report, revision_words(one))}", LONG)
            for one in revisions
        ]
    if changed := changed_rules(report):
        told["changedRules"] = [one.rule.id for one in changed]
    if disabled := disabled_rules(report):
        told["disabledRules"] = [one.id for one in disabled]
    return told
