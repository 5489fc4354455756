"""
Time and memory of a large fleet: `python tests/benchmark/fleet.py [SERVERS]`.

Times are ratios within one run to reading (and for documents, decoding) the same bytes. Memory is that of a process of
its own, less what the same process takes for one server: it follows the number of servers and findings, not the bytes.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checker.acquire.survey import Surroundings, survey
from checker.cli.inputs import find_policies, support_table
from checker.cli.main import main as command
from checker.evaluate.engine import compile_rules, judge_server
from checker.load.policies import load_policies
from checker.model.inventory import Connection, ExpectedServer, Inventory
from checker.model.location import Location
from checker.model.policy import Rule
from checker.report.facts_document import render_fact_set_line

CHECKOUT = Path(__file__).resolve().parents[2]
EXPORT = CHECKOUT / "tests/exports/v2-compliant"
SERVERS = 1000
RULES = 30
ROUNDS = 3
FILLER = {"name": "Microsoft.Filler", "value": "x" * 200}


def around(folder: Path) -> Surroundings:
    """Give the surroundings of a run in *folder*."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Surroundings(folder=folder, stdin=lambda: sys.stdin.buffer, now=now, support=support_table(None))


def template() -> dict[str, Any]:
    """Give the facts document of the compliant export."""
    [facts] = survey([str(EXPORT)], server=None, surroundings=around(CHECKOUT)).fact_sets()
    told: dict[str, Any] = json.loads(render_fact_set_line(facts))
    return told


def write_documents(folder: Path, servers: int, weight: int) -> None:
    """Write a facts document for each server, *weight* times as large as a usual one."""
    told = template()
    told["facts"]["server.global_parameters"]["value"] += [FILLER] * (110 * (weight - 1))
    told["facts"]["server.global_parameters"].pop("locations", None)
    for number in range(servers):
        name = f"SYNC{number:05}"
        told["server"] = told["facts"]["server.name"]["value"] = name
        (folder / f"{name}.json").write_text(json.dumps(told), "utf-8")


def write_lines(folder: Path, servers: int, weight: int) -> None:
    """Write the same documents as the lines of one file."""
    write_documents(folder, servers, weight)
    with (folder / "fleet.ndjson").open("wb") as fleet:
        for path in sorted(folder.glob("*.json")):
            fleet.write(path.read_bytes() + b"\n")
            path.unlink()


def write_exports(folder: Path, servers: int, weight: int) -> None:
    """Write an export folder for each server, *weight* times as large as a usual one."""
    sample = [(path.relative_to(EXPORT), path.read_bytes()) for path in EXPORT.rglob("*") if path.is_file()]
    size = sum(len(content) for _, content in sample)
    for number in range(servers):
        for path, content in sample:
            place = folder / f"SYNC{number:05}" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            padding = size * (weight - 1) // len(sample)
            comment = b"" if path.suffix == ".reg" or weight == 1 else b"<!--" + b"x" * padding + b"-->"
            place.write_bytes(content.replace(b"SYNC01-SYNTHETIC", b"SYNC%05d" % number) + comment)


KINDS: dict[str, Callable[[Path, int, int], None]] = {
    "documents": write_documents,
    "lines of one file": write_lines,
    "export folders": write_exports,
}


def inventory(servers: int) -> Inventory:
    """Expect all servers, of one tenant."""
    place = Location("servers.yaml")
    expected = (
        ExpectedServer(
            name=f"sync{number:05}.contoso.com", computer_name=f"sync{number:05}", tenant="fabrikam.onmicrosoft.com",
            connection=Connection(host="localhost"), location=place,
        )
        for number in range(servers)
    )  # fmt: skip
    return Inventory(name="fleet", path="servers.yaml", sha256="", servers=tuple(expected))


def rules() -> list[Rule]:
    """Give as many shipped rules as are measured, the same again by other ids where there are fewer."""
    shipped = [rule for policy in load_policies(find_policies(["v2-endpoint"]), {}) for rule in policy.rules]
    return [replace(shipped[number % len(shipped)], id=f"RULE{number:04}") for number in range(RULES)]


def run(folder: Path, servers: int) -> int:
    """Evaluate the rules server by server, keep the findings, and count them."""
    here = around(folder)
    compiled = compile_rules(rules(), now=here.now)
    found = survey(["."], server=None, surroundings=here, inventory=inventory(servers))
    findings = [finding for facts in found.fact_sets() for finding in judge_server(compiled, facts)]
    assert not found.diagnostics
    assert not found.population.missing
    return len(findings)


