"""One question to a server: a pipeline of cmdlets, and the parts that pipelines are made of."""

from __future__ import annotations

from dataclasses import dataclass

from checker.acquire.live.commands import Command, Pipeline


@dataclass(frozen=True, slots=True)
class Question:
    """One pipeline, and what a person calls it."""

    title: str  # what it asks for
    item: str  # what the sources of facts and the sentences about failures name
    pipeline: Pipeline


def pipe(*commands: Command) -> Pipeline:
    """Let each of *commands* read what the one before gives."""
    return Pipeline(commands)


def select(*names: str) -> Command:
    """Keep the properties *names* alone; one that an object lacks becomes null."""
    return Command("Select-Object", (("Property", names),))


def expand(name: str, *kept: str) -> Command:
    """Give what stands in the property *name* in place of the object, with what is *kept* of that put to each."""
    also = (("Property", kept),) if kept else ()
    return Command("Select-Object", (*also, ("ExpandProperty", name)))


def where(name: str, value: str) -> Command:
    """Keep the objects whose property *name* is *value*, in any letter case."""
    return Command("Where-Object", (("Property", name), ("EQ", None), ("Value", value)))


def count_by(name: str) -> Command:
    """Count objects by their *name*; what lacks it is counted too, without a name, and so is not missed."""
    return Command("Group-Object", (("Property", name), ("NoElement", None)))


def at(command: str, path: str) -> Command:
    """Let *command* read what lies at *path*, which is taken as it is."""
    return Command(command, (("LiteralPath", path),))


MEASURE = Command("Measure-Object")
