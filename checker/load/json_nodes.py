"""
JSON as the nodes that YAML gives, for documents of other programs.

What has no place in our own documents (null, numbers with fractions) is a `WrongNode`: whoever needs a value there
finds none, and everybody else passes it by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NoReturn, assert_never

from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, ScalarNode, WrongNode


def read_json(content: bytes, mistakes: Mistakes) -> Node:
    """
    Read *content*; every node stands at the beginning of the document but for the keys that `placed` moves.

    Raises:
        PolicyError: it is no JSON, or says something twice.
    """
    try:
        text = content.decode("utf-8-sig")
        return _node(json.loads(text, object_pairs_hook=_object, parse_constant=_constant))
    except json.JSONDecodeError as error:
        mistakes.stop(error.lineno, error.colno, f"this is no JSON: {error.msg}")
    except UnicodeDecodeError as error:
        mistakes.stop(1, 1, f"byte {error.start} is no UTF-8")
    except RecursionError:
        mistakes.stop(1, 1, "the document is nested too deep")
    except ValueError as error:
        mistakes.stop(1, 1, str(error))


def placed(node: Node, line: int, column: int) -> Node:
    """Give *node* and all that it holds at one place of the document."""
    match node:
        case ScalarNode(value=value, quoted=quoted):
            return ScalarNode(line, column, value, quoted=quoted)
        case ListNode(items=items):
            return ListNode(line, column, tuple(placed(one, line, column) for one in items))
        case MappingNode(entries=entries):
            moved = {name: Entry(line, column, name, placed(one.value, line, column)) for name, one in entries.items()}
            return MappingNode(line, column, moved)
        case WrongNode():
            return WrongNode(line, column)
        case _:
            assert_never(node)


def key_place(text: str, key: str, start: int = 0) -> tuple[int, int, int]:
    """Find the first *key* of an object in *text* from *start* on: line, column, and where it stands in the text."""
    found = re.compile(re.escape(json.dumps(key)) + r"\s*:").search(text, start)
    at = found.start() if found else start
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1, at


class _Object(dict[str, object]):
    """An object whose keys are known to differ."""


def _object(pairs: Iterable[tuple[str, object]]) -> _Object:
    found = _Object()
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)} is given twice in one object")
        found[key] = value
    return found


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _node(value: object) -> Node:
    match value:
        case bool() | int() | str():
            return ScalarNode(1, 1, value, quoted=isinstance(value, str))
        case list():
            return ListNode(1, 1, tuple(map(_node, value)))
        case dict():
            return MappingNode(1, 1, {str(key): Entry(1, 1, str(key), _node(one)) for key, one in value.items()})
        case _:
            return WrongNode(1, 1)
