"""Start-up and throughput as ratios within one run: `python tests/benchmark/start_up.py`."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from checker.acquire.exports import Surroundings, acquire
from checker.cli.inputs import find_policies, support_table
from checker.evaluate.engine import evaluate
from checker.load.policies import load_policies
from checker.report.facts_document import render_fact_set_line

CHECKOUT = Path(__file__).resolve().parents[2]
EXPORT = CHECKOUT / "tests/exports/v2-compliant"
ROUNDS = 9
DOCUMENTS = 200


def seconds(work: Callable[[], object]) -> float:
    """Give the wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(work: Callable[[], object], measure: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the median ratio of interleaved rounds, so that a busy machine slows both alike."""
    work()
    measure()
    return statistics.median(seconds(work) / seconds(measure) for _ in range(rounds))


def command(*arguments: str) -> Callable[[], object]:
    """Give a call that runs Python with *arguments* in a process of its own."""
    return lambda: subprocess.run([sys.executable, *arguments], cwd=CHECKOUT, capture_output=True, check=False)


def documents_per_load() -> float:
    """Compare reading and checking facts documents with `json.loads` of the same bytes."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    around = Surroundings(folder=CHECKOUT, stdin=lambda: sys.stdin.buffer, now=now, support=support_table(None))
    one = render_fact_set_line(acquire([str(EXPORT)], server=None, surroundings=around).fact_sets[0])
    rules = [rule for policy in load_policies(find_policies(["v2-endpoint"]), {}) for rule in policy.rules]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fleet.ndjson")
        name = json.loads(one)["server"]
        lines = [one.replace(f'"{name}"', f'"SERVER-{number}"') for number in range(DOCUMENTS)]
        path.write_text("".join(lines), "utf-8")

        def check_all() -> None:
            evaluate(rules, acquire([str(path)], server=None, surroundings=around).fact_sets)

        def load_all() -> None:
            for line in path.read_bytes().splitlines():
                json.loads(line)

        return ratio(check_all, load_all, rounds=3)


def main() -> None:
    """Print the ratios."""
    check = ["-m", "checker.cli", "check", "--policy", "v2-endpoint", "--facts", str(EXPORT)]
    start = ratio(command(*check), command("-c", "pass"))
    version = ratio(command("-m", "checker.cli", "--version"), command("-c", "pass"))
    print(f"--version                    {version:6.1f} x python -c pass")
    print(f"check of one export          {start:6.1f} x python -c pass")
    print(f"facts documents, read+check  {documents_per_load():6.1f} x json.loads of the same bytes ({DOCUMENTS})")


if __name__ == "__main__":
    main()
