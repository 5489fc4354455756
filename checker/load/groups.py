"""The groups of an inventory: what a server inherits, the nearer before the farther."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from checker.load.declarations import Declarations, Declared, read_declarations
from checker.load.fields import FieldReader
from checker.load.nearest import hint, shown
from checker.load.nodes import Entry, ListNode, Node, ScalarNode
from checker.model.values import same
from checker.schema.inventory_language import GROUP_KEYS, GROUP_NAME

MOST_LEVELS = 32


@dataclass(frozen=True, slots=True)
class _Group:
    parent: Entry | None
    declared: Declarations


class Groups:
    """The groups of one inventory."""

    def __init__(self, groups: Mapping[str, _Group]) -> None:
        """Keep *groups*, none of which is its own ancestor."""
        self._groups = groups

    def named(self, reader: FieldReader, entry: Entry | None) -> tuple[str, ...]:
        """Read the groups that a server names; an unknown one is told."""
        names = reader.lines(entry, "'groups'", GROUP_NAME)
        for node in entry.value.items if entry and isinstance(entry.value, ListNode) else ():
            if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value not in self._groups:
                reader.wrong(node, f"unknown group {shown(node.value)}{hint(node.value, self._groups)}")
        return tuple(name for name in names if name in self._groups)

    def with_ancestors(self, names: Iterable[str]) -> tuple[str, ...]:
        """Give *names* and all groups above them, each once."""
        return tuple(dict.fromkeys(one for name in names for one in self._line(name)))

    def of_server(self, reader: FieldReader, place: Node, names: Sequence[str], own: Declarations) -> Declarations:
        """
        Give what the groups *names* declare together.

        Where two of them, neither above the other, give different values, nobody can say which is meant; that is told
        at *place*, unless the server's *own* declarations decide.
        """
        givers: dict[tuple[str, str], dict[str, Declared]] = defaultdict(dict)
        for name in names:
            for key, (group, one) in self._inherited(self._line(name)).items():
                givers[key][group] = one
        found: dict[tuple[str, str], Declared] = {}
        for key, given in givers.items():
            above = {one for group in given for one in self._line(group)[1:]}
            (first, found[key]), *others = [(group, one) for group, one in given.items() if group not in above]
            for group, one in others:
                if not same(found[key].value, one.value) and key not in own:
                    told = f"{key[0]} {key[1]}".strip()
                    reader.wrong(
                        place, f"groups {first!r} and {group!r} give different values of {told!r}; say it at the server"
                    )
        return found

    def _line(self, name: str) -> list[str]:
        line = [name]
        while (parent := self._groups[line[-1]].parent) is not None:
            line.append(str(_text(parent.value)))
        return line

    def _inherited(self, line: Sequence[str]) -> dict[tuple[str, str], tuple[str, Declared]]:
        found: dict[tuple[str, str], tuple[str, Declared]] = {}
        for group in reversed(line):
            found |= {key: (group, one) for key, one in self._groups[group].declared.items()}
        return found


def read_groups(reader: FieldReader, entry: Entry | None) -> Groups:
    """Read all groups; of those with a mistake that leaves no line of ancestors nothing is inherited."""
    found: dict[str, _Group] = {}
    for one in ((reader.mapping(entry.value, "'groups'") if entry else None) or {}).values():
        reader.key(one, "a group's name", GROUP_NAME, "europe")
        form = reader.form(one.value, f"group {shown(one.name)}", GROUP_KEYS) or {}
        found[one.name] = _Group(form.get("parent"), read_declarations(reader, form))
    return Groups(_without_wrong_parents(reader, found))


def _without_wrong_parents(reader: FieldReader, groups: Mapping[str, _Group]) -> Mapping[str, _Group]:
    whole: dict[str, _Group] = dict(groups)
    for name, group in groups.items():
        if group.parent is None:
            continue
        parent = _text(group.parent.value)
        if parent is None:
            reader.expected(group.parent.value, "'parent' is the name of a group")
        elif parent not in groups:
            reader.wrong(group.parent.value, f"unknown group {shown(parent)}{hint(parent, groups)}")
        elif (line := _line_up(name, groups))[-1] == name:
            reader.wrong(group.parent.value, f"a group is its own ancestor: {' -> '.join(line)}")
        elif len(line) > MOST_LEVELS:
            reader.wrong(group.parent.value, f"more than {MOST_LEVELS} groups stand above one another")
        else:
            continue
        whole[name] = _Group(None, group.declared)
    return whole


def _line_up(name: str, groups: Mapping[str, _Group]) -> list[str]:
    """Give *name* and the groups above it: up to the topmost, up to *name* itself, or until there are too many."""
    line = [name]
    while len(line) <= MOST_LEVELS:
        parent = groups[line[-1]].parent
        above = _text(parent.value) if parent else None
        # A group that stands below a circle, and not in it, is right; the circle is told where it is.
        if above is None or above not in groups or (above in line and above != name):
            break
        line.append(above)
        if above == name:
            break
    return line


def _text(node: Node) -> str | None:
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, str) else None
