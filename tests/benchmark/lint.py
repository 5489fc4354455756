"""Loading a large policy as a ratio to the bare parse of the same bytes: `python tests/benchmark/lint.py`."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from checker.load.policies import PolicyDocument, load_policies

CHECKOUT = Path(__file__).resolve().parents[2]
RULES = 2000
ROUNDS = 15
SHORT = "  - id: {}\n    title: A rule\n    severity: high\n    fact: server.name\n    expect: {{equals: A}}\n"


def shipped(name: str, texts: tuple[str, ...]) -> str:
    """Give a policy of many rules, which are those of shipped policies over and over."""
    heads, rules = zip(*(text.split("\nrules:\n") for text in texts), strict=True)
    parameters = "".join(head.partition("\nparameters:\n")[2] + "\n" for head in heads)
    blocks = [block for part in rules for block in re.split(r"\n(?=  - id: )", part)]
    numbered = (
        re.sub(r"id: AADC[0-9]+", f"id: AADC{number:04}", blocks[number % len(blocks)]) for number in range(RULES)
    )
    return f'policy: {name}\nversion: "1.0.0"\ntitle: T\nparameters:\n{parameters}rules:\n' + "\n".join(numbered) + "\n"


def short(name: str, begin: str = "AADC", rules: int = RULES) -> str:
    """Give a policy of many rules as short as they can be."""
    entries = "".join(SHORT.format(f"{begin}{number:04}") for number in range(rules))
    return f'policy: {name}\nversion: "1.0.0"\ntitle: T\nrules:\n{entries}'


def overriding(name: str, rules: int = RULES) -> str:
    """Give a policy that changes every rule of another."""
    entries = "".join(f"  - {{id: AADC{number:04}, severity: low, reason: r}}\n" for number in range(rules))
    return f'policy: {name}\nversion: "1.0.0"\ntitle: T\nextends: base.yaml\nrules:\n{entries}'


def seconds(work: Callable[[], object]) -> float:
    """Give the processor time of one call, which other work on the machine does not count towards."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ratios(files: Mapping[str, str], rounds: int = ROUNDS) -> list[float]:
    """Compare loading the first of *files*, and what it builds on, with the bare parse of all of them, in each round."""
    contents = {path: text.encode() for path, text in files.items()}
    documents = [PolicyDocument(path=path, content=content) for path, content in contents.items()]

    def parse() -> None:
        for content in contents.values():
            for _ in yaml.parse(content, Loader=yaml.CSafeLoader):
                pass

    def load() -> None:
        load_policies(documents[:1], {}, lambda text, _path: PolicyDocument(path=text, content=contents[text]))

    load()
    parse()
    return [seconds(load) / seconds(parse) for _ in range(rounds)]


def main() -> None:
    """Print the ratios."""
    texts = tuple(
        CHECKOUT.joinpath("policies", f"{name}.yaml").read_text("utf-8") for name in ("v2-endpoint", "recommended")
    )
    rows = {
        "rules like those that are shipped": {"a.yaml": shipped("a", texts)},
        "rules as short as they can be": {"a.yaml": short("a")},
        "overrides of all rules of a base": {"a.yaml": overriding("a"), "base.yaml": short("base")},
    }
    for what, files in rows.items():
        print(f"{RULES} {what:36} {statistics.median(ratios(files)):5.1f} x the bare parse of the same bytes")


if __name__ == "__main__":
    main()
