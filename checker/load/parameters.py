"""The parameters of a policy: their declarations, the values that a run gives them, and who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, ScalarNode
from checker.model.policy import Parameter
from checker.model.values import FactType, Scalar, parse_scalar, same, show, with_article
from checker.schema.policy_language import (
    PARAMETER_KEYS,
    PARAMETER_NAME,
    PARAMETER_REQUIRED,
    SCALAR_TYPES,
)

_TYPES = {kind.value: kind for kind in SCALAR_TYPES}


class Parameters:
    """The parameters of one policy while its rules are read."""

    def __init__(self, entries: Mapping[str, Entry], declared: Mapping[str, Parameter | None]) -> None:
        """Know what was *declared*; None stands for a declaration with a mistake, which was told."""
        self._entries, self._declared = entries, declared
        self._used: set[str] = set()
        self._ever_used: set[str] = set()

    def find(self, reader: FieldReader, place: Entry | ScalarNode, name: str) -> Parameter | None:
        """Give the parameter *name*, which now counts as used."""
        self._used.add(name)
        if name not in self._declared:
            reader.wrong(place, f"unknown parameter {shown('$' + name)}{hint(name, self._declared)}")
            return None
        return self._declared[name]

    def take_used(self) -> tuple[str, ...]:
        """Name the parameters that were used since the last call, in the order of the alphabet."""
        used, self._used = self._used, set()
        self._ever_used |= used
        return tuple(sorted(used))

    @property
    def unused(self) -> tuple[Entry, ...]:
        """The declarations that no rule has used."""
        return tuple(entry for name, entry in self._entries.items() if name not in self._ever_used)

    @property
    def valid(self) -> tuple[Parameter, ...]:
        """The parameters whose declarations are right, in the order of the document."""
        return tuple(one for one in self._declared.values() if one)


def read_parameters(reader: FieldReader, entry: Entry | None, settings: Mapping[str, str]) -> Parameters:
    """Read the declarations; *settings* are known to fit those that they name."""
    entries = (reader.mapping(entry.value, "'parameters'") if entry else None) or {}
    return Parameters(entries, {name: _parameter(reader, one, settings) for name, one in entries.items()})


def _parameter(reader: FieldReader, entry: Entry, settings: Mapping[str, str]) -> Parameter | None:
    name = entry.name
    what = f"parameter {shown(name)}"
    reader.key(entry, "a parameter's name", PARAMETER_NAME, "member_limit_minimum")
    form = reader.form(entry.value, what, PARAMETER_KEYS, PARAMETER_REQUIRED)
    if form is None:
        return None
    description = reader.text(form.get("description"), f"the description of {what}")
    kind = _TYPES.get((reader.word(form["type"], "type of parameter", _TYPES) or "") if "type" in form else "")
    if kind is None or "default" not in form:
        return None
    one_of = _one_of(reader, form.get("one_of"), kind, what)
    default = reader.literal(form["default"].value, kind, f"the default of {what}")
    if default is None or one_of is None:
        return None
    if one_of and not is_among(default, one_of):
        reader.wrong(form["default"].value, f"the default of {what} is not in its 'one_of'{_values(default, one_of)}")
    value = parse_scalar(settings[name], kind) if name in settings else default
    return Parameter(
        name=name,
        type=kind,
        default=default,
        value=value,
        origin="--set" if name in settings else "policy",
        description=description,
        one_of=one_of,
        location=reader.location(entry),
    )


def _one_of(reader: FieldReader, entry: Entry | None, kind: FactType, what: str) -> tuple[Scalar, ...] | None:
    if entry is None:
        return ()
    found: list[Scalar] = []
    nodes = reader.items(entry.value, f"'one_of' of {what}") or ()
    for node in nodes:
        value = reader.literal(node, kind, f"'one_of' of {what}")
        if value is None:
            continue
        if is_among(value, found):
            reader.wrong(node, f"{shown(show(value))} is given twice in 'one_of' of {what}")
        found.append(value)
    return tuple(found) if nodes and len(found) == len(nodes) else None


def setting_problem(parameter: Parameter, raw: str) -> str | None:
    """Say why *raw* cannot be the value of *parameter*; None where it can."""
    try:
        value = parse_scalar(raw, parameter.type)
    except ValueError as error:
        return f"{parameter.name!r} takes {with_article(parameter.type).removesuffix(' in quotes')}: {error}"
    if parameter.one_of and not is_among(value, parameter.one_of):
        return f"{parameter.name!r} does not take {shown(raw)}{_values(value, parameter.one_of)}"
    return None


def is_among(value: Scalar, known: Iterable[Scalar]) -> bool:
    """Whether *value* is one of *known*, type and all."""
    return any(same(value, one) for one in known)


def _values(value: Scalar, known: Iterable[Scalar]) -> str:
    return hint(show(value), [show(one) for one in known])
