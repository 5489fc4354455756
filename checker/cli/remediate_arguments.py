"""The arguments of the verb `remediate`."""

from __future__ import annotations

import argparse
from typing import TypeVar

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)


def add_remediate(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verb and its arguments."""
    remediate = verbs.add_parser(
        "remediate",
        help="write scripts and instructions for what fails, to review; runs nothing",
        description="Write one PowerShell script and one Markdown text for each server with failures that no waiver "
        "covers, and a README.md for all. The scripts change nothing unless they are run with -Apply.",
        allow_abbrev=False,
    )
    remediate.add_argument("results", metavar="RESULTS", help="results of check -o json, '-' for standard input")
    remediate.add_argument("--out", required=True, metavar="DIR", help="the folder to write to; made if it is missing")
    remediate.add_argument(
        "--server", action="append", default=[], metavar="NAME", help="only this server of the results; repeatable"
    )
