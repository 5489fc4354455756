"""What a connector file states, and what it leaves unknown."""

from __future__ import annotations

import pytest

from checker.acquire.connector_file import CONNECTOR_FACTS, read_connector
from checker.acquire.reading import Reading
from checker.acquire.sync_rule import ENTRA_CONNECTOR
from checker.acquire.xml_tree import parse_xml
from checker.model.facts import Known, Reason, Source, SourceFormat
from checker.model.location import Location
from checker.model.values import to_json
from checker.model.version import Version
from tests.acquire.xml_samples import (
    DIRECTORY,
    ENTRA,
    OTHER,
    read,
    reasons,
    values,
    without,
)

FORMAT = SourceFormat.SERVER_CONFIGURATION


def names_of(reading: Reading) -> tuple[tuple[str, bool], ...]:
    """Give the names of connectors, and which is the Entra connector."""
    return tuple((one.name, one.entra) for one in reading.connectors)


def test_the_entra_connector_states_version_and_export_type() -> None:
    """Each fact of the Entra connector has the line of its element."""
    reading = read("Connectors/a.xml", ENTRA)

    assert {
        "product.version": Version.parse("2.6.91.0"),
        "endpoint.export_type": 5,
        "tenant.connector_name": "fabrikam.onmicrosoft.com - AAD",
        "tenant.connector_id": ENTRA_CONNECTOR,
        "tenant.connector_account": "Sync_SYNC01_0a@fabrikam.onmicrosoft.com",
    } == values(reading)
    assert (
        Known(5, Source(FORMAT, Location("Connectors/a.xml", 9, 1), "extension-config/export-type"))
        == reading.facts["endpoint.export_type"]
    )
    assert (("fabrikam.onmicrosoft.com - AAD", True),) == names_of(reading)


@pytest.mark.parametrize(
    ("tag", "fact"),
    [
        pytest.param("id", "tenant.connector_id", id="id"),
        pytest.param("name", "tenant.connector_name", id="name"),
        pytest.param("export-type", "endpoint.export_type", id="export-type"),
        pytest.param("assembly-version", "product.version", id="version"),
        pytest.param("parameter ", "tenant.connector_account", id="account"),
    ],
)
def test_what_the_entra_connector_lacks_is_truncated(tag: str, fact: str) -> None:
    """A line that is missing makes its fact unknown, and no other."""
    assert {fact: Reason.TRUNCATED} == reasons(read("a.xml", without(ENTRA, tag)))
    assert CONNECTOR_FACTS[:5] == tuple(read("a.xml", without(ENTRA, tag)).facts)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("<export-type>5", "<export-type>", Reason.TRUNCATED, id="empty"),
        pytest.param("<export-type>5", "<export-type>five", Reason.UNPARSED, id="no-number"),
        pytest.param("<export-type>5", "<export-type><x/>5", Reason.UNPARSED, id="elements-inside"),
        pytest.param(
            "<export-type>5", "<export-type>2</export-type><export-type>5", Reason.CONFLICTING, id="said-twice"
        ),
        pytest.param(
            "</MAConfig>",
            "<extension-config><export-type>2</export-type></extension-config></MAConfig>",
            Reason.CONFLICTING,
            id="two-settings",
        ),
        pytest.param("<private-configuration>", "<private-configuration/><x>", Reason.TRUNCATED, id="no-settings"),
    ],
)
def test_an_export_type_in_doubt_is_unknown(old: str, new: str, expected: Reason) -> None:
    """Whatever is not one number in one place is no export type."""
    text = ENTRA.replace(old, new, 1)
    text = text.replace("</private-configuration>", "</x>") if "<x>" in new else text

    assert expected is reasons(read("a.xml", text))["endpoint.export_type"]


