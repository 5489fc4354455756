"""Secrets, of which an inventory holds none: told by the name of their key, and never shown."""

from __future__ import annotations

import re

from checker.load.fields import FieldReader
from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import Entry, ListNode, MappingNode, Node, WrongNode

_SECRET = re.compile(
    r"(password|passwd|passphrase|secret|token|private[_-]?key|api[_-]?key|access[_-]?key)$|(^|[_.-])(pwd|pass)$",
    re.IGNORECASE,
)
_KEY_BEFORE = re.compile(r"""([\w.-]+)["']?[ ]*:\s*(\[[^\]]*)?["']?$""")
_REACH = 400  # how far before a value its key is looked for
NO_REFERENCE = "'credential' is a reference: env:NAME, file:PATH, keyring:NAME or prompt, never a secret"


class DiscreetMistakes(Mistakes):
    """The mistakes of a document into which somebody may have written a secret."""

    def __init__(self, path: str, content: bytes) -> None:
        """Start with none; *content* is the document."""
        super().__init__(path)
        self._lines = content.decode("utf-8-sig", "replace").split("\n")

    def at(self, line: int, column: int, message: str) -> None:
        """
        Note a mistake, without what it says of a secret; see `Mistakes.at`.

        Raises:
            PolicyError: there are too many to go on.
        """
        # NOTE: a word without quotes may be no YAML, and whoever tells that shows it and knows nothing of keys.
        above, here = self._lines[max(line - 2, 0) : line - 1], self._lines[line - 1 : line]
        before = "\n".join((*above, *(text[: column - 1] for text in here)))
        key = _KEY_BEFORE.search(before[-_REACH:])
        if key and key[1] == "credential":
            message = NO_REFERENCE
        elif key and is_secret(key[1]):
            message = _refusal(key[1])
        super().at(line, column, message)


def is_secret(name: str) -> bool:
    """Whether a key of this *name* is one that people put a secret behind."""
    return _SECRET.search(name.strip()) is not None


def without_secrets(reader: FieldReader, node: Node) -> Node:
    """Give *node* without the keys, at any depth, that hold a secret; they are told."""
    match node:
        case MappingNode(line=line, column=column, entries=entries):
            left = {
                name: Entry(one.line, one.column, name, without_secrets(reader, one.value))
                for name, one in entries.items()
                if not _is_told_as_secret(reader, one)
            }
            # What held nothing but secrets is told already, and not once more for being empty.
            return WrongNode(line, column) if entries and not left else MappingNode(line, column, left)
        case ListNode(line=line, column=column, items=items):
            return ListNode(line, column, tuple(without_secrets(reader, one) for one in items))
        case _:
            return node


def _is_told_as_secret(reader: FieldReader, entry: Entry) -> bool:
    if not is_secret(entry.name) or isinstance(entry.value, MappingNode):
        return False  # a group, too, may have such a name
    reader.wrong(entry, _refusal(entry.name))
    return True


def _refusal(name: str) -> str:
    return f"{shown(name)}: an inventory holds no secret; give a reference, such as 'credential: env:NAME'"
