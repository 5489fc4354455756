"""The parameters of a policy: their declarations, the values that a run gives them, and who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, MappingNode, ScalarNode, entry_of
from checker.model.policy import Parameter
from checker.model.values import FactType, Scalar, from_json, parse_scalar, same, show, type_of, with_article
from checker.schema.policy_language import (
    CHANGED_PARAMETER_KEYS,
    CHANGED_PARAMETER_REQUIRED,
    PARAMETER_KEYS,
    PARAMETER_NAME,
    PARAMETER_REQUIRED,
    SCALAR_TYPES,
)

_TYPES = {kind.value: kind for kind in SCALAR_TYPES}


class Parameters:
    """The parameters that the rules of one document can use, while these are read."""

    def __init__(self, entries: Mapping[str, Entry], declared: Mapping[str, Parameter | None]) -> None:
        """
        Know what was *declared*; None stands for a declaration with a mistake, which was told.

        *entries* are the declarations of the document itself, which its rules must use.
        """
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
        if not self._used:
            return ()
        used, self._used = self._used, set()
        self._ever_used |= used
        return tuple(sorted(used))

    @property
    def unused(self) -> tuple[Entry, ...]:
        """The declarations that no rule has used."""
        return tuple(entry for name, entry in self._entries.items() if name not in self._ever_used)

    @property
    def declared(self) -> Mapping[str, Parameter | None]:
        """All that can be used, by name, in the order of the documents."""
        return self._declared

    @property
    def valid(self) -> tuple[Parameter, ...]:
        """The parameters whose declarations are right, in the order of the documents."""
        return tuple(one for one in self._declared.values() if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """The parameters that a policy has from those that it builds on."""

    declared: Mapping[str, Parameter | None]
    whole: bool = True  # whether these are all; if not, what is unknown may stand in what could not be read
    extending: bool = False  # whether the policy builds on another at all


def read_parameters(
    reader: FieldReader, entry: Entry | None, inherited: Inherited, policy: str
) -> tuple[Parameters, Mapping[str, Entry]]:
    """Read the declarations of the *policy* of that name, and the values that it gives to what it has *inherited*."""
    entries = (reader.mapping(entry.value, "'parameters'") if entry else None) or {}
    own: dict[str, Entry] = {}
    declared: dict[str, Parameter | None] = dict(inherited.declared)
    changed: dict[str, Entry] = {}
    for name, one in entries.items():
        if name in inherited.declared:
            before = inherited.declared[name]
            parameter = _changed(reader, one, before, policy) if before else None
            if parameter:
                changed[name] = one
        elif inherited.extending and isinstance(one.value, MappingNode) and not entry_of(one.value, "type"):
            parameter = None
            if inherited.whole:
                reader.wrong(
                    one,
                    f"no policy that this one builds on has a parameter {shown(name)}{hint(name, inherited.declared)}; "
                    "one of its own has a 'type'",
                )
        else:
            own[name] = one
            parameter = _parameter(reader, one)
        declared[name] = parameter
    return Parameters(own, declared), changed


def _parameter(reader: FieldReader, entry: Entry) -> Parameter | None:
    what = f"parameter {shown(entry.name)}"
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
    _check_default(reader, form["default"], default, one_of, what)
    return Parameter(
        name=entry.name,
        type=kind,
        default=default,
        value=default,
        origin="policy",
        description=description,
        one_of=one_of,
        location=reader.location(entry),
    )


def _changed(reader: FieldReader, entry: Entry, before: Parameter, policy: str) -> Parameter | None:
    what = f"parameter {shown(entry.name)}"
    for name in PARAMETER_KEYS:
        if name not in CHANGED_PARAMETER_KEYS and (place := entry_of(entry.value, name)):
            reader.wrong(place, f"the {name!r} of {what} cannot be changed; it is declared at {before.location}")
            return None
    form = reader.form(entry.value, what, CHANGED_PARAMETER_KEYS, CHANGED_PARAMETER_REQUIRED)
    if form is None or "default" not in form:
        return None
    description = reader.text(form.get("description"), f"the description of {what}")
    value = reader.literal(form["default"].value, before.type, f"the default of {what}")
    if value is None:
        return None
    _check_default(reader, form["default"], value, before.one_of, what)
    return replace(
        before,
        value=value,
        origin=f"policy {policy}",
        description=description or before.description,
        location=reader.location(entry),
    )


def _check_default(reader: FieldReader, entry: Entry, value: Scalar, one_of: Sequence[Scalar], what: str) -> None:
    if one_of and not is_among(value, one_of):
        reader.wrong(entry.value, f"the default of {what} is not in its 'one_of'{_values(value, one_of)}")


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


def with_setting(parameter: Parameter, raw: str) -> Parameter:
    """
    Give *parameter* the value that the command line writes as *raw*.

    Raises:
        ValueError: it cannot have it; the sentence says why.
    """
    try:
        value = parse_scalar(raw, parameter.type)
    except ValueError as error:
        raise ValueError(f"{parameter.name!r} takes {_kind(parameter)}: {error}") from error
    return _with_value(parameter, value, "--set", raw)


def with_declared(parameter: Parameter, value: Scalar) -> Parameter:
    """
    Give *parameter* the *value* that the inventory declares, where a text may stand for a type without a form in YAML.

    Raises:
        ValueError: it cannot have it; the sentence says why.
    """
    if type_of(value) is not parameter.type:
        try:
            typed = from_json(value, parameter.type)
        except ValueError as error:
            raise ValueError(f"{parameter.name!r} takes {_kind(parameter)}: {error}") from error
        assert not isinstance(typed, tuple)  # noqa: S101 - no parameter is a list of records
        value = typed
    return _with_value(parameter, value, "inventory", show(value))


def _with_value(parameter: Parameter, value: Scalar, origin: str, raw: str) -> Parameter:
    if parameter.one_of and not is_among(value, parameter.one_of):
        raise ValueError(f"{parameter.name!r} does not take {shown(raw)}{_values(value, parameter.one_of)}")
    return replace(parameter, value=value, origin=origin)


def _kind(parameter: Parameter) -> str:
    return with_article(parameter.type).removesuffix(" in quotes")


def is_among(value: Scalar, known: Iterable[Scalar]) -> bool:
    """Whether *value* is one of *known*, type and all."""
    return any(same(value, one) for one in known)


def _values(value: Scalar, known: Iterable[Scalar]) -> str:
    return hint(show(value), [show(one) for one in known])
