"""The verb `policy schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import CHECKOUT, run

NAMES = sorted(file.name.removesuffix(".schema.json") for file in (CHECKOUT / "schemas").glob("*.schema.json"))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_printed_as_it_is_published(tmp_path: Path, name: str) -> None:
    """Standard output holds the very bytes of the file, so that it can be redirected into one."""
    done = run(tmp_path, "policy", "schema", name)

    assert (0, (CHECKOUT / f"schemas/{name}.schema.json").read_text("utf-8"), "") == (done.code, done.out, done.err)


def test_without_a_name_they_are_listed(tmp_path: Path) -> None:
    """Each schema is a line with its name and its title."""
    done = run(tmp_path, "policy", "schema")

    titles = {
        name: json.loads((CHECKOUT / f"schemas/{name}.schema.json").read_text("utf-8"))["title"] for name in NAMES
    }
    assert 0 == done.code
    assert titles == dict(line.split(maxsplit=1) for line in done.out.splitlines())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("facst", "did you mean 'facts'?", id="misspelt"),
        pytest.param("../pyproject", "there is no schema '../pyproject'", id="a path"),
        pytest.param("", "there is no schema ''", id="empty"),
    ],
)
def test_an_unknown_schema_is_a_wrong_command_line(tmp_path: Path, name: str, says: str) -> None:
    """What is nearest is named, or what there is."""
    done = run(tmp_path, "policy", "schema", name)

    assert (2, "") == (done.code, done.out)
    assert says in done.err
