"""
Registry exports: the `.reg` files of regedit and of `reg export`, also whole hives under any name.

An export is recursive: a key that stands in it stands there with all its values and all keys below it. Only that makes
a missing value an observation. So whatever shows that lines were lost makes the file unreadable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checker.acquire.reading import Instance, Reading
from checker.acquire.registry_export import (
    CURRENT,
    FILTERING,
    INTEGERS_OF_SOFTWARE,
    INTEGERS_OF_SYSTEM,
    PARAMETERS,
    SERVICE,
    SOFTWARE,
    TEXTS_OF_SYSTEM,
    Branch,
    Export,
    collect,
    connector_of,
)
from checker.acquire.registry_text import RegistryValue, Section
from checker.acquire.sample import Sample, UnreadableError
from checker.model.facts import Absent, Fact, Known, Reason, Source, SourceFormat, Unknown
from checker.model.location import Location


def recognises(sample: Sample) -> bool:
    """Whether it is a registry export: by its header, or because it starts with a key, whose header was lost."""
    start = sample.head.lstrip()[:64].upper()
    return start.startswith(("WINDOWS REGISTRY EDITOR", "REGEDIT4", "[HKEY_", "[-HKEY_"))


def read(sample: Sample) -> tuple[Reading, ...]:
    """
    Read the values of interest; memory does not grow with the file.

    Raises:
        UnreadableError: it is no whole export: lines are lost, doubled or junk.
    """
    export = collect(sample)
    reader = _Reader(sample.name, export)
    facts = reader.facts()
    name = facts.get("server.name")
    return (
        Reading(
            format=SourceFormat.REGISTRY,
            path=sample.name,
            computer=name.value if isinstance(name, Known) and isinstance(name.value, str) else None,
            facts=facts,
            instances=reader.instances(),
            instances_observed=reader.instances_observed(),
        ),
    )


class _Reader:
    """Gives the facts of one export."""

    def __init__(self, file: str, export: Export) -> None:
        self._file = file
        self._export = export
        self._lost = self._lost_control_set()

    def facts(self) -> dict[str, Fact]:
        """Give every fact of which the file says something."""
        found: dict[str, Fact | None] = {}
        for wanted, as_integer in ((INTEGERS_OF_SYSTEM, True), (TEXTS_OF_SYSTEM, False)):
            for name, (key, value) in wanted.items():
                each = [self._fact(one, key, value, as_integer=as_integer) for one in self._counting()]
                found[name] = self._lost or self._agreed(each, value)
        for name, (key, value) in INTEGERS_OF_SOFTWARE.items():
            found[name] = self._fact(self._export.software, key, value, as_integer=True)
        return {name: fact for name, fact in found.items() if fact is not None}

    def instances(self) -> tuple[Instance, ...]:
        """Give the settings of each connector below `PerMAInstance`."""
        if self._lost:
            return ()
        keys = [branch.keys for branch in self._counting()]
        connectors = {below: key for one in keys for below, key in one.items() if connector_of(below)}
        return tuple(
            Instance(
                connector=section.shown.rpartition("\\")[2],
                filtering=self._filtering(below),
                location=Location(self._file, section.line),
            )
            for below, section in sorted(connectors.items())
        )

    def instances_observed(self) -> bool:
        """Whether a connector without a key below `PerMAInstance` has none on the server either."""
        counting = self._counting()
        stands = bool(counting) and all(PARAMETERS in branch.keys for branch in counting if SERVICE in branch.keys)
        named = any(PARAMETERS in branch.keys for branch in counting)
        return not self._lost and self._export.ends_well and stands and named

    def _filtering(self, below: str) -> Fact:
        each = [
            self._fact(branch, below, FILTERING, as_integer=True)
            for branch in self._counting()
            if PARAMETERS in branch.keys or below in branch.keys
        ]
        fact = self._agreed(each, FILTERING)
        assert fact is not None  # noqa: S101 - at least one control set has the key
        return fact

    def _counting(self) -> list[Branch]:
        """Give the control sets that count: the one in use, by its own name and by the name of the link to it."""
        sets = self._export.control_sets
        current = self._export.current
        if current is None:
            return [sets[name] for name in sorted(sets)]
        return [sets[name] for name in (CURRENT, self._named_set(current)) if name in sets]

    def _named_set(self, current: RegistryValue) -> str:
        if not isinstance(current.data, int):
            raise UnreadableError("'Current' of the key 'Select' is no number.", line=current.line)
        return f"controlset{current.data:03}"

    def _lost_control_set(self) -> Unknown | None:
        """Say so if the control set that counts is none of those in the file."""
        if self._export.current is None or self._counting():
            return None
        name = self._named_set(self._export.current)
        source = self._source(self._export.current.line, r"Select\Current")
        sentence = f"'Select\\Current' names '{name}', which is not in the file; export the whole hive."
        return Unknown(Reason.TRUNCATED, sentence, (source,))

    def _agreed(self, each: Iterable[Fact | None], value: str) -> Fact | None:
        """Give what all control sets that count say."""
        told = [fact for fact in each if fact is not None]
        for fact in told:
            if isinstance(fact, Unknown):
                return fact
        said = {fact.value if isinstance(fact, Known) else None for fact in told}
        if len(said) <= 1:
            return told[0] if told else None
        sources = tuple(fact.source for fact in told if not isinstance(fact, Unknown))
        sentence = f"The control sets differ in '{value}', and '{self._file}' does not show which one counts."
        if self._export.current is not None:
            sentence = f"'CurrentControlSet' and the set that 'Select\\Current' names differ in '{value}'."
        return Unknown(Reason.CONFLICTING, sentence, sources)

    def _fact(self, branch: Branch, key: str, value: str, *, as_integer: bool) -> Fact | None:
        """Give one value; None where neither its key nor one above it stands in the file."""
        section = branch.keys.get(key)
        shown = rf"{_upper_root(branch.name)}\{key if section is None else _below(section.shown, branch.name)}\{value}"
        found = section.values.get(value.lower()) if section else None
        if found is not None:
            return self._typed(found, shown, as_integer=as_integer)
        if section is not None:
            return self._missing(section, shown, whole=section.closed, required=not as_integer)
        above = self._above(branch, key)
        if above is None or not as_integer:
            return None
        # NOTE: the product always has its key `Parameters`; a file that has the keys around it and not this one is
        # no whole export, and what it lacks says nothing about the endpoint.
        return self._missing(above, shown, whole=self._export.ends_well, required=key == PARAMETERS)

    def _above(self, branch: Branch, key: str) -> Section | None:
        """Give the nearest key above *key* that stands in the file."""
        parts = key.split("\\")
        paths = ["\\".join(parts[:length]) for length in range(len(parts) - 1, -1, -1)]
        nearest = next((branch.keys[path] for path in paths if path in branch.keys), None)
        roots = (branch.name.rpartition("\\")[0], "hkey_local_machine") if branch.name != SOFTWARE else (SOFTWARE,)
        above = (*roots, "hkey_local_machine")
        return nearest or next((self._export.roots[root] for root in above if root in self._export.roots), None)

    def _missing(self, section: Section, shown: str, *, whole: bool, required: bool) -> Fact:
        source = self._source(section.line, shown)
        if required:
            sentence = f"'{shown}' is not in the file, though '{section.shown}' is, and every server has it."
            return Unknown(Reason.TRUNCATED, sentence, (source,))
        if not whole:
            sentence = (
                f"'{shown}' is not in the file, which ends without the blank line that ends every export: "
                "it may be cut off. Export it again."
            )
            return Unknown(Reason.TRUNCATED, sentence, (source,))
        return Absent(source, f"The export has '{section.shown}' without it.")

    def _typed(self, found: RegistryValue, shown: str, *, as_integer: bool) -> Fact:
        source = self._source(found.line, shown)
        if isinstance(found.data, int if as_integer else str) and found.data != "":
            assert found.data is not None  # noqa: S101 - what it is an instance of is not None
            return Known(found.data, source)
        wanted = "REG_DWORD" if as_integer else "REG_SZ with text"
        sentence = f"'{shown}' is a {found.kind} where a {wanted} belongs."
        return Unknown(Reason.WRONG_TYPE, sentence, (source,))

    def _source(self, line: int, item: str) -> Source:
        return Source(SourceFormat.REGISTRY, Location(self._file, line), item)


def _below(shown: str, root: str) -> str:
    return shown[len(root) + 1 :]


_SPELLINGS: Mapping[str, str] = {"currentcontrolset": "CurrentControlSet", "controlset": "ControlSet"}


def _upper_root(root: str) -> str:
    """Spell a root as regedit does."""
    *above, last = root.split("\\")
    word = next((f"{good}{last[len(bad) :]}" for bad, good in _SPELLINGS.items() if last.startswith(bad)), last.upper())
    return "\\".join([*(part.upper() for part in above), word])
