"""The argument of the verb `server-module`."""

from __future__ import annotations

from typing import Any


def add_server_module(verbs: Any) -> None:
    """Add the verb and its argument."""
    verb = verbs.add_parser(
        "server-module",
        help="write the PowerShell module for the servers",
        description="Write the PowerShell module that reads the facts on a server, with its installers and a page that "
        "says how to use them. Nothing is installed.",
        allow_abbrev=False,
    )
    verb.add_argument("--out", required=True, metavar="DIR", help="an empty folder, or one that this verb wrote before")
