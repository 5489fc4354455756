"""The facts of a case: a value of the fact's type, or that it is absent, or why it is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, ScalarNode
from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.values import FactType, Record, Scalar, Value
from checker.schema.policy_test_language import REASONS, STATES

_SAID = "The case says so."
NO_DATA = Unknown(Reason.NO_DATA, "There is no data of this server.")
"""What is known of every fact of a server that is expected and missing."""


def read_facts(reader: FieldReader, entry: Entry | None) -> dict[str, Fact]:
    """Read what is known, by the names of facts; what is wrong is told and left out."""
    entries = (reader.mapping(entry.value, "'facts'") or {}) if entry else {}
    found: dict[str, Fact] = {}
    for one in entries.values():
        name = reader.word(Entry(one.line, one.column, one.name, _as_text(one)), "fact", CATALOGUE)
        fact = _fact(reader, one, CATALOGUE[name]) if name else None
        if fact is not None:
            found[one.name] = fact
    return found


def refuse_observed(reader: FieldReader, entry: Entry | None, facts: Mapping[str, Fact]) -> None:
    """Tell those *facts* that nobody can know of a server without data: what no inventory declares."""
    for name in facts:
        if SourceFormat.INVENTORY not in CATALOGUE[name].sources and isinstance(entry, Entry):
            place = entry.value.entries[name] if isinstance(entry.value, MappingNode) else entry
            reader.wrong(place, f"fact {shown(name)} is observed, and nothing is observed of a server that is missing")


def _as_text(entry: Entry) -> ScalarNode:
    """Give the key of *entry* as a value, so that it is looked up like one."""
    return ScalarNode(entry.line, entry.column, entry.name, quoted=False)


def _fact(reader: FieldReader, entry: Entry, spec: FactSpec) -> Fact | None:
    source = Source(_format(spec), reader.location(entry), entry.name)
    if isinstance(entry.value, MappingNode):
        return _without_value(reader, entry.value, source)
    value = _value(reader, entry.value, spec)
    return None if value is None else Known(value, source)


def _format(spec: FactSpec) -> SourceFormat:
    # NOTE: what only an inventory can say has no age, in a case as in a run.
    return SourceFormat.INVENTORY if set(spec.sources) == {SourceFormat.INVENTORY} else SourceFormat.FACTS


def _without_value(reader: FieldReader, node: MappingNode, source: Source) -> Fact | None:
    what = f"what stands in place of a value of {shown(source.item)}"
    form = reader.form(node, what, STATES)
    if not form:
        return None
    if len(form) > 1:
        reader.wrong(node, f"{what} is 'absent' or 'unknown', not both")
        return None
    if unknown := form.get("unknown"):
        word = reader.word(unknown, "reason", REASONS)
        return Unknown(REASONS[word], _SAID, (source,)) if word else None
    absent = reader.literal(form["absent"].value, FactType.BOOLEAN, "'absent'")
    if absent is False:
        reader.wrong(form["absent"].value, "a fact that is not absent has a value, or is unknown")
    return Absent(source, _SAID) if absent is True else None


def _value(reader: FieldReader, node: Node, spec: FactSpec) -> Value | None:
    if spec.type is not FactType.RECORDS:
        return _scalar(reader, node, spec.type, spec.values, f"{spec.name!r}")
    if not isinstance(node, ListNode):
        reader.expected(node, f"{spec.name!r} is a list of records")
        return None
    records = [_record(reader, one, spec) for one in node.items]
    whole = tuple(one for one in records if one is not None)
    return whole if len(whole) == len(records) else None


def _record(reader: FieldReader, node: Node, spec: FactSpec) -> Record | None:
    form = reader.form(node, f"a record of {spec.name!r}", tuple(spec.field_types))
    if form is None:
        return None
    found: dict[str, Scalar] = {}
    for one in spec.fields:
        if one.name not in form:
            continue  # a rule that asks for it finds that it is not known
        value = _scalar(reader, form[one.name].value, one.type, one.values, f"{one.name!r} of {spec.name!r}")
        if value is not None:
            found[one.name] = value
    return Record(tuple(found.items()), reader.location(node)) if len(found) == len(form) else None


def _scalar(reader: FieldReader, node: Node, kind: FactType, values: Sequence[str], what: str) -> Scalar | None:
    value = reader.literal(node, kind, what)
    if value is not None and values and value not in values:
        reader.wrong(node, f"{what} never has the value {shown(str(value))}{hint(str(value), values)}")
        return None
    return value
