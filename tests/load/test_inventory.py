"""The inventory: which servers are expected, what they inherit, and what is refused rather than guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import PolicyError
from checker.load.inventory import load_inventory
from checker.model.facts import Known, SourceFormat
from checker.model.inventory import ExpectedServer, Role
from checker.model.version import Version
from tests.load.inventory_documents import DOCUMENTS, GOOD, Document


def servers(text: str) -> dict[str, ExpectedServer]:
    """Load an inventory, and give its servers by name."""
    return {one.name: one for one in load_inventory(text.encode(), "inventory.yaml").servers}


def mistakes(text: str) -> list[str]:
    """Give what is wrong with an inventory; nothing where it is right."""
    try:
        servers(text)
    except PolicyError as error:
        return list(error.lines)
    return []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_f_a01_f_a09_f_d01_f_d13_each_document_is_right_or_told(document: Document) -> None:
    """A right inventory loads; a wrong one is refused with a place and a sentence."""
    told = mistakes(document.text)

    assert bool(document.told) == bool(told), told
    assert all(one.startswith("inventory.yaml:") for one in told)
    assert not document.told or any(document.told in one for one in told), told


def test_no_mistake_repeats_a_secret() -> None:
    """What may be a password stands in no message."""
    told = [one for document in DOCUMENTS for one in mistakes(document.text)]

    assert [] == [one for one in told if "Hunter2" in one or "4175" in one]


@pytest.mark.parametrize("secret", ["0x4175", "1e4175", "on", "~", "2026-04-17", "04175"])
@pytest.mark.parametrize(
    "key",
    ["password", "ansible_password", "Client-Secret", "apiKey", "pass", "credential", '"pwd"', "password:\n     "],
)
def test_a_secret_that_is_no_yaml_is_not_shown(key: str, secret: str) -> None:
    """Who tells that a word is ambiguous shows the word, but not behind a key of a secret."""
    key, secret = key if ":" in key else f"{key}:", f"{secret}{']' * key.count('[')}"
    told = mistakes(f"inventory: one\nservers:\n  - name: sync01\n    connection:\n      {key} {secret}\n")

    assert told
    assert [] == [one for one in told if repr(secret.removesuffix("]")) in one]


def chain(length: int) -> str:
    """Give an inventory with so many groups that each stand below the one before."""
    groups = ["  g0: {role: active}\n", *(f"  g{n}: {{parent: g{n - 1}}}\n" for n in range(1, length))]
    return f"inventory: one\ngroups:\n{''.join(groups)}servers:\n  - {{name: sync01, groups: [g{length - 1}]}}\n"


def test_a_hostile_chain_of_groups_is_refused() -> None:
    """Groups stand above one another as deep as anybody needs, and no deeper."""
    assert Role.ACTIVE is servers(chain(32))["sync01"].role
    assert ["inventory.yaml:35:17: more than 32 groups stand above one another"] == mistakes(chain(33))
    assert "too many mistakes; the rest is not told" == mistakes(chain(2_000))[-1].split(": ")[1]


def test_a_server_has_what_it_declares_and_inherits() -> None:
    """The nearer wins: the server, its group, the group's parent."""
    found = servers(GOOD)["sync01.contoso.com"]

    assert ("sync01", "contoso.onmicrosoft.com", Role.ACTIVE) == (found.computer_name, found.tenant, found.role)
    assert ("europe", "contoso") == found.groups
    assert {"member_limit_maximum": 200000} == found.parameters
    assert {
        "tenant.cloud": "commercial",
        "server.role": "active",
        "product.expected_version_line": Version.parse("2.5"),
    } == {name: fact.value for name, fact in found.facts.items()}


def test_a_computer_name_is_the_first_label_unless_it_is_given() -> None:
    """Facts name computers in whatever letter case."""
    assert "entra02" == servers(GOOD)["sync02.contoso.com"].computer_name


def test_declared_facts_tell_where_they_stand() -> None:
    """A reader of a report finds the line of the inventory."""
    found = servers(GOOD)["sync01.contoso.com"].facts["tenant.cloud"]

    assert isinstance(found, Known)
    assert (SourceFormat.INVENTORY, "inventory.yaml:5:27") == (found.source.format, str(found.source.location))


def test_a_connection_is_put_together_part_by_part() -> None:
    """A server's own part does not hide what its group says of another."""
    found = servers(GOOD)["sync02.contoso.com"].connection

    assert ("10.0.0.2", 5986, True, "kerberos", "env:SYNC02") == (
        found.host, found.port, found.tls, found.authentication, found.credential,
    )  # fmt: skip
    assert "sync01.contoso.com" == servers(GOOD)["sync01.contoso.com"].connection.host


