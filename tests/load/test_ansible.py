"""What `ansible-inventory --list` prints, read as an inventory."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.inventory import load_inventory
from checker.model.inventory import ExpectedServer, Inventory, Role

HOSTS: dict[str, Any] = {
    "sync01.contoso.com": {
        "adsync_facts": {"tenant.cloud": "commercial"},
        "adsync_parameters": {"member_limit_maximum": 200000},
        "adsync_role": "active",
        "adsync_tenant": "contoso.onmicrosoft.com",
        "adsync_version_line": "2.5",
        "ansible_connection": "psrp",
        "ansible_host": "10.0.0.1",
        "ansible_password": {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n3062\n"},
        "ansible_psrp_auth": "certificate",
        "ansible_psrp_ca_cert": "/etc/ssl/ca.pem",
        "ansible_psrp_certificate_key_pem": "/etc/ssl/key.pem",
        "ansible_psrp_certificate_pem": "/etc/ssl/cert.pem",
        "ansible_psrp_configuration_name": "AdsyncChecker",
        "ansible_psrp_connection_timeout": 30,
        "ansible_psrp_protocol": "https",
        "ansible_user": "audit@CONTOSO.COM",
        "backup_ratio": 0.25,
        "comment": "caf\u00e9 \U0001f600 \u2028",
        "nothing": None,
        "tags": ["tier0", 1, None],
    },
    "sync02.contoso.com": {
        "adsync_computer_name": "ENTRA02",
        "ansible_host": "10.0.0.2",
        "ansible_psrp_host": "entra02.contoso.com",
        "ansible_psrp_port": 5985,
        "ansible_psrp_protocol": "http",
        "ansible_psrp_user": "",
        "ansible_user": "audit",
    },
}
LISTED: dict[str, Any] = {
    "_meta": {"hostvars": HOSTS},
    "all": {"children": ["ungrouped", "adsync"]},
    "adsync": {"children": ["europe"]},
    "europe": {"hosts": ["sync01.contoso.com", "sync02.contoso.com"], "children": ["adsync"]},
    "ungrouped": {"hosts": ["sync03", 5]},
}


def load(document: dict[str, Any], *, indent: int | None = 4) -> Inventory:
    """Load what Ansible would print."""
    return load_inventory(json.dumps(document, indent=indent).encode(), "hosts.json")


def server(name: str, document: dict[str, Any] = LISTED) -> ExpectedServer:
    """Give one server of what Ansible would print."""
    return next(one for one in load(document).servers if one.name == name)


def mistakes(text: str) -> list[str]:
    """Give what is wrong with a document."""
    with pytest.raises(PolicyError) as caught:
        load_inventory(text.encode(), "hosts.json")
    return list(caught.value.lines)


def test_every_host_is_expected() -> None:
    """Also one of which nothing but the name is told, for nobody is left out in silence."""
    assert ["sync01.contoso.com", "sync02.contoso.com", "sync03"] == [one.name for one in load(LISTED).servers]


def test_variables_tell_what_is_declared() -> None:
    """Those that begin with `adsync_` are the keys of the project's own form."""
    found = server("sync01.contoso.com")

    assert (Role.ACTIVE, "contoso.onmicrosoft.com") == (found.role, found.tenant)
    assert {"member_limit_maximum": 200000} == found.parameters
    assert ["product.expected_version_line", "server.role", "tenant.cloud"] == sorted(found.facts)


def test_variables_tell_how_to_reach_a_host() -> None:
    """They are those of Ansible's own connection plugin."""
    found = server("sync01.contoso.com").connection

    assert ("10.0.0.1", None, True, "certificate", "audit@CONTOSO.COM", "AdsyncChecker") == (
        found.host, found.port, found.tls, found.authentication, found.username, found.configuration_name,
    )  # fmt: skip
    assert ("/etc/ssl/ca.pem", "/etc/ssl/cert.pem", "/etc/ssl/key.pem", "") == (
        found.ca_bundle, found.certificate, found.certificate_key, found.credential,
    )  # fmt: skip


