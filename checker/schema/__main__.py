"""Writes what is generated from the fact catalogue into the checkout: `python -m checker.schema`."""

from __future__ import annotations

import json
from pathlib import Path

from checker.schema.documentation import facts_document
from checker.schema.facts import facts_schema
from checker.schema.inventory import inventory_schema
from checker.schema.policy import policy_schema
from checker.schema.policy_test import policy_test_schema
from checker.schema.results import results_schema
from checker.schema.waivers import waivers_schema


def generated() -> dict[str, str]:
    """Give every generated text by its path in the checkout."""
    schemas = {
        "policy": policy_schema(),
        "facts": facts_schema(),
        "results": results_schema(),
        "waivers": waivers_schema(),
        "inventory": inventory_schema(),
        "policy-test": policy_test_schema(),
    }
    return {
        **{
            f"schemas/{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
            for name, schema in schemas.items()
        },
        "policies/FACTS.md": facts_document(),
    }


def write(checkout: Path) -> None:
    """Write every generated text into *checkout*."""
    for path, text in generated().items():
        (checkout / path).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[2])
