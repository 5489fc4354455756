"""What `ansible-inventory --list` prints, read as an inventory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.inventory import load_inventory
from checker.model.inventory import ExpectedServer, Inventory, Role

SAMPLE = Path(__file__).parents[1] / "inventories" / "ansible-inventory.json"

HOSTS: dict[str, Any] = {
    "sync01.contoso.com": {
        "adsync_facts": {"tenant.cloud": "commercial"},
        "adsync_parameters": {"member_limit_maximum": 200000},
        "adsync_role": "active",
        "adsync_tenant": "contoso.onmicrosoft.com",
        "adsync_version_line": "2.5",
        "ansible_connection": "psrp",
        "ansible_host": "192.0.2.1",
        "ansible_password": {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n3062\n"},
        "ansible_psrp_auth": "certificate",
        "ansible_psrp_ca_cert": "/etc/ssl/ca.pem",
        "ansible_psrp_certificate_key_pem": "/etc/ssl/key.pem",
        "ansible_psrp_certificate_pem": "/etc/ssl/cert.pem",
        "ansible_psrp_configuration_name": "AdsyncChecker",
        "ansible_psrp_connection_timeout": 30,
        "ansible_psrp_protocol": "https",
        "ansible_user": "audit@CONTOSO.COM",
    },
    "sync02.contoso.com": {
        "adsync_computer_name": {"__ansible_unsafe": "ENTRA02"},
        "adsync_facts": {},
        "adsync_role": None,
        "ansible_host": "192.0.2.2",
        "ansible_psrp_host": "entra02.contoso.com",
        "ansible_psrp_port": "5985",
        "ansible_psrp_user": "",
        "ansible_user": "audit",
    },
}
LISTED: dict[str, Any] = {
    "_meta": {"hostvars": HOSTS, "profile": "inventory_legacy"},
    "all": {"children": ["ungrouped", "adsync"]},
    "adsync": {"children": ["europe", "asia"]},
    "asia": {"children": ["adsync"]},
    "europe": {"hosts": ["sync01.contoso.com", "sync02.contoso.com"]},
    "ungrouped": {"hosts": ["sync03"]},
}


def load(document: dict[str, Any]) -> Inventory:
    """Load what Ansible would print."""
    return load_inventory(json.dumps(document, indent=4).encode(), "hosts.json")


def server(name: str, document: dict[str, Any] = LISTED) -> ExpectedServer:
    """Give one server of what Ansible would print."""
    return next(one for one in load(document).servers if one.name == name)


def only(**variables: object) -> ExpectedServer:
    """Give the one server that has these *variables*."""
    (found,) = load({"_meta": {"hostvars": {"sync01": variables}}}).servers
    return found


def mistakes(text: str) -> list[str]:
    """Give what is wrong with a document."""
    with pytest.raises(PolicyError) as caught:
        load_inventory(text.encode(), "hosts.json")
    return list(caught.value.lines)


def test_what_ansible_prints_is_read() -> None:
    """Vaults, templates, fractions, nothing at all, and every character that Ansible lets through."""
    found = load_inventory(SAMPLE.read_bytes(), "hosts.json")

    assert [
        ("sync01.contoso.com", "sync01", Role.ACTIVE, ("adsync", "adsync_europe"), "192.0.2.1", "audit@CONTOSO.COM"),
        ("sync02.contoso.com", "entra02", Role.STAGING, ("adsync", "adsync_europe"), "sync02.contoso.com", ""),
        ("sync03.contoso.com", "sync03", None, ("adsync", "adsync_asia"), "sync03.contoso.com", "audit@CONTOSO.COM"),
    ] == [
        (one.name, one.computer_name, one.role, one.groups, one.connection.host, one.connection.username)
        for one in found.servers
    ]
    assert (
        "Secrets of the inventory are not used (ansible_password); give references instead.",
        "Only Ansible knows the value of ansible_user, which is not used.",
    ) == found.notes


def test_every_host_is_expected() -> None:
    """Also one of which nothing but the name is told, for nobody is left out in silence."""
    assert ["sync01.contoso.com", "sync02.contoso.com", "sync03"] == [one.name for one in load(LISTED).servers]


def test_variables_tell_what_is_declared() -> None:
    """Those that begin with `adsync_` are the keys of the project's own form; null and nothing say nothing."""
    first, second = server("sync01.contoso.com"), server("sync02.contoso.com")

    assert (Role.ACTIVE, "contoso.onmicrosoft.com") == (first.role, first.tenant)
    assert {"member_limit_maximum": 200000} == first.parameters
    assert ["product.expected_version_line", "server.role", "tenant.cloud"] == sorted(first.facts)
    assert (None, {}, "entra02") == (second.role, second.facts, second.computer_name)


