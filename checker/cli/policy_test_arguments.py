"""The arguments of the verb `policy test`."""

from __future__ import annotations

import argparse
from typing import TypeVar

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)


def add_policy_test(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verb below `policy`."""
    test = verbs.add_parser(
        "test",
        help="run the cases beside policies, and see whether they prove anything",
        description="Run the cases beside policies (NAME.test.yaml), and change rules to see whether a case notices. "
        "Exit code 1 where a case disagrees, a demanded one is lacking, nothing turns a rule red, or no case notices "
        "a change of a rule.",
        allow_abbrev=False,
    )
    test.add_argument(
        "policies", nargs="+", metavar="NAME|PATH",
        help="a shipped policy by its name, a policy file, a file of cases, or a folder of them",
    )  # fmt: skip
    test.add_argument(
        "--require", action="append", default=[], metavar="OUTCOMES",
        help="demand a case of each of these outcomes for every rule, such as pass,fail,error; repeatable",
    )  # fmt: skip
    test.add_argument(
        "-o", "--output", action="append", default=[], metavar="FORMAT[:PATH]",
        help="write a report (text: for people; json: for programs); without a path to standard output; repeatable",
    )  # fmt: skip
