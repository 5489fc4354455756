"""With an inventory, whatever is lost of the exports is missed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.acquire.exports import Acquired
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Fact, Known, Unknown
from checker.model.values import same
from tests.acquire.made_fleet import (
    CONTOSO,
    FABRIKAM,
    VERSION,
    acquired,
    document,
    expected,
    export,
    facts_of,
    of_tenant,
    said,
    words,
    write,
)

EXPECTED = (
    expected("sync01.contoso.com", CONTOSO, server__role="active"),
    expected("sync02.contoso.com", CONTOSO),
    expected("sync01.fabrikam.com", FABRIKAM),
    expected("sync04"),
)

PARTS: dict[str, Callable[[Path], object]] = {
    "an export": lambda top: export(top / "one", "SYNC01", CONTOSO),
    "its copy": lambda top: export(top / "again", "SYNC01", CONTOSO),
    "another": lambda top: export(top / "other", "SYNC01", FABRIKAM),
    "a document": lambda top: write(top / "a.json", document("sync02.contoso.com", "2.5.79.0", **of_tenant(CONTOSO))),
    "a second": lambda top: write(top / "b.json", document("SYNC02", "2.6.91.0")),
    "one in doubt": lambda top: write(top / "c.json", document("SYNC01", "2.4.27.0")),
    "a misnamed one": lambda top: write(top / "sync04.json", document("SYNC02", "2.6.91.0")),
    "a stranger": lambda top: write(top / "d.json", document("SYNC09")),
    "a whole fleet": lambda top: write(top / "e.ndjson", document("SYNC04"), document("SYNC02"), document("SYNC09")),
    "a dump": lambda top: write(top / "one" / "scheduler.json", {"SyncCycleEnabled": True, "SchedulerSuspended": True}),
}


def losses(top: Path) -> list[Path]:
    """Name all that may be lost: files and folders, but for single rules, whose number nothing tells."""
    return [path for path in sorted(top.rglob("*")) if path.parent.name != "SynchronizationRules"]


def lose(path: Path) -> None:
    """Lose a file, or a folder with all that is in it."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def better(before: Acquired, after: Acquired) -> list[str]:
    """
    Name the facts that were known or absent, and say something else now.

    The date of the facts is left out: it is that of the oldest source, and each source keeps its own.
    """
    old, new = facts_of(before), facts_of(after)
    return [
        f"{server} {name}: {said(facts[name])} -> {said(new[server][name])}"
        for server, facts in old.items()
        for name in CATALOGUE
        if name != "server.collected_at" and not says_no_more(facts[name], new[server][name])
    ]


def says_no_more(before: Fact, after: Fact) -> bool:
    """Whether a fact says the same as before, or nothing any more; what was unknown may say anything."""
    match before, after:
        case (Unknown(), _) | (_, Unknown()):
            return True
        case Known(), Known():
            return same(before.value, after.value)
        case _:
            return type(before) is type(after)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), parts=st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=5, unique=True))
def test_losing_anything_makes_no_known_fact_better(data: st.DataObject, parts: list[str]) -> None:
    """
    Whatever is there, and whatever of it is lost, once or several times.

    No fact that was known says something else, no server leaves the matrix, and none that was missing is there.
    """
    with TemporaryDirectory() as folder:
        top = Path(folder)
        for part in sorted(parts):
            PARTS[part](top)
        before = acquired(top, *EXPECTED)
        for _ in range(data.draw(st.integers(1, 3))):
            left = losses(top)
            if left:
                lose(data.draw(st.sampled_from(left)))

            after = acquired(top, *EXPECTED)

            assert [] == better(before, after)
            assert [one.server for one in before.fact_sets] == [one.server for one in after.fact_sets]
            assert set(before.population.missing) <= set(after.population.missing)
            before = after


@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_part_of_the_property_is_read(part: str, tmp_path: Path) -> None:
    """Otherwise the property would speak of nothing."""
    nothing = acquired(tmp_path, *EXPECTED)

    PARTS[part](tmp_path)

    assert nothing != acquired(tmp_path, *EXPECTED)


def test_losing_a_duplicate_leaves_what_is_left(tmp_path: Path) -> None:
    """
    The one exception: two contradicting exports decide nothing, and one of them decides.

    Nothing in the one tells that the other ever was; the inventory cannot either, for the server is there.
    """
    path = write(tmp_path / "a.json", document("SYNC02", "2.5.79.0"))
    write(tmp_path / "b.json", document("SYNC02", "2.6.91.0"))
    assert "duplicate" == words(acquired(tmp_path, *EXPECTED))["sync02.contoso.com"]

    path.unlink()

    assert "2.6.91.0" == words(acquired(tmp_path, *EXPECTED), VERSION)["sync02.contoso.com"]