def test_variables_tell_how_to_reach_a_host() -> None:
    """They are those of Ansible's own connection plugin."""
    found = server("sync01.contoso.com").connection

    assert ("192.0.2.1", None, True, "certificate", "audit@CONTOSO.COM", "AdsyncChecker") == (
        found.host, found.port, found.tls, found.authentication, found.username, found.configuration_name,
    )  # fmt: skip
    assert ("/etc/ssl/ca.pem", "/etc/ssl/cert.pem", "/etc/ssl/key.pem", "") == (
        found.ca_bundle, found.certificate, found.certificate_key, found.credential,
    )  # fmt: skip


def test_the_variable_of_the_plugin_counts_before_the_general_one() -> None:
    """And an empty one says nothing."""
    found = server("sync02.contoso.com").connection

    assert ("entra02.contoso.com", 5985, "audit") == (found.host, found.port, found.username)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, True, id="nothing is said"),
        pytest.param({"ansible_port": 5986}, True, id="the port of HTTPS"),
        pytest.param({"ansible_port": 443}, True, id="another port"),
        pytest.param({"ansible_port": 5985}, False, id="the port of HTTP"),
        pytest.param({"ansible_psrp_protocol": "http"}, False, id="the protocol"),
        pytest.param({"ansible_psrp_protocol": "https", "ansible_port": 5985}, True, id="the protocol before the port"),
        pytest.param({"ansible_psrp_protocol": "", "ansible_port": 5985}, False, id="an empty protocol"),
        pytest.param({"ansible_psrp_protocol": None}, True, id="no protocol"),
    ],
)
def test_tls_is_what_ansible_would_take(variables: dict[str, object], *, expected: bool) -> None:
    """The plugin says HTTPS, unless the protocol or the port says otherwise."""
    assert expected == only(**variables).connection.tls


def test_groups_are_those_that_hold_a_host_at_any_depth() -> None:
    """`all` and `ungrouped` say nothing, and a circle of groups has an end."""
    assert ("adsync", "asia", "europe") == server("sync01.contoso.com").groups
    assert () == server("sync03").groups


def test_secrets_are_neither_kept_nor_shown() -> None:
    """That there are some is said."""
    found = load(LISTED)

    assert "AES256" not in repr(found)
    assert ("Secrets of the inventory are not used (ansible_password); give references instead.",) == found.notes


def test_what_is_asked_for_and_not_done_is_said() -> None:
    """Who reads the notes knows how the checker would connect."""
    hosts = {
        "sync01": {"ansible_psrp_cert_validation": "ignore", "ansible_psrp_user": "{% if x %}a{% endif %}"},
        "sync02": {"ansible_winrm_transport": "ntlm", "ansible_user": {"__ansible_vault": "Hunter2"}},
        "sync03": {"ansible_psrp_cert_validation": "validate", "client_secret": "Hunter2"},
    }

    assert (
        "Secrets of the inventory are not used (client_secret); give references instead.",
        "Only Ansible knows the value of ansible_psrp_user, ansible_user, which is not used.",
        "Certificates of servers are always validated, whatever 'ansible_psrp_cert_validation' says.",
        "Variables that begin with 'ansible_winrm_' are not used; those of the connection plugin psrp are.",
    ) == load({"_meta": {"hostvars": hosts}}).notes


def test_a_user_that_only_ansible_knows_is_not_taken_for_the_general_one() -> None:
    """The variable of the plugin counts first, also where its value is not known here."""
    assert "" == only(ansible_psrp_user="{{ user }}", ansible_user="root").connection.username


