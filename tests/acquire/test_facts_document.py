"""The project's own facts document, written and read."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from checker.acquire import facts_document
from checker.acquire.reading import Reading
from checker.acquire.sample import UnreadableError
from checker.model.catalogue import CATALOGUE, FactSpec
from checker.model.facts import Absent, Fact, FactSet, Known, Reason, Source, SourceFile, SourceFormat, Unknown
from checker.model.location import Location
from checker.model.values import FactType, Record, Scalar, Value, same
from checker.model.version import Version
from checker.report.facts_document import render_fact_set, render_fact_set_line
from checker.shipped import shipped_schema
from tests.acquire.sampling import sample

PLACE = Source(SourceFormat.REGISTRY, Location("exports/adsync.reg", 4, 1), "AadConnectorExportApiVersion")
DATE = datetime(2026, 11, 20, 8, tzinfo=UTC)


def fact_set(**facts: Fact) -> FactSet:
    """Give the facts of one server; the names of facts have `__` for their dot."""
    return FactSet(
        server="SYNC01-SYNTHETIC",
        facts={name.replace("__", "."): fact for name, fact in facts.items()},
        sources=(
            SourceFile(
                format=SourceFormat.REGISTRY, path="exports/adsync.reg", assignment="assigned by folder", date=DATE
            ),
        ),
    )


LIMITS = (
    Record.of(
        Location("exports/rule.xml", 9, 5), rule="r", name="n", precedence=1, standard=True, via="scope", limit=50001
    ),
    Record.of(None, rule="s", name="n", precedence=2, standard=False, via="expression", limit=60000),
)
WHOLE = fact_set(
    endpoint__export_api_version_raw=Known(2, PLACE),
    endpoint__import_api_version_raw=Absent(PLACE, "Not set."),
    endpoint__export_api_version=Known(2, PLACE, "By the registry.", (PLACE,)),
    groups__member_limits=Known(LIMITS, PLACE),
    product__version=Known(Version.parse("2.6.91.0"), PLACE),
    product__auto_upgrade_state=Known("Enabled", PLACE),
    scheduler__suspended=Unknown(Reason.DENIED, "No rights.", (PLACE,)),
    scheduler__effective_sync_interval=Known(timedelta(minutes=30), PLACE),
    scheduler__next_sync_start=Known(DATE, PLACE),
)


def read_all(text: str) -> tuple[Reading, ...]:
    """Read *text*, which is recognised."""
    found = sample(text, "facts.json")
    assert facts_document.recognises(found)
    return tuple(facts_document.read(found))


def read(text: str) -> Reading:
    """Read the one document of *text*."""
    [reading] = read_all(text)
    return reading


def essence(fact: Fact) -> object:
    """Give what must survive writing and reading: status, value, reason and sentences; not the place."""
    match fact:
        case Known():
            return "known", fact.derivation
        case Absent():
            return "absent", fact.detail
        case Unknown():
            return "unknown", fact.reason, fact.detail


def agree(one: Fact, other: Fact) -> bool:
    """Whether two facts say the same."""
    if isinstance(one, Known) and isinstance(other, Known) and not same(one.value, other.value):
        return False
    return essence(one) == essence(other)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def scalars(
    kind: FactType, values: tuple[str, ...], texts: st.SearchStrategy[str] = TEXTS
) -> st.SearchStrategy[Scalar]:
    """Give the values that a fact or field may take."""
    match kind:
        case FactType.INTEGER:
            return st.integers()
        case FactType.BOOLEAN:
            return st.booleans()
        case FactType.TEXT:
            return st.sampled_from(values) if values else texts
        case FactType.VERSION:
            parts = st.lists(st.integers(0, 99999), min_size=1, max_size=4)
            return parts.map(lambda found: Version.parse(".".join(map(str, found))))
        case FactType.DURATION:
            return st.timedeltas(timedelta(0), timedelta(days=9_999_999))
        case FactType.TIMESTAMP:
            return st.datetimes(timezones=st.just(UTC))
        case _:
            raise AssertionError(kind)


def values_of(spec: FactSpec) -> st.SearchStrategy[Value]:
    """Give the values of a fact, records included."""
    if spec.type is not FactType.RECORDS:
        return scalars(spec.type, spec.values)
    fields = {one.name: scalars(one.type, one.values, TEXTS | st.just("")) for one in spec.fields}
    return st.lists(st.fixed_dictionaries(fields), max_size=3).map(
        lambda found: tuple(
            Record(tuple((name, entry[name]) for name in fields), Location("a.xml", 2, 3)) for entry in found
        )
    )


def facts_for(spec: FactSpec) -> st.SearchStrategy[Fact]:
    """Give the facts of one name."""
    sentence = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    return st.one_of(
        values_of(spec).map(lambda value: Known(value, PLACE)),
        st.builds(Absent, st.just(PLACE), sentence),
        st.builds(Unknown, st.sampled_from(Reason), sentence),
    )


@st.composite
def fact_sets(draw: st.DrawFn) -> FactSet:
    """Give fact sets with some facts."""
    names = draw(st.lists(st.sampled_from(sorted(CATALOGUE)), unique=True, max_size=6))
    server = draw(TEXTS)
    facts = {name: draw(facts_for(CATALOGUE[name])) for name in names}
    if isinstance(facts.get("server.name"), Known):
        facts["server.name"] = Known(server, PLACE)
    return FactSet(server=server, facts=facts)


@settings(deadline=None, max_examples=60)
@given(written=fact_sets(), line=st.booleans())
def test_facts_survive_writing_and_reading(written: FactSet, line: bool) -> None:
    """What is written and read again is what was acquired, so a gate and an auditor agree."""
    reading = read((render_fact_set_line if line else render_fact_set)(written))

    assert written.server == reading.computer
    assert [] == [name for name in CATALOGUE if not agree(written[name], reading.facts[name])]


def test_every_fact_is_written_on_a_line_of_its_own() -> None:
    """So that a person finds it, and a difference shows it."""
    lines = render_fact_set(WHOLE).split("\n")

    assert [1] * len(CATALOGUE) == [sum(line.startswith(f'    "{name}": {{') for line in lines) for name in CATALOGUE]


def test_a_fact_that_is_read_stands_at_its_line_in_the_document() -> None:
    """A report of a document points into the document; entries of lists have places of their own."""
    text = render_fact_set(WHOLE)
    fact = read(text).facts["groups.member_limits"]

    line = 1 + next(number for number, line in enumerate(text.split("\n")) if "groups.member_limits" in line)
    assert isinstance(fact, Known)
    assert isinstance(fact.value, tuple)
    first, second = fact.value
    assert Location("facts.json", line, 5) == fact.source.location
    assert first.location is not None
    assert second.location is not None
    assert {line} == {first.location.line, second.location.line}
    assert first.location.column < second.location.column


def test_where_a_fact_was_read_is_written() -> None:
    """The document says the file, line and column of each fact and each entry, by names that may leave the machine."""
    told = json.loads(render_fact_set(WHOLE, {"exports/adsync.reg": "x.reg"}))

    limits = told["facts"]["groups.member_limits"]
    assert {"format": "registry", "file": "x.reg", "line": 4, "column": 1, "item": PLACE.item} == limits["source"]
    assert [["exports/rule.xml", 9, 5], None] == limits["locations"]
    assert "x.reg" == told["sources"][0]["path"]


def test_a_server_may_have_a_line_of_its_own() -> None:
    """NDJSON holds one document a line, whatever blank lines are between them."""
    other = FactSet(server="SYNC02-SYNTHETIC", facts={"scheduler.suspended": Known(True, PLACE)})

    first, second = read_all(f"{render_fact_set_line(WHOLE)}\n{render_fact_set_line(other)}")

    assert ("SYNC01-SYNTHETIC", "SYNC02-SYNTHETIC") == (first.document, second.document)
    fact = second.facts["scheduler.suspended"]
    assert isinstance(fact, Known)
    assert fact.source.location is not None
    assert 3 == fact.source.location.line


def test_one_server_has_one_document() -> None:
    """Twice in a file, it cannot be told which one counts."""
    line = render_fact_set_line(WHOLE)

    with pytest.raises(UnreadableError, match="twice, first in line 1") as caught:
        read_all(line + line.replace("SYNC01", "sync01"))

    assert Reason.DUPLICATE is caught.value.reason


def test_a_broken_line_makes_the_whole_file_unreadable() -> None:
    """It does not say which server it would have spoken of."""
    line = render_fact_set_line(WHOLE)

    with pytest.raises(UnreadableError) as caught:
        read_all(line + line[:-30])

    assert 2 == caught.value.line


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param([DATE, DATE - timedelta(days=1)], DATE - timedelta(days=1), id="the oldest"),
        pytest.param([DATE, None], None, id="one does not say"),
        pytest.param([], None, id="no source"),
    ],
)
def test_the_date_is_that_of_the_oldest_source(dates: list[datetime | None], expected: datetime | None) -> None:
    """Facts are as old as the oldest of them."""
    sources = tuple(
        SourceFile(format=SourceFormat.REGISTRY, path=str(number), assignment="", date=date)
        for number, date in enumerate(dates)
    )

    assert expected == read(render_fact_set(FactSet(server="A", sources=sources))).date


def test_a_superseded_source_has_no_say_in_the_date() -> None:
    """A newer one of its kind counts instead."""
    old = SourceFile(format=SourceFormat.REGISTRY, path="a", assignment="", superseded=True)
    new = SourceFile(format=SourceFormat.REGISTRY, path="b", assignment="", date=DATE)

    assert DATE == read(render_fact_set(FactSet(server="A", sources=(old, new)))).date


@pytest.mark.parametrize("text", ["##[add-mask]x", "##vso[task.complete]", "\x1b[2J", "\x7f", "\u202e", "\n::error::x"])
def test_a_document_holds_no_commands_for_a_terminal_or_a_runner(text: str) -> None:
    """T32, T33, T34: it is ASCII without control characters and without `#`, and reads back the same."""
    written = render_fact_set(fact_set(tenant__connector_name=Known(text, PLACE)))

    assert written.isascii()
    assert written.replace("\n", "").isprintable()
    assert "#" not in written
    assert not any(line.lstrip().startswith("::") for line in written.split("\n"))
    fact = read(written).facts["tenant.connector_name"]
    assert isinstance(fact, Known)
    assert text == fact.value


Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> str:
    """Give the whole document, changed."""
    told = json.loads(render_fact_set(WHOLE))
    change(told)
    return json.dumps(told, indent=1)


def fact(name: str, **members: object) -> Change:
    """Change members of a fact."""
    return lambda told: told["facts"][name].update(members)


RAW = "endpoint.export_api_version_raw"


@pytest.mark.parametrize(
    ("change", "message", "reason"),
    [
        pytest.param(
            lambda told: told.update(format="adsync-checker/facts/v2"), "facts/v2", Reason.UNPARSED, id="tomorrow"
        ),
        pytest.param(lambda told: told.update(format=1), "no text", Reason.UNPARSED, id="no format"),
        pytest.param(lambda told: told.pop("format"), "does not say its 'format'", Reason.UNPARSED, id="format lost"),
        pytest.param(lambda told: told.pop("server"), "'server' is missing", Reason.UNPARSED, id="server lost"),
        pytest.param(lambda told: told.update(server=""), "no name", Reason.UNPARSED, id="no server"),
        pytest.param(
            lambda told: told.update(server=5), "'server' is no text", Reason.WRONG_TYPE, id="a number for a server"
        ),
        pytest.param(lambda told: told.update(fact={}), "did you mean 'facts'?", Reason.UNPARSED, id="another key"),
        pytest.param(lambda told: told.update(facts=[]), "no object", Reason.WRONG_TYPE, id="T20 facts as a list"),
        pytest.param(lambda told: told.update(sources={}), "no list", Reason.WRONG_TYPE, id="T20 sources as an object"),
        pytest.param(
            lambda told: told["sources"][0].update(date="x"), "date", Reason.UNPARSED, id="a date that is none"
        ),
        pytest.param(lambda told: told["sources"][0].update(files=0), "schema", Reason.UNPARSED, id="no files"),
        pytest.param(
            lambda told: told["sources"][0].update(waived=True), "schema", Reason.UNPARSED, id="F-B20 another key"
        ),
        pytest.param(lambda told: told["facts"].update({RAW + "x": {}}), RAW, Reason.UNPARSED, id="T06 another fact"),
        pytest.param(
            lambda told: told["facts"].update({RAW: None}), "no object", Reason.WRONG_TYPE, id="null for a fact"
        ),
        pytest.param(fact(RAW, status="fine"), "none of known", Reason.UNPARSED, id="another status"),
        pytest.param(lambda told: told["facts"][RAW].pop("status"), "no 'status'", Reason.UNPARSED, id="no status"),
        pytest.param(
            lambda told: told["facts"][RAW].pop("value"), "'value' is missing", Reason.UNPARSED, id="T21 missing"
        ),
        pytest.param(fact(RAW, waiver="x"), "'waiver' is unknown", Reason.UNPARSED, id="F-B20 a fact waives nothing"),
        pytest.param(fact(RAW, value=None), "is null", Reason.NO_DATA, id="T21 null"),
        pytest.param(fact(RAW, value=""), "is empty", Reason.UNPARSED, id="T21 empty"),
        pytest.param(fact(RAW, value="2"), "text stands", Reason.WRONG_TYPE, id="T21 text for an integer"),
        pytest.param(fact(RAW, value=2.0), "fraction", Reason.WRONG_TYPE, id="T21 a fraction for an integer"),
        pytest.param(fact(RAW, value=True), "a boolean stands", Reason.WRONG_TYPE, id="T21 a boolean for an integer"),
        pytest.param(fact(RAW, value=[2]), "a list stands", Reason.WRONG_TYPE, id="T21 a list for an integer"),
        pytest.param(fact("product.version", value="v2"), "not a version", Reason.UNPARSED, id="no version"),
        pytest.param(fact("product.version", value=2.6), "fraction", Reason.WRONG_TYPE, id="a number for a version"),
        pytest.param(
            fact("product.auto_upgrade_state", value="On"), "none of Enabled", Reason.UNPARSED, id="F-C12 a new word"
        ),
        pytest.param(
            fact("product.auto_upgrade_state", value="System.Object[]"),
            "-Depth",
            Reason.TRUNCATED,
            id="T19 a cut-off text",
        ),
        pytest.param(
            fact("groups.member_limits", value="System.Object[]"), "-Depth", Reason.TRUNCATED, id="T19 cut off"
        ),
        pytest.param(fact("groups.member_limits", value=None), "is null", Reason.NO_DATA, id="T20 null for a list"),
        pytest.param(
            fact("groups.member_limits", value={}), "list of records", Reason.WRONG_TYPE, id="T20 one for a list"
        ),
        pytest.param(
            fact("groups.member_limits", value=["@{}"]), "a record", Reason.WRONG_TYPE, id="T19 a cut-off entry"
        ),
        pytest.param(
            lambda told: told["facts"]["groups.member_limits"]["value"][0].pop("limit"),
            "fields",
            Reason.WRONG_TYPE,
            id="a hole",
        ),
        pytest.param(
            lambda told: told["facts"]["groups.member_limits"]["value"][0].update(via="other"),
            "none of expression",
            Reason.UNPARSED,
            id="another word in an entry",
        ),
        pytest.param(
            fact("groups.member_limits", locations=["x"]), "schema", Reason.UNPARSED, id="a place that is none"
        ),
        pytest.param(fact("scheduler.suspended", reason="denide"), "'denied'?", Reason.UNPARSED, id="another reason"),
        pytest.param(
            fact("scheduler.suspended", value=False), "'value' is unknown", Reason.UNPARSED, id="unknown with a value"
        ),
        pytest.param(fact(RAW, source={"format": "registry", "line": 0}), "minimum", Reason.UNPARSED, id="line 0"),
    ],
)
def test_one_wrong_value_makes_the_document_unreadable(change: Change, message: str, reason: Reason) -> None:
    """T19, T20, T21: programs write it, so a mistake in it is damage, and its place and its kind are told."""
    with pytest.raises(UnreadableError) as caught:
        read(changed(change))

    assert message in caught.value.message
    assert reason is caught.value.reason


VALIDATOR = Draft202012Validator(json.loads(shipped_schema("facts")))
ANYTHING = st.one_of(
    st.sampled_from(
        [None, True, False, 0, 1, -1, 2.0, 1.5, "", "x", "known", "absent", "unknown", "registry", "facts", "denied"]
    ),
    st.sampled_from(["2.5", "2.5\n", "PT30M", "P1D", "1:00", "2026-11-20T08:00:00Z", "2026-13-20T08:00:00Z", "Enabled"]),
    st.just([]), st.just({}), st.just([None]), st.just([["a", 1, 1]]), st.just([["a", 1]]), st.just([["a", 1, 0]]),
    st.just([["a", 1, 1, 1]]), st.just({"format": "facts"}), st.just([{"format": "facts", "line": 1}]),
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "format",
        "server",
        "facts",
        "status",
        "value",
        "source",
        "also",
        "locations",
        "reason",
        "detail",
        "line",
        "column",
        "files",
        "path",
        "assignment",
        "date",
        "superseded",
        "derivation",
        "sources",
        "item",
        "file",
        "limit",
        "x",
        "endpoint.export_api_version_raw",
    ]
)
ONLY_THE_READER_KNOWS = (
    "no moment of the calendar", "is not a duration", "fact 'server.name' says", "below its depth", "a number with a fraction",
)  # fmt: skip


def places(node: Any) -> list[Any]:
    """Give every object and list of a document."""
    inner = [*node.values()] if isinstance(node, dict) else node if isinstance(node, list) else []
    return [node, *(place for one in inner for place in places(one))] if isinstance(node, (dict, list)) else []


def alter(told: Any, data: st.DataObject) -> None:
    """Change, add or remove something, anywhere."""
    place = data.draw(st.sampled_from(places(told)))
    known = sorted(place) if isinstance(place, dict) else [*range(len(place))]
    key = data.draw((st.sampled_from(known) if known else KEYS) | KEYS) if isinstance(place, dict) else None
    value = deepcopy(data.draw(ANYTHING))
    match place, data.draw(st.sampled_from(["set", "remove"])):
        case dict(), "set":
            place[key] = value
        case dict(), _:
            place.pop(key, None)
        case list(), "set" if place:
            place[data.draw(st.sampled_from(known))] = value
        case list(), "set":
            place.append(value)
        case list(), _ if place:
            place.pop()
        case _:
            pass


@settings(deadline=None, max_examples=1500)
@given(data=st.data(), times=st.integers(1, 3))
def test_what_is_read_is_what_the_schema_says(data: st.DataObject, times: int) -> None:
    """
    The published schema is the judge: nothing else is read, and of what it accepts only what it cannot express is not.

    That is a time that does not exist, a length of time of no known form, a name that contradicts the server, a value
    that PowerShell has cut off, and a fraction, which to the schema is an integer where nothing stands behind the point.
    """
    told = json.loads(render_fact_set(WHOLE))
    told["facts"] = {name: fact for name, fact in told["facts"].items() if fact.get("reason") != "not_in_source"}
    for _ in range(times):
        alter(told, data)
    try:
        refused = None
        tuple(facts_document.read(sample(json.dumps(told), "facts.json")))
    except UnreadableError as error:
        refused = error.message

    valid = VALIDATOR.is_valid(told)

    if refused is None:
        assert valid
    elif valid:
        assert any(words in refused for words in ONLY_THE_READER_KNOWS), refused


@pytest.mark.parametrize("name", [RAW, "scheduler.suspended", "groups.member_limits"])
def test_a_fact_that_is_not_listed_is_not_stated(name: str) -> None:
    """A smaller document says less, and nothing else."""
    assert name not in read(changed(lambda told: told["facts"].pop(name))).facts


def test_a_mistake_is_told_with_its_place() -> None:
    """Line and column of the value, in the document as it is laid out."""
    text = render_fact_set(WHOLE).replace('"value": "2.6.91.0"', '"value": "latest"')

    with pytest.raises(UnreadableError) as caught:
        read(text)

    line = 1 + next(
        number for number, line in enumerate(text.split("\n")) if "product.version" in line and "latest" in line
    )
    assert (line, text.split("\n")[line - 1].index('"value"') + 1) == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"format": "adsync-checker/facts/v9"}', True, id="another version"),
        pytest.param('{"server": "A", "facts": {"x": {"status": "known"', True, id="the format is lost"),
        pytest.param('{"format": "adsync-checker/results/v1"}', False, id="results"),
        pytest.param('["adsync-checker/facts/v1"]', False, id="a list"),
        pytest.param('{"SyncCycleEnabled": true}', False, id="a dump"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_document_is_known_by_its_format_or_its_facts(text: str, expected: bool) -> None:
    """Never by the name of its file."""
    assert expected is facts_document.recognises(sample(text))


@pytest.mark.parametrize(
    ("collected", "date"),
    [
        pytest.param(Known(DATE - timedelta(days=60), PLACE), DATE - timedelta(days=60), id="older"),
        pytest.param(Known(DATE + timedelta(days=1), PLACE), DATE, id="younger than a source"),
        pytest.param(Unknown(Reason.NOT_IN_SOURCE, "Nobody says."), DATE, id="no source can tell"),
        pytest.param(Unknown(Reason.AMBIGUOUS, "One does not say."), None, id="unknown"),
        pytest.param(Absent(PLACE), None, id="absent"),
    ],
)
def test_a_document_is_no_younger_than_its_facts(collected: Fact, date: datetime | None) -> None:
    """It is as old as its oldest source, and as the time at which it says that its facts were taken."""
    assert date == read(render_fact_set(fact_set(server__collected_at=collected))).date
