"""What a run stands on before any fact is read: policies, an inventory, waivers, and what version control says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checker.errors import Mistake, PolicyError
from checker.evaluate.selection import narrowed
from checker.load.document import PolicyDocument
from checker.load.nearest import nearest
from checker.load.policies import LoadedPolicies, read_policies
from checker.model.inventory import Inventory
from checker.model.location import Location
from checker.model.policy import Policy, Rule
from checker.model.result import Diagnostic, Revision
from checker.model.waiver import WaiverFile
from checker.pipeline.request import Document, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Everything that is read before any fact is."""

    policies: LoadedPolicies
    selected: tuple[Policy, ...]  # those that the run is narrowed to
    inventory: Inventory | None
    waivers: tuple[WaiverFile, ...]
    revisions: tuple[Revision, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that the run is narrowed to."""
        return tuple(rule for policy in self.selected for rule in policy.rules)


def prepare(request: Request) -> Ground:
    """
    Read everything that decides about the run.

    Raises:
        PolicyError: a policy, a waiver file or the inventory cannot be used, or is not committed though it must be.
        UsageError: --set, --rule or --tag names what is not there.
    """
    bases: dict[str, bytes] = {}

    def find_base(text: str, path: str) -> PolicyDocument:
        document = request.find_base(text, path)
        bases[document.path] = document.content
        return document

    policies = read_policies(request.policies, request.settings, find_base)
    selected = narrowed(policies.policies, request.selection)
    inventory = _inventory(request.inventory) if request.inventory else None
    waivers = tuple(_waivers(one, policies, request.longest_waiver) for one in request.waivers)
    revisions = request.revisions_of(_files(request, policies, bases))
    if request.require_clean:
        _require_clean(revisions)
    return Ground(
        policies=policies,
        selected=selected,
        inventory=inventory,
        waivers=waivers,
        revisions=revisions,
        diagnostics=tuple(_about(inventory, policies, strict=request.strict)) if inventory else (),
    )


def _inventory(document: Document) -> Inventory:
    from checker.load.inventory import load_inventory  # noqa: PLC0415 - many runs have none

    return load_inventory(document.content, document.path)


def _waivers(document: Document, policies: LoadedPolicies, longest_days: int) -> WaiverFile:
    from checker.load.waivers import load_waivers  # noqa: PLC0415 - as above

    return load_waivers(document.content, document.path, policies.policies, longest_days)


def _files(request: Request, policies: LoadedPolicies, bases: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """Give what was read of each file that decides about the run and does not come with the checker, by its path."""
    files = [file for policy in policies.policies for file in policy.files if not file.shipped]
    table = request.support_table() if request.support_table else None
    named = [one for one in (request.inventory, table, *request.waivers) if one]
    contents = {
        **bases,
        **{one.path: one.content for one in request.policies},
        **{one.path: one.content for one in named},
    }
    return {path: contents.get(path) for path in (*(file.path for file in files), *(one.path for one in named))}


def _require_clean(revisions: Iterable[Revision]) -> None:
    unclean = [one for one in revisions if one.state != "clean"]
    if unclean:
        raise PolicyError(
            [
                Mistake(
                    Location(one.path),
                    f"--require-clean: it is not committed as it is{_state(one)}. {one.detail}".rstrip(),
                )
                for one in unclean
            ]
        )


def _state(revision: Revision) -> str:
    """Give the state of a file in brackets; one that lies in no repository has none."""
    return f" ({revision.state})" if revision.state != "none" else ""


def _about(inventory: Inventory, policies: LoadedPolicies, *, strict: bool) -> Iterable[Diagnostic]:
    """
    Tell what the inventory says in vain.

    Raises:
        PolicyError: the name of a parameter is a slip for one that a policy of the run has.
    """
    known = {one.name for policy in policies.policies for one in policy.parameters}
    vain = {name: server for server in reversed(inventory.servers) for name in server.parameters if name not in known}
    slips = [(name, near, server) for name, server in vain.items() if (near := nearest(name, known))]
    if slips:
        raise PolicyError(
            [
                Mistake(server.location, f"no policy of this run has a parameter {name!r}; did you mean {near!r}?")
                for name, near, server in slips
            ]
        )
    for note in inventory.notes:
        yield Diagnostic(note, Location(inventory.path))
    for name, server in sorted(vain.items()):
        sentence = f"The inventory gives a parameter '{name}', and no policy of this run has it."
        yield Diagnostic(sentence, server.location, incomplete=strict)
