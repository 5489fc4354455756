"""The arguments of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

from checker import __version__
from checker.cli.doctor_arguments import add_doctor
from checker.cli.live_arguments import add_collect, add_live
from checker.cli.output import write_standard_output
from checker.cli.policy_arguments import add_explain, add_policy
from checker.cli.remediate_arguments import add_remediate
from checker.cli.server_module_arguments import add_server_module
from checker.errors import UsageError
from checker.model.duration import parse_duration
from checker.model.policy import Severity
from checker.model.timestamp import parse_timestamp
from checker.report.formats import FORMATS

T = TypeVar("T")

_EXIT_CODES = """\
exit codes, the worst wins (70, 5, 3, 2, 4, 1, 0):
  0    compliant; failures that a waiver covers are counted apart
  1    not compliant: a rule at or above --fail-on fails without a waiver,
       or more failures are waived than --max-waived allows
  2    the command line is wrong
  3    a policy, waiver file, inventory or table cannot be used
  4    incomplete: something could not be read or evaluated, so no verdict
  5    an output could not be written
  70   a bug in the checker
  130, 143  interrupted, terminated; what was done is marked incomplete
"""


class _Parser(argparse.ArgumentParser):
    """Raises what is wrong instead of printing and exiting."""

    def error(self, message: str) -> NoReturn:
        """See `argparse.ArgumentParser.error`."""
        raise UsageError(f"{message} (see '{self.prog} --help')")

    def _print_message(self, message: str, _file: object = None) -> None:
        """Print the help or the version; argparse would not say that it could not."""
        write_standard_output(message.encode())


def build_parser() -> argparse.ArgumentParser:
    """Give the parser of every verb."""
    parser = _Parser(
        prog="adsync-checker",
        description="Check Microsoft Entra Connect Sync servers against policies.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"adsync-checker {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_Parser)
    _add_check(verbs)
    _add_facts(verbs)
    add_policy(verbs)
    _add_surroundings(add_explain(verbs))
    add_doctor(verbs)
    add_server_module(verbs)
    collect = add_collect(verbs)
    add_max_age(collect)
    _add_support_table(collect)
    add_remediate(verbs)
    return parser


def _add_check(verbs: argparse._SubParsersAction[_Parser]) -> None:
    check = verbs.add_parser(
        "check",
        help="compare the facts of servers with policies",
        description="Compare the facts of servers with policies, and give a verdict.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    check.add_argument(
        "--policy", action="append", required=True, metavar="NAME|PATH",
        help="a shipped policy by its name, or a policy file or a folder of them; repeatable",
    )  # fmt: skip
    check.add_argument(
        "--facts", action="append", default=[], metavar="PATH",
        help="files, folders or patterns with exported facts, '-' for standard input; repeatable; without it the "
        "servers of --inventory are read over PowerShell remoting",
    )  # fmt: skip
    check.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="set a parameter of a policy; repeatable"
    )
    check.add_argument(
        "--fail-on", type=_severity, default=Severity.LOW, metavar="SEVERITY",
        help="the lowest severity that moves the exit code: info, low (the default), medium, high, critical",
    )  # fmt: skip
    check.add_argument(
        "--strict", action="store_true",
        help="files that are not understood, waivers that are expired or cover nothing, rules that went missing, and "
        "a narrowed run make the run incomplete (exit 4)",
    )  # fmt: skip
    check.add_argument(
        "--inventory", metavar="FILE",
        help="the servers that are expected, as YAML or as the JSON of ansible-inventory --list",
    )  # fmt: skip
    add_max_age(check)
    add_waivers(check)
    add_narrowing(check)
    check.add_argument(
        "--previous",
        metavar="RESULTS",
        help="results of an earlier run (-o json); tells which rules and servers are gone",
    )
    check.add_argument(
        "--require-clean", action="store_true",
        help="refuse policies, waivers, an inventory and a table that are not committed as they are (exit 3)",
    )  # fmt: skip
    check.add_argument(
        "--facts-out", metavar="DIR", help="keep the facts of running servers in this folder, a document for each"
    )
    add_live(check)
    _add_output(check, "; ".join(f"{name}: {one.meaning}" for name, one in FORMATS.items()))
    _add_surroundings(check)


def add_max_age(verb: argparse.ArgumentParser) -> None:
    """Add how old facts may be."""
    verb.add_argument(
        "--max-age", type=_age, metavar="DURATION", help="facts older than this are unknown, such as PT26H or P7D"
    )


def add_waivers(verb: argparse.ArgumentParser) -> None:
    """Add the arguments about accepted exceptions."""
    verb.add_argument("--waivers", action="append", default=[], metavar="FILE", help="accepted exceptions; repeatable")
    verb.add_argument(
        "--longest-waiver", type=_days, default=365, metavar="DAYS",
        help="the longest time that a waiver may span, in days (default 365)",
    )  # fmt: skip
    verb.add_argument(
        "--max-waived", type=_number, metavar="N", help="more waived failures than this are not compliant (exit 1)"
    )


def add_narrowing(verb: argparse.ArgumentParser) -> None:
    """Add the arguments that narrow a run; what they leave out is not looked at, and every report says so."""
    verb.add_argument(
        "--limit", action="append", default=[], metavar="NAME",
        help="only this server, group of the inventory, or pattern of servers (with * or ?); repeatable",
    )  # fmt: skip
    verb.add_argument("--rule", action="append", default=[], metavar="ID", help="only this rule; repeatable")
    verb.add_argument("--tag", action="append", default=[], metavar="TAG", help="only rules with this tag; repeatable")


def _add_facts(verbs: argparse._SubParsersAction[_Parser]) -> None:
    facts = verbs.add_parser(
        "facts",
        help="show every fact, its value, and where it comes from",
        description="Show every fact of every server, its value, where it comes from, and what the sources cannot tell.",
        allow_abbrev=False,
    )
    facts.add_argument("facts", nargs="+", metavar="PATH", help="as --facts of check")
    _add_output(facts, "text: for people; json, ndjson: the project's own facts document")
    _add_surroundings(facts)


def _add_output(verb: argparse.ArgumentParser, formats: str) -> None:
    verb.add_argument(
        "-o", "--output", action="append", default=[], metavar="FORMAT[:PATH]",
        help=f"write a report ({formats}); without a path to standard output; repeatable",
    )  # fmt: skip


def _add_surroundings(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--server", metavar="NAME", type=_name, help="the server of files that name none")
    verb.add_argument("--as-of", metavar="TIME", type=_time, help="freeze the clock, such as 2026-11-22T10:00:00Z")
    _add_support_table(verb)


def _add_support_table(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--support-table", metavar="FILE", help="a table of ends of support to use instead of the shipped one"
    )


def _converter(read: Callable[[str], T]) -> Callable[[str], T]:
    """Let argparse tell the sentence of a ValueError instead of a sentence of its own."""

    def convert(text: str) -> T:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


def _read_severity(text: str) -> Severity:
    words = [severity.word for severity in Severity]
    if text not in words:
        raise ValueError(f"{text!r} is no severity; there are {', '.join(words)}")
    return Severity(words.index(text))


def _read_name(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError(f"{text!r} is no name of a server")
    return text.strip()


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(f"{text!r} is no number, such as 0 or 5")
    return int(text)


def _read_days(text: str) -> int:
    if (days := _read_number(text)) < 1:
        raise ValueError("a waiver spans at least 1 day")
    return days


def _read_age(text: str) -> timedelta:
    if (age := parse_duration(text)) <= timedelta():
        raise ValueError(f"{text!r} is no age, such as 'PT26H' or 'P7D'")
    return age


_severity: Callable[[str], Severity] = _converter(_read_severity)
_number: Callable[[str], int] = _converter(_read_number)
_days: Callable[[str], int] = _converter(_read_days)
_age: Callable[[str], timedelta] = _converter(_read_age)
_name: Callable[[str], str] = _converter(_read_name)
_time: Callable[[str], datetime] = _converter(parse_timestamp)