@pytest.mark.parametrize("version", ["2.6", "2.6.91", "2.6.91.0.1", "v2.6.91.0", "2.6.x.0"])
def test_a_version_without_four_numbers_is_unparsed(version: str) -> None:
    """The product writes four parts; a shorter text was cut."""
    reading = read("a.xml", ENTRA.replace("2.6.91.0", version))

    assert {"product.version": Reason.UNPARSED} == reasons(reading)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            ENTRA.replace("Windows Azure Active Directory (Microsoft)", "Generic SQL (Microsoft)"), id="subtype"
        ),
        pytest.param(ENTRA.replace(ENTRA_CONNECTOR.upper(), "0b5e1d5f-7e10-4c11-8d26-6a3f2b6d9a10"), id="identifier"),
        pytest.param(ENTRA.replace("Extensible2", "AD"), id="category"),
    ],
)
def test_a_connector_that_contradicts_itself_is_ambiguous(text: str) -> None:
    """Where identifier, category and subtype disagree, nobody knows what the file would have stated."""
    reading = read("a.xml", text)

    assert dict.fromkeys(CONNECTOR_FACTS, Reason.AMBIGUOUS) == reasons(reading)
    assert (("fabrikam.onmicrosoft.com - AAD", False),) == names_of(reading)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(without(DIRECTORY, "category"), Reason.TRUNCATED, id="no-category"),
        pytest.param(without(without(OTHER, "id"), "subtype"), Reason.TRUNCATED, id="neither-id-nor-subtype"),
        pytest.param(DIRECTORY.replace("{44B8", "{"), Reason.UNPARSED, id="no-guid"),
    ],
)
def test_a_connector_of_unknown_kind_makes_all_facts_unknown(text: str, expected: Reason) -> None:
    """It could have been any of them."""
    assert dict.fromkeys(CONNECTOR_FACTS, expected) == reasons(read("a.xml", text))


@pytest.mark.parametrize("tag", ["subtype", "description"])
def test_the_entra_connector_is_known_by_its_identifier_alone(tag: str) -> None:
    """The subtype may be missing."""
    assert 5 == values(read("a.xml", without(ENTRA, tag)))["endpoint.export_type"]


@pytest.mark.parametrize(("text", "enabled"), [("1", True), ("0", False), ("true", True), ("False", False)])
def test_a_directory_connector_gives_one_entry_of_each_list(text: str, enabled: bool) -> None:
    """Each Active Directory connector says of itself whether it synchronizes hashes, and with which account."""
    reading = read("a.xml", DIRECTORY.replace("<enabled>1", f"<enabled>{text}"))

    assert {
        "features.password_hash_sync": [{"connector": "corp.fabrikam.example", "enabled": enabled}],
        "features.ad_connector_accounts": [{"connector": "corp.fabrikam.example", "domain": "CORP", "user": "MSOL_1"}],
    } == {name: to_json(value) for name, value in values(reading).items()}
    assert (("corp.fabrikam.example", False),) == names_of(reading)


@pytest.mark.parametrize(
    ("tag", "lost"),
    [
        pytest.param("name", {"features.password_hash_sync", "features.ad_connector_accounts"}, id="name"),
        pytest.param("forest-login-user", {"features.ad_connector_accounts"}, id="user"),
        pytest.param("forest-login-domain", {"features.ad_connector_accounts"}, id="domain"),
        pytest.param("password-hash-sync-config", {"features.password_hash_sync"}, id="hashes"),
    ],
)
def test_what_a_directory_connector_lacks_is_truncated(tag: str, lost: set[str]) -> None:
    """An entry is whole or unknown; it never leaves the list."""
    assert dict.fromkeys(lost, Reason.TRUNCATED) == reasons(read("a.xml", without(DIRECTORY, tag)))


def test_an_unknown_switch_of_hashes_is_unparsed() -> None:
    """A number other than 0 and 1 is no boolean."""
    reading = read("a.xml", DIRECTORY.replace("<enabled>1", "<enabled>2"))

    assert {"features.password_hash_sync": Reason.UNPARSED} == reasons(reading)


def test_another_connector_has_only_its_name() -> None:
    """A connector to something else states no fact, and is known as not the one to Entra."""
    reading = read("a.xml", OTHER)

    assert ({}, (("LDAP", False),)) == (reading.facts, names_of(reading))


@pytest.mark.parametrize(
    ("identifiers", "expected"),
    [
        pytest.param(
            "<id>{44B84D44-1237-591C-9F6D-4FD8490B6A29}</id>", "44b84d44-1237-591c-9f6d-4fd8490b6a29", id="one"
        ),
        pytest.param("<id>{4D44}</id>", "", id="no GUID"),
        pytest.param("", "", id="none"),
    ],
)
def test_the_identifier_is_kept_where_it_is_one(identifiers: str, expected: str) -> None:
    """By its identifier the rules of an export name their connector."""
    root = parse_xml(f"<ma-data>{identifiers}<name>x</name><category>AD</category></ma-data>")

    assert [expected] == [one.identifier for one in read_connector(root, "c.xml", "").connectors]
