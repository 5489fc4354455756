"""The facts of a server as a person reads them: values, where they come from, and what the sources cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from textwrap import wrap

from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, Unknown
from checker.model.values import Record, show
from checker.report.visible import terminal
from checker.report.wording import source_words

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
            yield f"{label}{len(records)} entr{'y' if len(records) == 1 else 'ies'}{_place(fact.source)}"
            yield from (f"    {_record(record)}" for record in records)
        case Known():
            yield f"{label}{terminal(show(fact.value))}{_place(fact.source)}"
        case Absent():
            yield f"{label}absent{_place(fact.source)}"
        case Unknown():
            yield f"{label}unknown ({fact.reason.value})"
    sentence = fact.derivation if isinstance(fact, Known) else fact.detail
    yield from (f"    {line}" for line in wrap(terminal(sentence, 1000), _WIDTH))


def _record(record: Record) -> str:
    fields = "  ".join(f"{name}={terminal(show(value))}" for name, value in record)
    return f"{fields}  [{terminal(str(record.location))}]" if record.location else fields


def _place(source: Source) -> str:
    place = terminal(str(source.location)) if source.location else source.format.value
    return f"  [{place}{f', {terminal(source.item)}' if source.item else ''}]"