def test_a_connection_without_tls_is_said() -> None:
    """Nothing but the word of the inventory turns TLS off."""
    text = GOOD.replace("port: 5986", "port: 5985, tls: false, authentication: ntlm")

    assert (False, "ntlm") == (
        servers(text)["sync01.contoso.com"].connection.tls,
        servers(text)["sync01.contoso.com"].connection.authentication,
    )


TWO = """\
inventory: two
groups:
  a: {tenant: a.onmicrosoft.com, role: active}
  b: {tenant: b.onmicrosoft.com, parent: c}
  c: {role: active, parameters: {x: 1}}
servers:
  - name: sync01
    groups: [a, b]
"""


def test_groups_that_disagree_are_a_mistake() -> None:
    """Nobody can say which of two groups is meant; that both say the same is no disagreement."""
    assert [
        "inventory.yaml:7:5: groups 'a' and 'b' give different values of 'tenant'; say it at the server"
    ] == mistakes(TWO)


def test_the_server_decides_between_its_groups() -> None:
    """What the server says itself is what is meant."""
    found = servers(TWO + "    tenant: c.onmicrosoft.com\n")["sync01"]

    assert ("c.onmicrosoft.com", Role.ACTIVE, ("a", "b", "c")) == (found.tenant, found.role, found.groups)


def test_a_group_beside_its_own_ancestor_is_the_nearer() -> None:
    """To name the parent as well changes nothing."""
    text = GOOD.replace("groups: [europe]\n    role: active", "groups: [contoso, europe]\n    role: active")

    assert {"member_limit_maximum": 200000} == servers(text)["sync01.contoso.com"].parameters


NEARER = """\
inventory: nearer
groups:
  all: {parameters: {x: 1, z: 1}}
  left: {parent: all, parameters: {x: 2}}
  right: {parent: all}
  other: {parameters: {x: 3}}
servers:
  - name: sync01
    groups: [GROUPS]
"""


@pytest.mark.parametrize("groups", ["left, right", "right, left", "all, right, left"])
def test_a_group_wins_over_what_another_has_from_an_ancestor_of_both(groups: str) -> None:
    """The nearer says it; the order in which a server names its groups says nothing."""
    assert {"x": 2, "z": 1} == servers(NEARER.replace("GROUPS", groups))["sync01"].parameters


@pytest.mark.parametrize(
    ("groups", "both"),
    [
        pytest.param("left, right, other", "'left' and 'other'", id="beside an ancestor of one"),
        pytest.param("right, other", "'all' and 'other'", id="what one of them inherits"),
        pytest.param("other, right", "'other' and 'all'", id="in another order"),
    ],
)
def test_groups_of_which_none_is_nearer_do_not_decide(groups: str, both: str) -> None:
    """Neither wins, in whatever order they are named."""
    assert [
        f"inventory.yaml:8:5: groups {both} give different values of 'parameters x'; say it at the server"
    ] == mistakes(NEARER.replace("GROUPS", groups))


@pytest.mark.parametrize(
    ("first", "second", "right"),
    [
        pytest.param("a.com", "b.com", True, id="two tenants"),
        pytest.param("a.com", "A.com", False, id="one tenant in two cases"),
        pytest.param("a.com", "", False, id="one of them unknown"),
        pytest.param("", "b.com", False, id="the other unknown"),
        pytest.param("", "", False, id="both unknown"),
    ],
)
def test_one_computer_name_needs_two_tenants(first: str, second: str, *, right: bool) -> None:
    """Facts of two servers of one name can be told apart by their tenants only."""

    def server(domain: str, tenant: str) -> str:
        return f"  - name: sync01.{domain}\n" + (f"    tenant: {tenant}\n" if tenant else "")

    text = "inventory: two\nservers:\n" + server("a", first) + server("b", second)

    assert right == (not mistakes(text))


def test_every_mistake_is_told_at_once() -> None:
    """An author mends an inventory in one go."""
    text = GOOD.replace("role: active", "role: lead").replace("5986", "0").replace("ENTRA02", "_x")

    assert ["7:92", "11:11", "16:20"] == [one.split(": ")[0].removeprefix("inventory.yaml:") for one in mistakes(text)]


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_reason(content: bytes) -> None:
    """Nothing but mistakes comes out of what is no inventory."""
    with pytest.raises(PolicyError):
        load_inventory(content, "i")
