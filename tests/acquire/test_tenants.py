"""Which tenant servers are of, where files tell otherwise than an inventory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.acquire.exports import Acquired
from checker.acquire.tenants import UNKNOWN, TenantHints, declared_tenants
from tests.acquire.made_fleet import (
    CONTOSO,
    CONTOSO_ID,
    FABRIKAM,
    FABRIKAM_ID,
    acquired,
    document,
    expected,
    of_tenant,
    words,
    write,
)
from tests.running import AS_OF, run

OTHER_ID = "33333333-3333-3333-3333-333333333333"
Told = dict[str, tuple[str, dict[str, object]]]  # by server: the tenant that is declared, and what its file tells


def fleet(folder: Path, servers: Told, **facts: str) -> Acquired:
    """Read the documents of *servers*, held against what is declared of each."""
    for name, (_, told) in servers.items():
        write(folder / f"{name}.json", document(name, **told))
    return acquired(folder, *(expected(name, tenant, **facts) for name, (tenant, _) in servers.items()))


AGAINST: dict[str, tuple[Told, set[str]]] = {
    "two domains of one identifier": (
        {"sync01": (CONTOSO, of_tenant(CONTOSO, CONTOSO_ID)), "sync02": (FABRIKAM, of_tenant(FABRIKAM, CONTOSO_ID))},
        {"sync01", "sync02"},
    ),
    "two identifiers of one domain": (
        {"sync01": (CONTOSO, of_tenant(CONTOSO, CONTOSO_ID)), "sync02": (CONTOSO, of_tenant(CONTOSO, FABRIKAM_ID))},
        {"sync01", "sync02"},
    ),
    "two declared identifiers with one domain": (
        {"sync01": (CONTOSO_ID, of_tenant(CONTOSO)), "sync02": (FABRIKAM_ID, of_tenant(CONTOSO))},
        {"sync01", "sync02"},
    ),
    "a third of the same domain": (
        {
            "sync01": (CONTOSO, of_tenant(CONTOSO, CONTOSO_ID)),
            "sync02": (CONTOSO, of_tenant(CONTOSO, FABRIKAM_ID)),
            "sync03": (CONTOSO, of_tenant(CONTOSO)),
        },
        {"sync01", "sync02", "sync03"},
    ),
    "a third of another tenant": (
        {
            "sync01": (CONTOSO, of_tenant(CONTOSO, CONTOSO_ID)),
            "sync02": (CONTOSO, of_tenant(CONTOSO, FABRIKAM_ID)),
            "sync03": (FABRIKAM, of_tenant(FABRIKAM, OTHER_ID)),
        },
        {"sync01", "sync02"},
    ),
}


@pytest.mark.parametrize(("servers", "disputed"), AGAINST.values(), ids=AGAINST.keys())
def test_servers_whose_files_dispute_the_tenants_are_of_none(tmp_path: Path, servers: Told, disputed: set[str]) -> None:
    """Nobody knows how many tenants there are, so no fleet rule may count on it, and the person is told."""
    found = fleet(tmp_path, servers)

    assert disputed == {name for name, tenant in found.tenants.items() if not tenant}
    [diagnostic] = found.diagnostics
    listed = ", ".join(f"'{name}'" for name in sorted(disputed))
    assert f"The files of some servers ({listed}) tell that tenants are one" in diagnostic.message
    assert {"2.6.91.0"} == set(words(found).values())


AS_DECLARED: dict[str, tuple[Told, dict[str, str]]] = {
    "identifier and domain of one tenant": (
        {"sync01": (CONTOSO_ID, of_tenant(CONTOSO, CONTOSO_ID)), "sync02": (CONTOSO, of_tenant(CONTOSO, CONTOSO_ID))},
        {"sync01": CONTOSO, "sync02": CONTOSO},
    ),
    "one identifier with two domains, declared and told by each": (
        {"sync01": (CONTOSO_ID, of_tenant(CONTOSO, CONTOSO_ID)), "sync02": (CONTOSO_ID, of_tenant(FABRIKAM, CONTOSO_ID))},
        {"sync01": CONTOSO_ID, "sync02": CONTOSO_ID},
    ),
    "two tenants": (
        {"sync01": (CONTOSO, of_tenant(CONTOSO, CONTOSO_ID)), "sync02": (FABRIKAM, of_tenant(FABRIKAM, FABRIKAM_ID))},
        {"sync01": CONTOSO, "sync02": FABRIKAM},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("servers", "tenants"), AS_DECLARED.values(), ids=AS_DECLARED.keys())
def test_files_that_tell_nothing_against_what_is_declared(
    tmp_path: Path, servers: Told, tenants: dict[str, str]
) -> None:
    """Where files and inventory fit together, the tenant is the one that is declared."""
    found = fleet(tmp_path, servers)

    assert tenants == found.tenants
    assert () == found.diagnostics


def test_an_identifier_that_is_declared_as_a_fact_counts_like_one_that_files_tell(tmp_path: Path) -> None:
    """Two servers of one domain with two identifiers are no one tenant, wherever the identifiers come from."""
    for name in ("sync01", "sync02"):
        write(tmp_path / f"{name}.json", document(name, **of_tenant(CONTOSO)))

    found = acquired(
        tmp_path,
        expected("sync01", CONTOSO, tenant__id=CONTOSO_ID),
        expected("sync02", CONTOSO, tenant__id=FABRIKAM_ID),
    )

    assert {"sync01": "", "sync02": ""} == found.tenants
    assert ["tell that tenants are one"] == [
        "tell that tenants are one" for one in found.diagnostics if "tell that tenants are one" in one.message
    ]


def test_f_b14_facts_of_another_identifier_than_is_declared_beside_the_domain(tmp_path: Path) -> None:
    """F-B14: the domain fits, the identifier that is declared as a fact does not: the facts are of another server."""
    write(tmp_path / "a.json", document("SYNC01", **of_tenant(CONTOSO, FABRIKAM_ID)))

    found = acquired(tmp_path, expected("sync01", CONTOSO, tenant__id=CONTOSO_ID))

    assert {"sync01": "identity"} == words(found)
    assert any(f"'{CONTOSO}' or '{CONTOSO_ID}'" in one.message for one in found.diagnostics)


INVENTORY = """\
inventory: two
servers:
  - {{name: sync00, tenant: {0}, role: active}}
  - {{name: sync01, tenant: {1}, role: active}}