def test_the_variable_of_the_plugin_counts_before_the_general_one() -> None:
    """And an empty one says nothing."""
    found = server("sync02.contoso.com")

    assert ("entra02.contoso.com", 5985, False, "audit") == (
        found.connection.host, found.connection.port, found.connection.tls, found.connection.username,
    )  # fmt: skip
    assert "entra02" == found.computer_name


def test_groups_are_those_that_hold_a_host_at_any_depth() -> None:
    """`all` and `ungrouped` say nothing."""
    assert ("adsync", "europe") == server("sync01.contoso.com").groups
    assert () == server("sync03").groups


def test_secrets_are_neither_kept_nor_shown() -> None:
    """That there are some is said."""
    found = load(LISTED)

    assert "AES256" not in repr(found)
    assert ("Secrets of the inventory are not used (ansible_password); give references instead.",) == found.notes


def test_a_place_is_the_line_of_the_host() -> None:
    """An author finds the host of which something is told."""
    lines = json.dumps(LISTED, indent=4).splitlines()
    place = server("sync02.contoso.com").location

    assert '"sync02.contoso.com": {' in lines[place.line - 1][place.column - 1 :]


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        pytest.param("adsync_role", "passive", "unknown role 'passive'", id="role"),
        pytest.param("adsync_rol", "active", "did you mean 'adsync_role'", id="slip"),
        pytest.param("adsync_version_line", 2.5, "", id="a number with a fraction is not said"),
        pytest.param("adsync_computer_name", 5, "not the integer 5", id="computer name"),
        pytest.param("ansible_psrp_port", "x", "'port' is an integer", id="port"),
        pytest.param("ansible_psrp_auth", "credssp", "unknown authentication", id="authentication"),
        pytest.param("ansible_psrp_protocol", "ftp", "unknown protocol 'ftp'", id="protocol"),
        pytest.param("adsync_facts", {"endpoint.export_api_version": 2}, "is observed", id="fact"),
    ],
)
def test_a_wrong_variable_is_told(variable: str, value: object, told: str) -> None:
    """With the line of its host."""
    document = {**LISTED, "_meta": {"hostvars": {"sync01": {variable: value}}}, "europe": {}}
    text = json.dumps(document, indent=2)
    if not told:
        assert load_inventory(text.encode(), "hosts.json").servers[0].facts == {}
        return

    (mistake,) = mistakes(text)
    assert told in mistake
    assert mistake.startswith("hosts.json:4:7: ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param('{"_meta": {}}', "has no 'hostvars'", id="no hosts"),
        pytest.param('{"_meta": 5}', "has no 'hostvars'", id="no mapping"),
        pytest.param('{"_meta": {"hostvars": {}}}', "expects no server at all", id="F-A01 nobody"),
        pytest.param('{"_meta": {"hostvars": {"a b": {}}}}', "is not a server's name", id="a name that is none"),
        pytest.param('{"_meta": {"hostvars": {"a": {}, "a": {}}}}', "given twice", id="a host twice"),
        pytest.param('{"_meta": {"hostvars": {"a": {"x": NaN}}}}', "NaN is no number", id="no number"),
        pytest.param('{"_meta": {"hostvars": {"a": {}}}', "this is no JSON", id="cut off"),
        pytest.param('{"_meta": ' + "[" * 100_000, "nested too deep", id="deep"),
    ],
)
def test_what_is_no_listing_is_told(text: str, told: str) -> None:
    """Nothing is guessed."""
    assert any(told in one for one in mistakes(text))


def test_bytes_that_are_no_utf8_are_told() -> None:
    """Nothing is replaced by a question mark."""
    with pytest.raises(PolicyError, match="no UTF-8"):
        load_inventory(b'{"_meta": {"hostvars": {"a\xff": {}}}}', "hosts.json")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["hosts", "children", "hostvars", "adsync_role", "a"]), inner, max_size=3), max_leaves=12))  # fmt: skip
def test_any_value_beside_the_hosts_is_passed_by_or_told(value: object) -> None:
    """An inventory of strangers holds anything."""
    try:
        found = load({"_meta": {"hostvars": {"sync01": value}}, "group": value, "all": {"hosts": ["sync01"]}})
    except PolicyError as error:
        names = [str(one.location) for one in error.mistakes][:0]
    else:
        names = [one.name for one in found.servers if one.name != "sync01"]

    assert [] == [name for name in names if not name]
