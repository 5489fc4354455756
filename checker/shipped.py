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


def server_module() -> dict[str, bytes]:
    """Give the files of the PowerShell module for the servers, by their paths with `/`."""
    found: dict[str, bytes] = {}

    def add(folder: Traversable, prefix: str) -> None:
        for entry in sorted(folder.iterdir(), key=lambda one: one.name):
            if entry.is_dir() and not entry.name.startswith("__"):
                add(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith((".psd1", ".psm1", ".psrc", ".pssc", ".ps1")):
                # NOTE: with the line ends and the mark of UTF-8 that Windows PowerShell 5.1 expects of a script.
                text = entry.read_text("utf-8").replace("\r\n", "\n")
                found[f"{prefix}{entry.name}"] = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()

    add(files("checker").joinpath("server_module"), "")
    return found


def server_module_text() -> str:
    """Give the text of the module itself, as it was written."""
    place = files("checker").joinpath("server_module", "AdsyncChecker", "AdsyncChecker.psm1")
    return place.read_text("utf-8").replace("\r\n", "\n")