def test_a_place_is_that_of_the_value() -> None:
    """An author finds the line of what is declared."""
    lines = json.dumps(LISTED, indent=4).splitlines()
    found = server("sync01.contoso.com")
    fact = found.facts["tenant.cloud"].source.location

    assert lines[found.location.line - 1][found.location.column - 1 :].startswith('"sync01.contoso.com": {')
    assert fact is not None
    assert '"commercial"' == lines[fact.line - 1][fact.column - 1 :]


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        pytest.param("adsync_role", "passive", "unknown role 'passive'", id="role"),
        pytest.param("adsync_rol", "active", "did you mean 'adsync_role'", id="slip"),
        pytest.param("adsync_version_line", 2.5, "is a number with a fraction", id="F-C07 a number with a fraction"),
        pytest.param("adsync_version_line", {"__ansible_unsafe": 2.5}, "is a number with a fraction", id="a literal"),
        pytest.param("adsync_tenant", "a\a", "is text with the character U+0007", id="a control character"),
        pytest.param("adsync_tenant", 10**18, "is a number of more than 18 digits", id="a very long number"),
        pytest.param("adsync_tenant", "{{ tenant }}", "is a template", id="F-D13 a template"),
        pytest.param("adsync_tenant", {"__ansible_vault": "Hunter2"}, "is encrypted", id="a vault"),
        pytest.param("adsync_tenant", ["a"], "not a list", id="a list"),
        pytest.param("adsync_computer_name", 5, "not the integer 5", id="computer name"),
        pytest.param("adsync_computer_name", "a.b", "is not a computer name", id="computer name of two labels"),
        pytest.param("adsync_facts", {"endpoint.export_api_version": 2}, "is observed", id="fact"),
        pytest.param("adsync_facts", {"tenant.cloud": None}, "'tenant.cloud' is null", id="a fact that is null"),
        pytest.param("adsync_facts", {"tenant.cloud": "{{ x }}"}, "is a template", id="a fact that is a template"),
        pytest.param("adsync_facts", {"password": "Hunter2"}, "holds no secret", id="a secret among facts"),
        pytest.param("adsync_facts", "tenant.cloud", "'facts' is a mapping", id="no mapping of facts"),
        pytest.param("adsync_parameters", {"x": 0.5}, "is a number with a fraction", id="F-C07 a parameter"),
        pytest.param("ansible_psrp_port", "x", "'port' is an integer", id="port"),
        pytest.param("ansible_port", 0, "from 1 to 65535", id="no port"),
        pytest.param("ansible_host", "{{ address }}", "is a template", id="a host that only Ansible knows"),
        pytest.param("ansible_psrp_auth", "credssp", "unknown authentication", id="authentication"),
        pytest.param("ansible_psrp_protocol", "ftp", "unknown protocol 'ftp'", id="protocol"),
        pytest.param("ansible_psrp_protocol", 1.5, "is a number with a fraction", id="no protocol"),
    ],
)
def test_a_wrong_variable_is_told(variable: str, value: object, told: str) -> None:
    """With its line; what is used and not understood is never passed by."""
    (mistake,) = mistakes(json.dumps({"_meta": {"hostvars": {"sync01": {"a": 1, variable: value}}}}, indent=2))

    assert told in mistake
    assert mistake.startswith(("hosts.json:6:", "hosts.json:7:"))
    assert "Hunter2" not in mistake


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param('{"_meta": {}}', "1:2: '_meta' has no 'hostvars'", id="no hosts"),
        pytest.param('{"_meta": null}', "'_meta' is a mapping, not null", id="no mapping"),
        pytest.param('{"_meta": {"hostvars": []}}', "'hostvars' is a mapping, not a list", id="a list of hosts"),
        pytest.param('{"_meta": {"hostvars": {"a": 5}}}', "'a' is a mapping", id="a host that is a number"),
        pytest.param('{"_meta": {"hostvars": {}}}', "expects no server at all", id="F-A01 nobody"),
        pytest.param('{"_meta": {"hostvars": {"a b": {}}}}', "is not a server's name", id="a name that is none"),
        pytest.param('{"_meta": {"hostvars": {"a": {}, "A": {}}}}', "already given", id="F-A09 a name in two cases"),
        pytest.param('{"_meta": {"hostvars": {"a": {}, "a": {}}}}', "1:34: 'a' is given twice, first", id="F-D03"),
        pytest.param('{"_meta": {"hostvars": {"a": {}}}, "g": ["b"]}', "'g' is a mapping", id="a group that is a list"),
        pytest.param('{"_meta": {"hostvars": {"a": {}}}, "g": {"hosts": "b"}}', "'hosts' is a list", id="one host"),
        pytest.param('{"_meta": {"hostvars": {"a": {}}}, "g": {"hosts": [null]}}', "not null", id="no host"),
        pytest.param('{"_meta": {"hostvars": {"a": {}}}, "g": {"hosts": [5]}}', "not the integer 5", id="a number"),
    ],
)  # fmt: skip
def test_what_is_no_listing_is_told(text: str, told: str) -> None:
    """A host could stand there that nobody would miss, so nothing is guessed."""
    assert [True] == [told in one for one in mistakes(text)]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=2) | st.sampled_from(["password", "__ansible_unsafe"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["a", "ansible_become_pass", "ansible_winrm_x", "x"]), ANY))
def test_any_variable_that_is_not_used_is_passed_by(variables: dict[str, object]) -> None:
    """An inventory of strangers holds anything."""
    found = only(adsync_role="active", **variables)

    assert ("sync01", Role.ACTIVE) == (found.name, found.role)


@given(st.sampled_from(sorted({name for one in HOSTS.values() for name in one})), ANY)
def test_any_value_of_a_variable_that_is_used_is_right_or_told(name: str, value: object) -> None:
    """Nothing but a server or a mistake comes out."""
    try:
        told = [only(**{name: value}).name]
    except PolicyError as error:
        told = [str(one.location).partition(":")[0] for one in error.mistakes]

    assert set(told) in ({"sync01"}, {"hosts.json"})
