"""The arguments of the verbs for authors of policies."""

from __future__ import annotations

import argparse
from typing import TypeVar

from checker.cli.policy_test_arguments import add_policy_test

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)

_POLICIES = "a shipped policy by its name, or a policy file or a folder of them"


def add_policy(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verb `policy` with its own verbs."""
    policy = verbs.add_parser(
        "policy",
        help="write policies: find mistakes, document, show what is in force",
        description="Tools for authors of policies.",
        allow_abbrev=False,
    )
    inner = policy.add_subparsers(dest="policy_verb", metavar="VERB", required=True)
    _add_lint(inner)
    _add_docs(inner)
    _add_schema(inner)
    _add_show(inner)
    add_policy_test(inner)


def _add_lint(verbs: argparse._SubParsersAction[Parser]) -> None:
    lint = verbs.add_parser(
        "lint",
        help="find every mistake in policies",
        description="Find every mistake in policies and in those that they build on. Exit code 3 where there is one.",
        allow_abbrev=False,
    )
    lint.add_argument("policies", nargs="+", metavar="NAME|PATH", help=_POLICIES)
    _add_output(
        lint,
        "text: a line for each mistake; json: for programs; sarif: for code scanning",
    )


def _add_docs(verbs: argparse._SubParsersAction[Parser]) -> None:
    docs = verbs.add_parser(
        "docs",
        help="write a Markdown page about policies",
        description="Write a Markdown page: parameters, rules, why they are there and what to do.",
        allow_abbrev=False,
    )
    docs.add_argument(
        "policies", nargs="*", metavar="NAME|PATH", help=f"{_POLICIES}; all shipped ones if none is named"
    )
    docs.add_argument("-o", "--output", metavar="PATH", help="the file to write; standard output if there is none")


def _add_schema(verbs: argparse._SubParsersAction[Parser]) -> None:
    schema = verbs.add_parser(
        "schema",
        help="print a JSON Schema, for editors and validators",
        description="Print a published JSON Schema; without a name, list them.",
        allow_abbrev=False,
    )
    schema.add_argument("name", nargs="?", metavar="NAME", help="of what: policy, facts, results …")


def _add_show(verbs: argparse._SubParsersAction[Parser]) -> None:
    show = verbs.add_parser(
        "show",
        help="show the effective policy, and where each part of it comes from",
        description="Show policies with all that they build on and all values of parameters, and where each comes from.",
        allow_abbrev=False,
    )
    show.add_argument("policies", nargs="+", metavar="NAME|PATH", help=_POLICIES)
    _add_settings(show)
    show.add_argument("--inventory", metavar="FILE", help="the servers that are expected, with parameters of their own")
    show.add_argument("--server", metavar="NAME", help="the server of the inventory whose parameters count")
    _add_output(show, "text: for people; json: for programs")


def add_explain(verbs: argparse._SubParsersAction[Parser]) -> Parser:
    """Add the verb `explain`, and give it for what all verbs that read facts share."""
    explain = verbs.add_parser(
        "explain",
        help="explain a rule: what it expects, of what, and why",
        description="Explain a rule: what it expects, where its facts come from, and why; with facts, what it finds.",
        allow_abbrev=False,
    )
    explain.add_argument("rule", metavar="RULE", help="the id of a rule, such as AADC0001")
    explain.add_argument(
        "--policy", action="append", default=[], metavar="NAME|PATH",
        help=f"{_POLICIES}; repeatable; all shipped ones if none is given",
    )  # fmt: skip
    _add_settings(explain)
    explain.add_argument(
        "--facts", action="append", default=[], metavar="PATH",
        help="explain the findings on these facts, as --facts of check; repeatable",
    )  # fmt: skip
    explain.add_argument("--inventory", metavar="FILE", help="the servers that are expected, as --inventory of check")
    return explain


def _add_settings(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="set a parameter of a policy; repeatable"
    )


def _add_output(verb: argparse.ArgumentParser, formats: str) -> None:
    verb.add_argument(
        "-o", "--output", action="append", default=[], metavar="FORMAT[:PATH]",
        help=f"write a report ({formats}); without a path to standard output; repeatable",
    )  # fmt: skip