"""


@pytest.mark.parametrize(
    ("ids", "code"), [((CONTOSO_ID, FABRIKAM_ID), 0), ((CONTOSO_ID, CONTOSO_ID), 4)], ids=["two tenants", "one or two"]
)
def test_f_b16_two_active_servers_of_one_tenant_do_not_pass_for_two_tenants(
    tmp_path: Path, ids: tuple[str, str], code: int
) -> None:
    """F-B16: what the inventory declares as two tenants with one active server each is one tenant, say the files."""
    tenants = (CONTOSO, FABRIKAM)
    (tmp_path / "inventory.yaml").write_text(INVENTORY.format(*tenants), "utf-8")
    for number, (domain, id_) in enumerate(zip(tenants, ids, strict=True)):
        facts = document(f"SYNC0{number}", scheduler__staging_mode_enabled=False, **of_tenant(domain, id_))
        write(tmp_path / f"facts/{number}.json", facts)

    done = run(
        tmp_path, "check", "--policy", "fleet", "--rule", "AADC0201", "--facts", "facts", "--inventory",
        "inventory.yaml", "--as-of", AS_OF, "-o", "text",
    )  # fmt: skip

    assert code == done.code, done.out + done.err
    assert (code == 4) is ("tell that tenants are one which are declared as several" in " ".join(done.out.split()))


_DOMAINS = st.sampled_from([CONTOSO, FABRIKAM])
_IDS = st.sampled_from([CONTOSO_ID, FABRIKAM_ID])
_HINTS = st.builds(TenantHints, st.frozensets(_IDS, max_size=1), st.frozensets(_DOMAINS, max_size=1))


@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.sampled_from([CONTOSO, FABRIKAM, ""]), _HINTS), max_size=4)
)
def test_servers_of_one_tenant_are_never_told_apart(servers: dict[str, tuple[str, TenantHints]]) -> None:
    """Two servers whose files tell one identifier never have two tenants that are both known."""
    told = declared_tenants(
        {name: tenant for name, (tenant, _) in servers.items()}, {name: hints for name, (_, hints) in servers.items()}
    )

    for id_ in (CONTOSO_ID, FABRIKAM_ID):
        named = {told.tenants[name] for name, (_, hints) in servers.items() if id_ in hints.ids} - {UNKNOWN}
        assert len(named) <= 1
    assert set(told.disputed) <= {name for name, tenant in told.tenants.items() if not tenant}
