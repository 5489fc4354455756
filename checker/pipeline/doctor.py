"""
The doctor: what keeps running servers from being read, and which rules would lack an answer because of that.

Facts are collected and rules are evaluated as in any live run; beside that it is noted, step by step, how far one came
with each server. Nobody is asked for a credential twice, and none is shown to a server more often than by a collection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from checker.acquire.exports import Surroundings
from checker.acquire.live.commands import LiveError, Target
from checker.acquire.live.diagnosis import Observed, diagnose
from checker.acquire.live.diagnosis_network import Network, Reached, look_from_outside
from checker.acquire.live.diagnosis_session import Clocks, Seen, watched
from checker.acquire.live.discreet import secrets_of
from checker.acquire.live.document import LiveFacts
from checker.errors import interrupted_code
from checker.model.collection import Failure
from checker.model.diagnosis import Diagnosis, Examination, RuleError, Step, TenantErrors
from checker.model.facts import FactSet
from checker.model.inventory import ExpectedServer, Inventory
from checker.model.result import Outcome, Report
from checker.pipeline.collection import Arrival, Collected, Live, collect
from checker.pipeline.flow import check
from checker.pipeline.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the outside lends to an examination, and what it does with what comes of it."""

    live: Live
    network: Network
    write: Callable[[str, str], None]  # the document of a server, by its name; raises OutputError
    tell: Callable[[Arrival], None]
    verify_tls: bool = True
    proxy: str = ""
    evaluate: Callable[[KeyboardInterrupt | None], Report] | None = None
    """Judges the documents that were written; without it no rule is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of a run."""

    examination: Examination
    exit_code: int


def examine(inventory: Inventory, wanted: Collection[str], outside: Outside) -> Examined:
    """
    Examine the servers of *inventory* that are *wanted*.

    Raises:
        OutputError: a document could not be written.
    """
    servers = [one for one in inventory.servers if one.name in wanted]
    live = outside.live
    approached = _approach(servers, outside)
    seen = {one.name: Seen() for one in servers}
    arrived: dict[str, LiveFacts] = {}

    def arrive(arrival: Arrival) -> None:
        arrived[arrival.server] = arrival.facts
        outside.tell(arrival)

    clock = live.pace.clock
    lent = replace(
        live,
        resolve=lambda server: approached[server.name].target_or_raise(),
        # NOTE: everybody was reached a moment ago, or is not asked.
        reach=lambda _target: None,
        connect=watched(live.connect, seen, Clocks(monotonic=clock, now=live.now, is_over=clock.is_stopped)),
    )
    collected = collect(inventory, wanted, lent, write=outside.write, tell=arrive)
    diagnoses = tuple(_diagnosis(one, approached[one.name], seen[one.name], arrived, collected) for one in servers)
    interruption = collected.interruption
    examination = Examination(diagnoses=diagnoses, incomplete=interruption is not None)
    report = outside.evaluate(interruption) if outside.evaluate else None
    if report is not None:
        examination = _judged(examination, report)
    secrets = {secret for one in approached.values() if one.target for secret in secrets_of(one.target)}
    examination = _without(secrets, examination)
    code = 0 if examination.sound else 4
    if report is not None and report.run.interrupted:
        code = report.run.exit_code
    elif interruption is not None:
        code = interrupted_code(interruption)
    return Examined(examination=examination, exit_code=code)


