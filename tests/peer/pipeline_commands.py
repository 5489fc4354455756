"""The commands that work on what comes down a pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from psrpcore.types import ErrorCategory

from tests.peer.commands import Call, Cmdlet
from tests.peer.faults import PowerShellError
from tests.peer.net_objects import NetList, NetObject, Value, custom, items_of, property_of
from tests.peer.serialization import texts


def _where(call: Call) -> Iterator[Value]:
    name, wanted = call.text("Property") or "", call.given.get("Value")
    for one in call.objects:
        found = property_of(one, name)
        equal = found is not None and _equals(found[1], wanted)
        if equal is not call.switched("NE"):
            yield one


def _equals(left: Value, right: object) -> bool:
    """Compare as -EQ does: the right side becomes what the left one is, and texts are equal in any letter case."""
    if left is None or right is None:
        return left is right
    if isinstance(left, bool):
        return left is bool(right)
    return str(left).lower() == str(right).lower()


def _select(call: Call) -> Iterator[Value]:
    names, expanded = call.texts("Property"), call.text("ExpandProperty")
    first = call.given.get("First")
    objects = call.objects if first is None else call.objects[: int(str(first))]
    for one in objects:
        if expanded is not None:
            yield from _expanded(call, one, expanded, _chosen(one, names))
        elif names:
            kind = one.types[0] if isinstance(one, NetObject) else f"System.{type(one).__name__}"
            yield custom(_chosen(one, names), f"Selected.{kind}")
        else:
            yield one


def _chosen(value: Value, names: tuple[str, ...]) -> dict[str, Value]:
    """Give the properties *names*; one that is not there is null, as in PowerShell."""
    chosen: dict[str, Value] = {}
    for name in names:
        if "*" in name:
            every = {**value.own, **value.notes} if isinstance(value, NetObject) else {}
            chosen |= {key: one for key, one in every.items() if fnmatchcase(key.lower(), name.lower())}
            continue
        found = property_of(value, name)
        key, one = found or (name, None)
        chosen[key] = one
    return chosen


def _expanded(call: Call, value: Value, name: str, kept: dict[str, Value]) -> Iterator[Value]:
    found = property_of(value, name)
    if found is None:
        call.fail(_select_error(f'Property "{name}" cannot be found.', "ExpandPropertyNotFound", value))
        return
    for item in items_of(found[1]):
        if item is None:
            continue
        taken = next((key for key in kept if property_of(item, key)), None)
        if taken is not None:
            message = f'The property cannot be processed because the property "{taken}" already exists.'
            call.fail(_select_error(message, "AlreadyExistingUserSpecifiedPropertyExpand", item))
        notes = {key: one for key, one in kept.items() if not property_of(item, key)}
        yield _noted(item, notes)


def _noted(item: Value, notes: dict[str, Value]) -> Value:
    if not notes:
        return item
    if isinstance(item, NetObject):
        return item.with_notes(notes)
    return item if isinstance(item, NetList) else NetObject(inner=str(item), notes=notes)


def _select_error(message: str, identifier: str, target: Value) -> PowerShellError:
    return PowerShellError(
        message=message,
        identifier=f"{identifier},{SELECT.type}",
        category=ErrorCategory.InvalidArgument,
        exception="System.Management.Automation.PSArgumentException",
        target=str(target)[:80],
    )


def _group(call: Call) -> Iterator[Value]:
    name = call.text("Property") or ""
    groups: dict[str, list[Value]] = {}
    shown: dict[str, str] = {}
    for one in call.objects:
        found = property_of(one, name)
        text = "" if found is None or found[1] is None else str(found[1])
        groups.setdefault(text.lower(), []).append(one)
        shown.setdefault(text.lower(), text)
    for key, members in groups.items():
        kind = "GroupInfoNoElement" if call.switched("NoElement") else "GroupInfo"
        own: dict[str, Value] = {"Values": texts((shown[key],)), "Count": len(members), "Name": shown[key]}
        if not call.switched("NoElement"):
            own["Group"] = NetList(tuple(members))
        yield NetObject(types=(f"Microsoft.PowerShell.Commands.{kind}", "System.Object"), own=own)


def _measure(call: Call) -> Iterator[Value]:
    own: dict[str, Value] = {"Count": len(call.objects)}
    own |= dict.fromkeys(("Average", "Sum", "Maximum", "Minimum", "Property"))
    kinds = ("GenericMeasureInfo", "MeasureInfo")
    yield NetObject(types=(*(f"Microsoft.PowerShell.Commands.{one}" for one in kinds), "System.Object"), own=own)


SELECT = Cmdlet(
    name="Select-Object",
    runs=_select,
    parameters=("Property", "ExpandProperty", "ExcludeProperty", "First", "Last", "Skip", "InputObject"),
    switches=("Unique", "Wait"),
    positions=("Property",),
)
MEASURE = Cmdlet(name="Measure-Object", runs=_measure, parameters=("Property", "InputObject"), positions=("Property",))
PIPELINE_COMMANDS = (
    SELECT,
    MEASURE,
    Cmdlet(
        name="Where-Object",
        runs=_where,
        parameters=("Property", "Value", "FilterScript", "InputObject"),
        switches=("EQ", "NE"),
        positions=("Property", "Value"),
    ),
    Cmdlet(
        name="Group-Object",
        runs=_group,
        parameters=("Property", "InputObject"),
        switches=("NoElement", "CaseSensitive", "AsHashTable", "AsString"),
        positions=("Property",),
    ),
    Cmdlet(name="Out-Default", runs=lambda call: call.objects, parameters=("InputObject",)),
)

_SHOWN = (
    "ModuleName", "Namespace", "OutputType", "Count", "HelpUri", "Name", "CommandType", "ResolvedCommandName",
    "DefaultParameterSet", "CmdletBinding", "Parameters",
)  # fmt: skip


def _select_in_jea(call: Call) -> Iterator[Value]:
    for name in call.texts("Property"):
        if name.lower() not in {one.lower() for one in _SHOWN}:
            raise PowerShellError(
                message=f"Cannot validate argument on parameter 'Property'. The argument \"{name}\" does not belong to "
                f'the set "{",".join(_SHOWN)}" specified by the ValidateSet attribute.',
                identifier="ParameterArgumentValidationError,Select-Object",
                category=ErrorCategory.InvalidData,
                exception="System.Management.Automation.ParameterBindingValidationException",
                target="Select-Object",
                terminating=True,
            )
    yield from _select(call)


SELECT_IN_JEA = Cmdlet(
    name="Select-Object",
    runs=_select_in_jea,
    parameters=("Property", "InputObject"),
    positions=("Property",),
    kind="Function",
)
"""The function that a restricted endpoint has in place of the cmdlet."""
