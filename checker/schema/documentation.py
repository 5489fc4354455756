"""The documentation of the facts, generated from the catalogue."""

from __future__ import annotations

from itertools import groupby

from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import SOURCE_TITLES, SourceFormat

_TITLES: dict[SourceFormat, str] = {
    source: title for source, title in SOURCE_TITLES.items() if source is not SourceFormat.FACTS
}


def facts_document() -> str:
    """Give the Markdown page of all facts: what they mean, and where each source has them."""
    parts = [
        "# The facts\n",
        "Generated from the fact catalogue by `python -m checker.schema`; do not edit.\n",
        "A policy names facts by these names. The project's own facts document can hold every one of them.\n",
        overview(),
    ]
    for group, specs in groupby(CATALOGUE.values(), key=lambda spec: spec.name.partition(".")[0]):
        parts.append(f"## {group}\n")
        parts += [_section(spec) for spec in specs]
    return "\n".join(parts)


def overview() -> str:
    """Give the table of what each export format can tell."""
    formats = list(_TITLES)
    rows = [
        f"| fact | type | {' | '.join(_TITLES[one] for one in formats)} |",
        f"| --- | --- |{' --- |' * len(formats)}",
    ]
    for spec in CATALOGUE.values():
        cells = [_mark(spec, one) for one in formats]
        rows.append(f"| `{spec.name}` | {spec.type.value} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _mark(spec: FactSpec, source: SourceFormat) -> str:
    if spec.derived:
        return "derived"
    return "yes" if source in spec.sources else ""


def _section(spec: FactSpec) -> str:
    lines = [f"### `{spec.name}`\n", f"{spec.meaning}\n", f"* Type: {spec.type.value}{_unit(spec)}"]
    if spec.values:
        lines.append(f"* Values: {', '.join(f'`{value}`' for value in spec.values)}")
    for one in spec.fields:
        values = f" One of {', '.join(f'`{value}`' for value in one.values)}." if one.values else ""
        lines.append(f"* Field `{one.name}` ({one.type.value}): {one.meaning}{values}")
    if spec.derived:
        lines.append(f"* Derived from {spec.derived}")
    lines += [f"* In a {_TITLES[source]}: {where}" for source, where in spec.sources.items()]
    lines.append(f"* Absent: {spec.absence}")
    return "\n".join(lines) + "\n"


def _unit(spec: FactSpec) -> str:
    return f", in {spec.unit}" if spec.unit else ""
