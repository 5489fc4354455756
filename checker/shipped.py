"""The files that come with the checker: policies, schemas and tables."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped_folder(name: str) -> Traversable:
    """Give the folder `policies` or `schemas`: the one inside the installed package, else the checkout's."""
    installed = files("checker").joinpath(name)
    return installed if installed.is_dir() else Path(__file__).resolve().parent.parent / name


def shipped_policies() -> dict[str, Traversable]:
    """Give the shipped policies by name, which is the name of the file without its ending."""
    return {
        entry.name.removesuffix(".yaml"): entry
        for entry in sorted(shipped_folder("policies").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml") and not entry.name.endswith(".test.yaml")
    }


def shipped_schema(name: str) -> bytes:
    """Give the bytes of `schemas/NAME.schema.json`."""
    return shipped_folder("schemas").joinpath(f"{name}.schema.json").read_bytes()