def evaluation(
    request: Request, find_surroundings: Callable[[], Surroundings]
) -> Callable[[KeyboardInterrupt | None], Report]:
    """Give how *request* is evaluated once the facts of the servers lie where it looks for them."""
    return lambda interruption: check(replace(request, interruption=interruption), find_surroundings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Approached:
    """A server before a session is opened."""

    target: Target | None  # with the credential
    credential: Failure | None  # why there is none
    reached: Reached

    def target_or_raise(self) -> Target:
        """
        Give the target if it is worth an attempt.

        Raises:
            LiveError: it is not; a credential that nobody has, or a server that nobody reached.
        """
        failure = self.reached.failure or self.credential
        if failure is not None or self.target is None:
            assert failure is not None  # noqa: S101 - one of the two was noted
            raise LiveError(failure.kind, failure.message)
        return self.target


def _approach(servers: Collection[ExpectedServer], outside: Outside) -> Mapping[str, _Approached]:
    """Get the credentials, one after the other, for a person may be asked; then look at all servers from outside."""
    live = outside.live
    targets = {one.name: _target(one, live) for one in servers}

    def look(server: ExpectedServer) -> _Approached:
        match targets[server.name]:
            case Target() as target:
                reached = look_from_outside(target, outside.network, live.now)
                return _Approached(target=target, credential=None, reached=reached)
            case Failure() as failure:
                reached = look_from_outside(_bare(server, outside), outside.network, live.now)
                return _Approached(target=None, credential=failure, reached=reached)

    with ThreadPoolExecutor(max_workers=live.pace.threads) as threads:
        return dict(zip(targets, threads.map(look, servers), strict=True))


def _target(server: ExpectedServer, live: Live) -> Target | Failure:
    try:
        return live.resolve(server)
    except LiveError as error:
        return error.failure


_TLS_PORT, _PLAIN_PORT = 5986, 5985


def _bare(server: ExpectedServer, outside: Outside) -> Target:
    """Give a target that can be looked at, and no more: without its credential, and without its client certificate."""
    how = server.connection
    return Target(
        server=server.name,
        host=how.host,
        port=how.port or (_TLS_PORT if how.tls else _PLAIN_PORT),
        tls=how.tls,
        tls_verified=outside.verify_tls,
        ca_bundle=how.ca_bundle,
        proxy=outside.proxy,
    )


def _diagnosis(
    server: ExpectedServer,
    approached: _Approached,
    seen: Seen,
    arrived: Mapping[str, LiveFacts],
    collected: Collected,
) -> Diagnosis:
    facts = arrived.get(server.name) or LiveFacts(
        facts=FactSet(server=server.name), collection=collected.servers[server.name]
    )
    observed = Observed(
        connection=server.connection,
        reached=approached.reached,
        credential=approached.credential,
        seen=seen,
        live=facts,
    )
    return Diagnosis(server=server.name, steps=diagnose(observed))


def _without(secrets: Iterable[str], examination: Examination) -> Examination:
    """Take *secrets* out of everything that servers said: one that was shown a secret could send it back."""
    ordered = sorted(secrets, key=len, reverse=True)

    def plain(text: str) -> str:
        for secret in ordered:
            text = text.replace(secret, "***")
        return text

    def errors(found: Iterable[RuleError]) -> tuple[RuleError, ...]:
        return tuple(replace(one, message=plain(one.message)) for one in found)

    def steps(found: Iterable[Step]) -> tuple[Step, ...]:
        return tuple(replace(one, sentence=plain(one.sentence), cause=plain(one.cause)) for one in found)

    return replace(
        examination,
        diagnoses=tuple(
            replace(one, steps=steps(one.steps), errors=errors(one.errors)) for one in examination.diagnoses
        ),
        tenants=tuple(replace(one, errors=errors(one.errors)) for one in examination.tenants),
        notes=tuple(map(plain, examination.notes)),
    )


def _judged(examination: Examination, report: Report) -> Examination:
    """Add to *examination* every finding of *report* that is an error, and whatever else makes it incomplete."""
    of_server: dict[str, list[RuleError]] = defaultdict(list)
    of_tenant: dict[str, list[RuleError]] = defaultdict(list)
    for finding in report.findings:
        if finding.outcome is Outcome.ERROR:
            error = RuleError(finding.rule, report.rules[finding.rule].title, finding.message)
            (of_server[finding.server] if finding.server else of_tenant[finding.tenant]).append(error)
    diagnoses = [replace(one, errors=tuple(of_server.pop(one.server, ()))) for one in examination.diagnoses]
    # NOTE: what is left is of servers that nobody asked for, and yet is not to be lost.
    diagnoses += [Diagnosis(server=name, steps=(), errors=tuple(errors)) for name, errors in sorted(of_server.items())]
    population = report.population
    strangers = {*population.missing, *population.unexpected}.difference(population.left_out)
    return replace(
        examination,
        diagnoses=tuple(diagnoses),
        policies=tuple(policy.name for policy in report.policies),
        tenants=tuple(TenantErrors(name, tuple(errors)) for name, errors in of_tenant.items()),
        notes=tuple(one.message for one in report.diagnostics),
        incomplete=examination.incomplete
        or report.run.interrupted
        or any(one.incomplete for one in report.diagnostics)
        or bool(strangers or report.files_not_understood),
    )
