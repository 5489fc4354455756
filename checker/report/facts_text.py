"""The facts of a server as a person reads them: values, where they come from, and what the sources cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from textwrap import wrap

from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, Unknown
from checker.model.values import Record, show
from checker.report.visible import terminal
from checker.report.wording import counted, source_words

_NAME_WIDTH = 44
_WIDTH = 116


def render_facts(fact_sets: tuple[FactSet, ...], now: datetime) -> str:
    """Write every fact of every server as text."""
    return "\n".join("\n".join(_server(one, now)) + "\n" for one in fact_sets)


def _server(facts: FactSet, now: datetime) -> Iterator[str]:
    yield f"server {terminal(facts.server)}"
    for source in facts.sources:
        yield f"  {source.format.value} {terminal(source.path)} ({source_words(source, now)})"
    told = {name: facts[name] for name in CATALOGUE}
    silent = [name for name, fact in told.items() if isinstance(fact, Unknown) and fact.reason is Reason.NOT_IN_SOURCE]
    group = ""
    for name, fact in told.items():
        if name in silent:
            continue
        if name.partition(".")[0] != group:
            group = name.partition(".")[0]
            yield ""
        yield from _fact(name, fact)
    if silent:
        yield ""
        yield f"These sources cannot tell {len(silent)} of {len(CATALOGUE)} facts:"
        for name in silent:
            where = "; ".join(f"{one.value}: {text}" for one, text in CATALOGUE[name].sources.items())
            derived = f"derived from {CATALOGUE[name].derived}" if CATALOGUE[name].derived else ""
            yield f"  {name:{_NAME_WIDTH - 2}}{where or derived or 'no export holds it'}"


def _fact(name: str, fact: Fact) -> Iterator[str]:
    label = f"{name:{_NAME_WIDTH}}"
    match fact:
        case Known(value=tuple() as records) if records:
            yield f"{label}{counted(len(records), 'record')}"
            yield from (f"    {_record(record, fact.source)}" for record in records)
        case Known():
            yield f"{label}{terminal(show(fact.value))}"
        case Absent():
            yield f"{label}absent"
        case Unknown():
            yield f"{label}unknown ({fact.reason.value})"
    sentence = fact.derivation if isinstance(fact, Known) else fact.detail
    yield from (f"    {line}" for line in wrap(terminal(sentence, 1000), _WIDTH))
    if not isinstance(fact, Unknown):
        yield f"    from {_place(fact.source)}"


def _record(record: Record, of_fact: Source) -> str:
    fields = "  ".join(f"{name}={terminal(show(value))}" for name, value in record)
    if record.location is None:
        return fields
    here = of_fact.location is not None and of_fact.location.file == record.location.file
    return f"{fields}  ({f'line {record.location.line}' if here else terminal(str(record.location))})"


def _place(source: Source) -> str:
    place = terminal(str(source.location)) if source.location else source.format.value
    return f"{place}, {terminal(source.item)}" if source.item else place
