"""What an expectation compares with: values, patterns, and references to parameters, of the type of its subject."""

from __future__ import annotations

from dataclasses import dataclass

from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, Node, ScalarNode
from checker.load.parameters import Parameters, is_among
from checker.load.safe_pattern import UnsafePatternError, check_pattern
from checker.model.catalogue import CATALOGUE, FactSpec, FieldSpec
from checker.model.policy import AbsentMode, Matches, OneOf
from checker.model.values import FactType, Scalar, show, with_article
from checker.schema.policy_language import ABSENT_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an expectation speaks of: a fact, a field of its records, or a parameter."""

    name: str  # as the policy writes it
    type: FactType
    values: tuple[Scalar, ...] = ()  # the only ones it takes; empty where any will do
    fields: tuple[FieldSpec, ...] = ()
    may_be_absent: bool = False


class OperandReader:
    """Reads what the operators of one document compare with."""

    def __init__(self, reader: FieldReader, parameters: Parameters) -> None:
        """Resolve references among *parameters*."""
        self._reader, self._parameters = reader, parameters

    def value(self, node: Node, subject: Subject) -> Scalar | None:
        """Give a value that *subject* can have, written out or by the name of a parameter."""
        if (name := _reference(node)) is not None:
            return self._parameter_value(node, name, subject)
        value = self._reader.literal(node, subject.type, repr(subject.name))
        return None if value is None else self._closed(node, value, subject)

    def _parameter_value(self, node: Node, name: str, subject: Subject) -> Scalar | None:
        assert isinstance(node, ScalarNode)  # noqa: S101 - only a scalar refers to a parameter
        parameter = self._parameters.find(self._reader, node, name)
        if parameter is None:
            return None
        if parameter.type is not subject.type:
            self._reader.wrong(
                node, f"{subject.name!r} is {named(subject.type)}, and parameter '${name}' is {named(parameter.type)}"
            )
            return None
        return self._closed(node, parameter.value, subject)

    def _closed(self, node: Node, value: Scalar, subject: Subject) -> Scalar | None:
        if not subject.values or is_among(value, subject.values):
            return value
        word = show(value)
        known = [show(one) for one in subject.values]
        self._reader.wrong(node, f"{subject.name!r} never has the value {shown(word)}{hint(word, known)}")
        return None

    def one_of(self, entry: Entry, subject: Subject) -> OneOf | None:
        """Give a list of different values that *subject* can have."""
        nodes = self._reader.items(entry.value, "'one_of'") or ()
        literals: list[Scalar] = []
        references: set[str] = set()
        found: list[Scalar] = []
        for node in nodes:
            value = self.value(node, subject)
            if value is None:
                continue
            found.append(value)
            # NOTE: a parameter may have the value of a literal beside it; only --set can make it so, which is no typo.
            name = _reference(node)
            if name in references or (name is None and is_among(value, literals)):
                self._reader.wrong(node, f"{shown(f'${name}' if name else show(value))} is given twice in 'one_of'")
            if name is None:
                literals.append(value)
            else:
                references.add(name)
        return OneOf(tuple(found)) if nodes and len(found) == len(nodes) else None

    def matches(self, entry: Entry) -> Matches | None:
        """Give a pattern of the safe subset."""
        node = entry.value
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            self._reader.expected(node, "'matches' is a regular expression in text")
            return None
        if node.value.startswith("$"):
            self._reader.wrong(
                node, "a parameter cannot stand in 'matches'; a pattern for a dollar sign begins with '\\$'"
            )
            return None
        try:
            check_pattern(node.value)
        except UnsafePatternError as error:
            self._reader.wrong(node, f"the pattern cannot be used: {error}")
            return None
        return Matches(node.value)

    def absent(self, entry: Entry) -> AbsentMode | None:
        """Give what absence means."""
        what = "value of 'absent'"
        if (name := _reference(entry.value)) is None:
            word = self._reader.word(entry, what, ABSENT_WORDS)
            return AbsentMode(word) if word else None
        value = self._parameter_value(
            entry.value, name, Subject(name="absent", type=FactType.TEXT, values=ABSENT_WORDS)
        )
        return None if value is None else AbsentMode(value)


_FACTS = {
    spec.name: Subject(name=spec.name, type=spec.type, values=spec.values, fields=spec.fields, may_be_absent=True)
    for spec in CATALOGUE.values()
}


def subject_of(spec: FactSpec) -> Subject:
    """Give the fact of *spec* as what an expectation speaks of."""
    return _FACTS[spec.name]


def _reference(node: Node) -> str | None:
    """Name the parameter that *node* refers to: a word without quotes that begins with a single dollar sign."""
    match node:
        case ScalarNode(value=str() as text, quoted=False) if text.startswith("$") and not text.startswith("$$"):
            return text[1:]
        case _:
            return None


def named(kind: FactType) -> str:
    """Name *kind* within a sentence that shows no value."""
    return with_article(kind).removesuffix(" in quotes")
