"""What the tests of the loader share: short ways to read a text and to see what was found."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from checker.errors import PolicyError
from checker.load.extends import BaseError, FindBase
from checker.load.mistakes import Mistakes
from checker.load.nodes import Entry, ListNode, MappingNode, Node, ScalarNode, WrongNode
from checker.load.policies import PolicyDocument, load_policies
from checker.load.strict_yaml import FASTEST, PURE, read_yaml
from checker.model.policy import Policy

PARSERS = (FASTEST, PURE)

HEAD = """\
policy: sample
version: "1.0.0"
title: A policy of the tests
"""


def plain(node: Node | Entry) -> object:
    """Give *node* as ordinary values, without places; what was wrong is `...`."""
    match node:
        case MappingNode(entries=entries):
            return {name: plain(entry.value) for name, entry in entries.items()}
        case ListNode(items=items):
            return [plain(item) for item in items]
        case ScalarNode(value=value):
            return value
        case Entry(value=value):
            return plain(value)
        case WrongNode():
            return ...


def read(text: str | bytes, parser: type = FASTEST) -> tuple[object, list[str]]:
    """Read *text* as YAML: its values, or None where it could not be understood, and the mistakes."""
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    mistakes = Mistakes("f")
    try:
        node = read_yaml(content, mistakes, parser=parser)
    except PolicyError as error:
        return None, list(error.lines)
    return plain(node), [str(one) for one in mistakes.found]


def load(text: str, settings: Mapping[str, str] | None = None) -> Policy:
    """Load one policy, which is right."""
    (policy,) = load_policies([PolicyDocument(path="f", content=text.encode())], settings or {})
    return policy


def mistakes(text: str) -> list[str]:
    """Load one policy and give what is wrong with it; nothing where it is right."""
    try:
        load(text)
    except PolicyError as error:
        return list(error.lines)
    return []


def sentences(text: str) -> list[str]:
    """Give what is wrong with a policy without the places."""
    return [re.sub(r"^f:\d+:\d+: ", "", one) for one in mistakes(text)]


def rule(fact: str = "server.name", expect: str = "{equals: A}", more: str = "") -> str:
    """Give the YAML of one rule; *more* are further lines of it."""
    lines = [
        "id: TEST0001",
        "title: A rule",
        "severity: high",
        f"fact: {fact}",
        f"expect: {expect}",
        *more.splitlines(),
    ]
    return "  - " + "\n    ".join(lines) + "\n"


def policy(*rules: str, parameters: str = "") -> str:
    """Give the YAML of a policy; *parameters* are lines such as `p: {type: …}`."""
    declared = "".join(f"  {line}\n" for line in parameters.splitlines())
    return HEAD + (f"parameters:\n{declared}" if declared else "") + "rules:\n" + "".join(rules or (rule(),))


def shelf(**files: str) -> FindBase:
    """Give a finder over *files*: `a` is the file a.yaml beside, `sub_a` is sub/a.yaml, and `shipped_a` is shipped."""
    contents = {name.replace("_", "/") + ".yaml": text for name, text in files.items()}

    def find(text: str, path: str) -> PolicyDocument:
        is_path = text.endswith(".yaml")
        wanted = (
            posixpath.normpath(posixpath.join(posixpath.dirname(path), text)) if is_path else f"shipped/{text}.yaml"
        )
        if wanted not in contents:
            raise BaseError(f"there is no {text!r}")
        shown = wanted.removeprefix("shipped/")
        return PolicyDocument(path=shown, content=contents[wanted].encode(), shipped=not is_path)

    return find


def extending(*rules: str, extends: str = "a.yaml", name: str = "mine", parameters: str = "") -> str:
    """Give the YAML of a policy that builds on another; without *rules* it has none of its own."""
    text = policy(*rules, parameters=parameters).replace("policy: sample", f"policy: {name}", 1)
    text = text.replace("title: A policy of the tests\n", f"title: A policy of the tests\nextends: {extends}\n", 1)
    return text if rules else text.partition("rules:\n")[0]


def load_upon(text: str, settings: Mapping[str, str] | None = None, /, **files: str) -> Policy:
    """Load one policy, which is right, and builds on *files*; see `shelf`."""
    (policy,) = load_policies([PolicyDocument(path="mine.yaml", content=text.encode())], settings or {}, shelf(**files))
    return policy


def mistakes_upon(text: str, /, **files: str) -> list[str]:
    """Load one policy that builds on *files*, and give what is wrong with any of them."""
    try:
        load_upon(text, **files)
    except PolicyError as error:
        return list(error.lines)
    return []
