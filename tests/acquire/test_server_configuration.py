"""The files of an export folder: how they are known, and what is missing where one cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire import server_configuration
from checker.acquire.connector_file import CONNECTOR_FACTS
from checker.acquire.global_settings import SETTINGS_FACTS
from checker.acquire.reading import Reading
from checker.acquire.sample import Sample, UnreadableError
from checker.model.facts import Reason, Unknown
from checker.model.location import Location
from tests.acquire.xml_samples import (
    DIRECTORY,
    ENTRA,
    mapping,
    problem,
    read,
    reasons,
    rule_text,
    sample,
    settings_text,
)

LIMIT = 'IIF((ValueCount("member")> 50000),Error("Maximum"),IgnoreThisFlow)'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ENTRA, True, id="connector"),
        pytest.param(settings_text(""), True, id="settings"),
        pytest.param(rule_text(), True, id="rule"),
        pytest.param('<?xml version="1.0"?>\n<!-- x -->\n' + ENTRA, True, id="prolog"),
        pytest.param("<!DOCTYPE ma-data>\n" + ENTRA, True, id="T39-doctype"),
        pytest.param("<Objs><ma-data/></Objs>", False, id="inside-another-root"),
        pytest.param("<MA-DATA/>", False, id="another-case"),
        pytest.param('{"ma-data": 1}', False, id="json"),
        pytest.param("<ma-data", False, id="cut-in-the-root"),
    ],
)
def test_a_file_is_known_by_its_root_element(text: str, expected: bool) -> None:
    """The name and the place of a file say nothing about what it is."""
    assert expected is server_configuration.recognises(sample("anything.txt", text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_of_the_product_is_read(encoding: str) -> None:
    """UTF-8 with or without a mark and UTF-16LE with one give the same facts at the same places."""
    one = sample("e/GlobalSettings/x.xml", settings_text("Ünïcode=ü"), encoding)

    assert (read("e/GlobalSettings/x.xml", settings_text("Ünïcode=ü")),) == server_configuration.read(one)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("a/b/Connectors/x.xml", "a/b", id="part-folder"),
        pytest.param("a/b/GLOBALSETTINGS/x.xml", "a/b", id="any-case"),
        pytest.param("a/b/x.xml", "a/b", id="flat-folder"),
        pytest.param("SynchronizationRules/x.xml", ".", id="part-folder-alone"),
        pytest.param("x.xml", ".", id="no-folder"),
        pytest.param("/Connectors/x.xml", "/", id="root-of-the-disk"),
        pytest.param("/srv/e/Connectors/x.xml", "/srv/e", id="absolute"),
    ],
)
def test_the_files_of_one_export_are_one_group(name: str, expected: str) -> None:
    """The group is the folder above the folder of the part; of files that lie together it is their own."""
    for text in (ENTRA, settings_text("A=b"), rule_text(), rule_text(disabled="?")):
        reading = read(name, text)

        assert expected == reading.group
        assert reading.rules is None or expected == reading.rules.set


BROKEN = UnreadableError("It is broken.", line=7, column=3, reason=Reason.DENIED)


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        pytest.param("e/Connectors/x.xml", "", CONNECTOR_FACTS, id="connector-by-folder"),
        pytest.param("e/connectors/X.XML", "", CONNECTOR_FACTS, id="folder-in-another-case"),
        pytest.param("e/Connector_{1}.xml", "", CONNECTOR_FACTS, id="connector-by-name"),
        pytest.param("e/Connector_{1}.xml.txt", "", CONNECTOR_FACTS, id="connector-renamed"),
        pytest.param("e/x.txt", "<ma-data>\n<", CONNECTOR_FACTS, id="connector-by-root"),
        pytest.param("e/GlobalSettings/x.xml", "", SETTINGS_FACTS, id="settings-by-folder"),
        pytest.param("e/mv.xml", "", SETTINGS_FACTS, id="settings-by-name"),
        pytest.param(
            "e/SynchronizationRules/x.xml", "<saved-mv-configuration ", SETTINGS_FACTS, id="root-counts-first"
        ),
    ],
)
def test_a_file_that_cannot_be_read_leaves_its_facts_unknown(name: str, head: str, expected: tuple[str, ...]) -> None:
    """Root element, folder and name say what is missing; the reason and the place are those of the failure."""
    reading = server_configuration.stands_for(name, head, BROKEN)

    assert reading is not None
    assert ("e", dict.fromkeys(expected, Reason.DENIED)) == (reading.group, reasons(reading))
    assert {Location(name, 7, 3)} == {
        source.location for fact in reading.facts.values() if isinstance(fact, Unknown) for source in fact.sources
    }


@pytest.mark.parametrize(
    ("name", "head"),
    [
        pytest.param("e/SynchronizationRules/x.xml", "", id="folder"),
        pytest.param("e/SynchronizationRule_{1}.xml", "", id="name"),
        pytest.param("e/SynchronizationRules/SynchronizationRule_{1}.bak", "", id="renamed"),
        pytest.param("e/x", "<synchronizationRule>", id="root"),
    ],
)
def test_a_rule_that_cannot_be_read_is_a_problem_of_its_set(name: str, head: str) -> None:
    """One rule that nobody can read makes every fact over the set unknown."""
    reading = server_configuration.stands_for(name, head, BROKEN)

    assert reading is not None
    assert Reason.DENIED is problem(reading).reason
    assert reading.rules is not None
    assert ("e", "e") == (reading.group, reading.rules.set)


@pytest.mark.parametrize(
    "name", ["x.xml", "e/notes.xml", "Connectors.xml", "e/SynchronizationRules/Thumbs.db", "mv.txt"]
)
def test_any_other_file_stands_for_nothing(name: str) -> None:
    """A file that is neither called nor placed like a part of an export is missed by nobody."""
    assert server_configuration.stands_for(name, "<html>", BROKEN) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<!DOCTYPE synchronizationRule>\n" + rule_text(), id="T39-doctype"),
        pytest.param(rule_text()[:200], id="cut"),
        pytest.param(rule_text() + "junk", id="junk"),
    ],
)
def test_xml_that_may_not_be_read_is_unreadable(text: str) -> None:
    """The file as a whole is refused; it still stands for a rule."""
    one = sample("x.xml", text)
    with pytest.raises(UnreadableError) as refusal:
        server_configuration.read(one)

    reading = server_configuration.stands_for(one.name, one.head, refusal.value)
    assert reading is not None
    assert problem(reading).detail.endswith(str(refusal.value))


def test_the_root_that_was_promised_must_come() -> None:
    """A DOCTYPE or comment cannot pass one kind of file off as another."""
    one = sample("x.xml", "<ma-data/>")
    other = Sample(name="x.xml", size=one.size, encoding="utf-8", head="<synchronizationRule>", open=one.open)
    with pytest.raises(UnreadableError, match="ma-data"):
        server_configuration.read(other)


@pytest.mark.parametrize(("text", "expected"), [("<a/>", True), ("<a>", False), ("<!DOCTYPE a><a/>", False)])
def test_wrong_xml_is_told_from_xml_of_another_purpose(text: str, expected: bool) -> None:
    """A well-formed file that is no part of an export is not wrong."""
    assert expected is (server_configuration.wrong_xml(sample("x.xml", text)) is None)


@given(st.data())
def test_no_damage_to_a_file_leads_to_another_exception(data: st.DataObject) -> None:
    """Whatever is cut out of or put into a file, it is read, or refused as unreadable."""
    text = data.draw(
        st.sampled_from([ENTRA, DIRECTORY, settings_text("A=b"), rule_text(flows=mapping("member", LIMIT))])
    )
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    put = data.draw(st.text("<>/&;\"'{}0a\n é", max_size=6))
    one = sample("Connectors/x.xml", text[:start] + put + text[end:])
    if not server_configuration.recognises(one):
        return
    try:
        readings: tuple[Reading | None, ...] = server_configuration.read(one)
    except UnreadableError as error:
        readings = (server_configuration.stands_for(one.name, one.head, error),)

    assert [True] == [bool(found and (found.facts or found.rules or found.connectors)) for found in readings]
