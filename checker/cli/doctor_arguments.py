"""The arguments of the verb `doctor`."""

from __future__ import annotations

import argparse
from typing import Any

from checker.cli.live_arguments import add_live

_EXIT_CODES = """\
exit codes:
  0    no step failed or was left out, and every rule of the policies has an answer
  2    the command line is wrong
  3    a policy or the inventory cannot be used
  4    a server has a problem, or a rule would be an error
  5    an output could not be written
  130, 143  interrupted, terminated
"""


def add_doctor(verbs: Any) -> argparse.ArgumentParser:
    """Add the verb `doctor`."""
    doctor: argparse.ArgumentParser = verbs.add_parser(
        "doctor",
        help="find out why running servers cannot be read",
        description="Go step by step from the name of each server to its facts: say what works, what does not, what "
        "to do, and which rules would be errors because of it.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    doctor.add_argument("--inventory", required=True, metavar="FILE", help="the servers, and how to reach them")
    doctor.add_argument(
        "--limit", action="append", default=[], metavar="NAME",
        help="only this server, group of the inventory, or pattern of servers (with * or ?); repeatable",
    )  # fmt: skip
    doctor.add_argument(
        "--policy", action="append", default=[], metavar="NAME|PATH",
        help="say which rules of this policy would be errors, and why; repeatable",
    )  # fmt: skip
    doctor.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="set a parameter of a policy; repeatable"
    )
    doctor.add_argument(
        "-o", "--output", action="append", default=[], metavar="FORMAT[:PATH]",
        help="write what was found (text: for people; json: for programs); without a path to standard output; "
        "repeatable",
    )  # fmt: skip
    add_live(doctor)
    # NOTE: a clock that stands still cannot be compared with that of a server.
    doctor.set_defaults(as_of=None, support_table=None, max_age=None)
    return doctor
