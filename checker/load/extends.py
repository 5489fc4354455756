"""The documents of a run, each with those that it builds on: found, read as YAML once, and without cycles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from checker.errors import PolicyError
from checker.load.document import PolicyDocument
from checker.load.fields import FieldReader, is_name
from checker.load.mistakes import Mistakes
from checker.load.nearest import shown
from checker.load.nodes import ListNode, Node, ScalarNode, WrongNode, entry_of, text_of
from checker.load.strict_yaml import read_yaml
from checker.model.location import Location
from checker.schema.policy_language import LONGEST_CHAIN, LONGEST_LINE, POLICY_FILE, POLICY_NAME


class BaseError(ValueError):
    """What a policy builds on cannot be used; the sentence says why."""


FindBase = Callable[[str, str], PolicyDocument]
"""Finds a document by the text of `extends` and the path of the policy where it stands, or raises a `BaseError`."""


def no_base(text: str, _path: str) -> PolicyDocument:
    """
    Find nothing: for documents that stand alone.

    Raises:
        BaseError: always.
    """
    raise BaseError(f"{shown(text)} cannot be looked up here")


def base_path(text: str) -> PurePosixPath | None:
    """
    Give the path that *text* names from the folder of the policy where it stands; None for a shipped policy's name.

    Raises:
        BaseError: it is neither such a path nor such a name.
    """
    if is_name(text, POLICY_NAME) and not text.endswith((".yaml", ".yml")):
        return None
    if len(text) <= LONGEST_LINE and re.fullmatch(POLICY_FILE, text):
        return PurePosixPath(text)
    raise BaseError(
        f"{shown(text)} is neither the name of a shipped policy nor a path inside the folder of this policy, such as "
        "'bases/corporate.yaml'"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A document that was read as YAML, before anything of it is understood but what it builds on."""

    document: PolicyDocument
    root: Node
    mistakes: Mistakes
    bases: tuple[Link, ...] = ()
    extending: bool = False  # whether it says that it builds on others
    whole: bool = True  # whether all of it was read, and everything found that it builds on

    @property
    def name(self) -> str:
        """The name of the policy, however wrong the rest of it is; empty where it has none."""
        named = text_of(entry_of(self.root, "policy"))
        return named[0] if named else ""

    @property
    def place(self) -> Location:
        """Where the policy is named, or should be."""
        named = entry_of(self.root, "policy")
        return self.mistakes.location(named.value if named else self.root)

    @property
    def nearest(self) -> tuple[Draft, ...]:
        """All that it builds on, each once, the nearest first."""
        found: dict[Draft, None] = {}
        level: tuple[Draft, ...] = (self,)
        while level:
            level = tuple(link.draft for one in level for link in one.bases)
            found.update(dict.fromkeys(level))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Link:
    """One of the documents that another builds on."""

    place: Node  # where the other says so
    draft: Draft


def draft_all(documents: Iterable[PolicyDocument], find_base: FindBase) -> tuple[Draft, ...]:
    """Read *documents* and all that they build on; the very same document given twice counts once."""
    drafting = _Drafting(find_base)
    return tuple(dict.fromkeys(drafting.draft(one, ()) for one in documents))


def bases_first(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Give *drafts* and all that they build on, each once, and after what it builds on."""
    found: dict[Draft, None] = {}

    def take(draft: Draft) -> None:
        if draft not in found:
            for link in draft.bases:
                take(link.draft)
            found[draft] = None

    for one in drafts:
        take(one)
    return tuple(found)


class _Drafting:
    """Reads each document once, however many build on it."""

    def __init__(self, find_base: FindBase) -> None:
        self._find = find_base
        self._by_place: dict[tuple[str, bool, bytes], Draft] = {}
        self._by_content: dict[tuple[bytes, tuple[Draft, ...]], Draft] = {}

    def draft(self, document: PolicyDocument, chain: tuple[PolicyDocument, ...]) -> Draft:
        """Read *document*, which the last of *chain* builds on."""
        place = (document.path, document.shipped, document.content)
        # NOTE: the same bytes are the same policy only if a path in `extends` leads both to the same bases.
        draft = self._by_place.get(place) or self._by_content.get((document.content, ()))
        if draft is None:
            draft = self._read(document, (*chain, document))
            if draft.whole or not draft.extending:
                bases = tuple(link.draft for link in draft.bases)
                draft = self._by_content.setdefault((document.content, bases), draft)
        self._by_place[place] = draft
        return draft

    def _read(self, document: PolicyDocument, chain: tuple[PolicyDocument, ...]) -> Draft:
        mistakes = Mistakes(document.path)
        try:
            root = read_yaml(document.content, mistakes)
        except PolicyError:
            return Draft(document, WrongNode(1, 1), mistakes, whole=False)
        entry = entry_of(root, "extends")
        if entry is None:
            return Draft(document, root, mistakes)
        try:
            links, whole = self._links(entry.value, FieldReader(mistakes), chain)
        except PolicyError:
            links, whole = (), False
        return Draft(document, root, mistakes, links, extending=True, whole=whole)

    def _links(
        self, node: Node, reader: FieldReader, chain: tuple[PolicyDocument, ...]
    ) -> tuple[tuple[Link, ...], bool]:
        nodes = reader.items(node, "'extends'") if isinstance(node, ListNode) else (node,)
        links: dict[Draft, Link] = {}
        for one in nodes or ():
            draft = self._base(one, reader, chain)
            if draft is None:
                continue
            first = links.setdefault(draft, Link(one, draft))
            if first.place is not one:
                before = reader.location(first.place)
                reader.wrong(one, f"{shown(draft.document.path)} is given twice in 'extends', first at {before}")
        return tuple(links.values()), len(links) == len(nodes or ()) > 0 and all(one.whole for one in links)

    def _base(self, node: Node, reader: FieldReader, chain: tuple[PolicyDocument, ...]) -> Draft | None:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            reader.expected(node, "what a policy extends is the name of a shipped policy, or a path")
            return None
        try:
            document = self._look_up(node.value, chain[-1])
        except BaseError as error:
            reader.wrong(node, f"{error}{_way(chain) if len(chain) > 1 else ''}")
            return None
        # NOTE: links in a file system give one file many paths; a chain with the same bytes twice would never end.
        if any(document.content == one.content for one in chain):
            reader.wrong(node, f"a policy cannot build on itself{_way((*chain, document))}")
            return None
        if len(chain) >= LONGEST_CHAIN:
            reader.wrong(node, f"more than {LONGEST_CHAIN} policies build on one another{_way((*chain, document))}")
            return None
        return self.draft(document, chain)

    def _look_up(self, text: str, document: PolicyDocument) -> PolicyDocument:
        path = base_path(text)
        # NOTE: the path of a shipped policy is only its name, and would lead into the folder of whoever runs this.
        if path is not None and document.shipped:
            raise BaseError("a shipped policy builds on shipped policies, by their names")
        return self._find(text, document.path)


def _way(chain: Sequence[PolicyDocument]) -> str:
    return f": {' extends '.join(one.path for one in chain)}"
