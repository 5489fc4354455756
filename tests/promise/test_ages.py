"""What is derived is as old as everything that it rests on: old facts never vouch for what young ones do not tell."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.acquire.derivation import derive_facts
from checker.evaluate.age import aged
from checker.model.catalogue import CATALOGUE
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.support import SupportRow, SupportTable
from checker.model.values import Value
from checker.model.version import Version
from tests.running import AS_OF, EXPORTS, run

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = timedelta(days=1)
TABLE = SupportTable(
    as_of=date(2026, 10, 6),
    source="a table of the test",
    path="table.yaml",
    rows=(SupportRow(version=Version.parse("2.6.92.0"), line=False, ends=date(2027, 9, 23)),),
)
VERSIONS = tuple(map(Version.parse, ("1.1.130.0", "1.5.45.0", "1.6.2.4", "2.2.8.0", "2.4.27.0", "2.6.92.0")))
GROUNDS: dict[str, tuple[Value, ...]] = {
    "product.version": VERSIONS,
    "product.configuration_version": VERSIONS,
    "product.expected_version_line": (Version.parse("2.6"), Version.parse("1.5")),
    "endpoint.export_api_version_raw": (1, 2),
    "endpoint.import_api_version_raw": (1, 2),
    "endpoint.export_type": (2, 5),
    "endpoint.reference_filtering": (0, 1),
    "features.admin_audit_logging_raw": (0, 1),
    "tenant.connector_account": ("Sync_X@fabrikam.onmicrosoft.com",),
    "tenant.connector_name": ("fabrikam.onmicrosoft.com - AAD",),
}
SILENT = Unknown(Reason.NOT_IN_SOURCE, "No source tells it.")


def at(file: str) -> Source:
    """Give a place in a file of its own."""
    return Source(SourceFormat.REGISTRY, Location(file, 1))


@st.composite
def told(draw: st.DrawFn, name: str) -> Fact:
    """Give one of the grounds: known or absent by one file or by two, or not told at all."""
    also = draw(st.sampled_from([(), (at(f"{name}.also"),)]))
    choices: list[Fact] = [
        SILENT,
        Absent(at(name), "", also),
        *(Known(one, at(name), "", also) for one in GROUNDS[name]),
    ]
    return draw(st.sampled_from(choices))


def derived(facts: dict[str, Fact]) -> dict[str, Fact]:
    """Derive everything from *facts*; what is not among them no source tells."""
    return derive_facts({**dict.fromkeys(CATALOGUE, SILENT), **facts}, now=NOW, support=TABLE)


def files_of(fact: Fact) -> set[str]:
    """Name the files that tell a ground."""
    sources = () if isinstance(fact, Unknown) else (fact.source, *fact.also)
    return {source.location.file for source in sources if source.location}


@settings(max_examples=400)
@given(
    st.fixed_dictionaries({name: told(name) for name in GROUNDS}),
    st.sets(st.sampled_from([*GROUNDS, *(f"{name}.also" for name in GROUNDS)])),
    st.sampled_from([None, NOW - 2 * DAY]),
)
def test_f_b12_what_still_counts_is_told_by_young_facts_alone(
    facts: dict[str, Fact], old: set[str], when: datetime | None
) -> None:
    """F-B12: whatever is derived and not stale can be derived without the facts of files that are old or undated."""
    files = [path for name in GROUNDS for path in (name, f"{name}.also")]
    sources = tuple(
        SourceFile(format=SourceFormat.REGISTRY, path=path, assignment="", date=when if path in old else NOW - DAY / 2)
        for path in files
    )
    counting = aged(FactSet(server="SRV1", facts=derived(facts), sources=sources), DAY, NOW).facts
    young = derived({name: fact for name, fact in facts.items() if not files_of(fact) & old})

    for name, fact in counting.items():
        if not isinstance(fact, Unknown):
            assert type(fact) is type(young[name]), name
            assert getattr(fact, "value", None) == getattr(young[name], "value", None), name


POLICY = """\
policy: own
version: "1.0.0"
title: What the registry means
rules:
  - id: OWN0001
    title: One thing
    severity: high
    fact: {fact}
    expect: {expect}