def read_all(folder: Path, load: Callable[[bytes], object]) -> None:
    """Read every byte below *folder*, and give each file, or each line, to *load*."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for part in path.read_bytes().splitlines() if path.suffix == ".ndjson" else [path.read_bytes()]:
                load(part)


def seconds(work: Callable[[], object]) -> float:
    """Give the wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def size_of(folder: Path) -> int:
    """Give the bytes below *folder*."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure_time(kind: str, servers: int) -> None:
    """Print how long a fleet takes, as a ratio to reading the same bytes."""
    load = len if kind == "export folders" else json.loads
    with TemporaryDirectory() as name:
        folder = Path(name)
        KINDS[kind](folder, servers, 1)
        work = statistics.median(seconds(lambda: run(folder, servers)) for _ in range(ROUNDS))
        bare = statistics.median(seconds(lambda: read_all(folder, load)) for _ in range(ROUNDS))
        print(
            f"{kind:18} {servers:5} servers x {RULES} rules, {size_of(folder) / 1e6:6.1f} MB: {work:6.2f} s, "
            f"{work / servers * 1000:5.2f} ms a server, {work / bare:6.1f} x {load.__name__} of the same bytes",
            flush=True,
        )


def measure_memory(mode: str, kind: str, servers: int, weight: int) -> None:
    """Print how much memory a fleet takes in a process of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name, "facts")
        folder.mkdir()
        KINDS[kind](folder, servers, weight)
        done = subprocess.run(
            [sys.executable, __file__, mode, str(folder.parent), str(servers)],
            cwd=CHECKOUT, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        print(
            f"{mode:9} {kind:18} {servers:5} servers, {size_of(folder) / 1e6:7.1f} MB of sources: {done.stdout.splitlines()[-1].strip()}",
            flush=True,
        )


def print_peak(folder: Path, servers: int) -> None:
    """Run once, and print the peak of this process and how much of it came with the run."""
    before = peak()
    findings = run(folder / "facts", servers)
    print(f"{findings:6} findings, peak {peak():6.1f} MB, {peak() - before:6.1f} MB above the start")


def peak() -> float:
    """Give the most memory that this process had so far, in MB (Linux)."""
    # NOTE: getrusage would tell the peak of the process that started this one, if that was larger.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert found is not None
    return int(found[1]) / 1024


POLICY = 'policy: bench\nversion: "1"\ntitle: Bench\nrules:\n'
RULE = "  - {{id: BENCH{:04}, title: T, severity: high, fact: scheduler.suspended, expect: {{equals: false}}}}\n"
INVENTORY = "inventory: bench\ngroups:\n  all: {tenant: fabrikam.onmicrosoft.com}\nservers:\n"


def print_command(folder: Path, servers: int) -> None:
    """Run the command itself with an inventory, and print its time, exit code and peak."""
    (folder / "bench.yaml").write_text(POLICY + "".join(map(RULE.format, range(RULES))), "utf-8")
    names = (f"  - {{name: sync{number:05}.contoso.com, groups: [all]}}\n" for number in range(servers))
    (folder / "servers.yaml").write_text(INVENTORY + "".join(names), "utf-8")
    arguments = ["--policy", str(folder / "bench.yaml"), "--inventory", str(folder / "servers.yaml")]
    arguments += ["--facts", str(folder / "facts"), "-o", f"json:{folder / 'results.json'}"]
    before, start = peak(), time.perf_counter()
    code = command(["check", *arguments])
    told = json.loads((folder / "results.json").read_bytes())["summary"]
    taken, grown = time.perf_counter() - start, peak() - before
    print(
        f"{told['findings']:6} findings, exit {code}, {taken:6.2f} s, peak {peak():6.1f} MB, {grown:6.1f} MB above the start"
    )


MODES = {"--peak": print_peak, "--command": print_command}


def main() -> None:
    """Print times, then memory at growing numbers of servers and growing bytes a server."""
    if sys.argv[1:] and sys.argv[1] in MODES:
        MODES[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
        return
    servers = int(sys.argv[1]) if sys.argv[1:] else SERVERS
    for kind in KINDS:
        measure_time(kind, servers)
    for mode, kind in product(MODES, KINDS):
        for count, weight in ((servers // 4, 1), (servers // 2, 1), (servers, 1), (servers, 4)):
            measure_memory(mode, kind, count, weight)


if __name__ == "__main__":
    main()