"""


def document(folder: Path, name: str, when: str | None, facts: dict[str, object]) -> None:
    """Write a facts document of one source with a date; the value None is absent."""
    source = {"format": "registry", "path": f"{name}.reg", "assignment": "named in the file", "files": 1}
    told_facts = {
        fact: {"status": "absent"} if value is None else {"status": "known", "value": value}
        for fact, value in facts.items()
    }
    whole = {
        "format": "adsync-checker/facts/v1",
        "server": "SYNC01",
        "sources": [source | ({"date": when} if when else {})],
        "facts": told_facts,
    }
    (folder / f"{name}.json").write_text(json.dumps(whole), "utf-8")


RAW_EXPORT, RAW_IMPORT = "endpoint.export_api_version_raw", "endpoint.import_api_version_raw"
AUDIT = "features.admin_audit_logging"


@dataclass(frozen=True)
class Meaning:
    """What a registry value, or its absence, means in a build."""

    fact: str
    expect: str  # which it meets
    version: str
    raw: dict[str, object]


MEANINGS = {
    "known by both": Meaning("endpoint.export_api_version", "{equals: 2}", "2.6.91.0", {RAW_EXPORT: 2}),
    "absent by both": Meaning(
        "endpoint.import_api_version", "{equals: 2, absent: allowed}", "2.6.91.0", {RAW_IMPORT: None}
    ),
    "on by default": Meaning(AUDIT, "{equals: true}", "2.6.91.0", {f"{AUDIT}_raw": None}),
    "absent in an old build": Meaning(AUDIT, "{equals: true, absent: allowed}", "2.4.27.0", {f"{AUDIT}_raw": None}),
    "v1 by an old build": Meaning("endpoint.export_api_version", "{equals: 1}", "1.5.45.0", {RAW_EXPORT: None}),
}
FRESH, OLD = "2026-11-22T08:00:00Z", "2026-09-22T08:00:00Z"


@pytest.mark.parametrize("meaning", MEANINGS.values(), ids=MEANINGS.keys())
@pytest.mark.parametrize(
    ("of_version", "of_registry", "code"),
    [
        pytest.param(FRESH, FRESH, 0, id="both young"),
        pytest.param(OLD, FRESH, 4, id="an old version"),
        pytest.param(None, FRESH, 4, id="a version without a date"),
        pytest.param(FRESH, OLD, 4, id="an old registry export"),
        pytest.param(FRESH, None, 4, id="a registry export without a date"),
    ],
)
def test_f_b12_a_fresh_file_does_not_make_the_version_young(
    tmp_path: Path, meaning: Meaning, of_version: str | None, of_registry: str | None, code: int
) -> None:
    """F-B12: what the registry means hangs on the version, so both must be young, also where a fact is absent."""
    (tmp_path / "own.yaml").write_text(POLICY.format(fact=meaning.fact, expect=meaning.expect), "utf-8")
    (tmp_path / "facts").mkdir()
    document(tmp_path / "facts", "version", of_version, {"product.version": meaning.version})
    document(tmp_path / "facts", "registry", of_registry, meaning.raw)

    done = run(
        tmp_path, "check", "--policy", "own.yaml", "--facts", "facts", "--as-of", AS_OF, "--max-age", "P2D", "-o", "text"
    )  # fmt: skip

    assert code == done.code, done.out + done.err
    assert (code == 4) is ("stale" in done.out)


@pytest.mark.parametrize(
    ("collected", "code"), [(FRESH, 0), (OLD, 4), ("", 0)], ids=["young", "old", "not told"]
)  # fmt: skip
def test_f_b12_a_document_is_no_younger_than_its_own_facts(tmp_path: Path, collected: str, code: int) -> None:
    """F-B12: a document with a young source cannot vouch for facts that it says were taken long ago."""
    (tmp_path / "own.yaml").write_text(POLICY.format(fact="scheduler.suspended", expect="{equals: false}"), "utf-8")
    (tmp_path / "facts").mkdir()
    facts: dict[str, object] = {"scheduler.suspended": False}
    document(tmp_path / "facts", "all", FRESH, facts | ({"server.collected_at": collected} if collected else {}))

    done = run(tmp_path, "check", "--policy", "own.yaml", "--facts", "facts", "--as-of", AS_OF, "--max-age", "P2D")

    assert code == done.code, done.out + done.err


def test_f_a02_a_named_file_that_is_no_regular_file_is_missed(tmp_path: Path) -> None:
    """F-A02: somebody asked for what a device or a socket says; that nothing was read from it is not passed over."""
    shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export")
    arguments = ("check", "--policy", "v2-endpoint", "--facts", "export", "--as-of", AS_OF)

    assert 0 == run(tmp_path, *arguments).code
    done = run(tmp_path, *arguments, "--facts", "/dev/null")

    assert 4 == done.code, done.out + done.err
    assert "It is no regular file" in done.out + done.err
