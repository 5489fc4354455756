"""Files of cases, right and wrong; what the loader tells of each, and whether a schema can know it."""

from __future__ import annotations

from dataclasses import dataclass

GOOD = """\
policy: ours.yaml
now: "2026-11-22T10:00:00Z"
defaults:
  facts: {product.version: "2.5.79.0", tenant.cloud: commercial}
  parameters: {minimum: 60000}
cases:
  - case: all is well
    facts:
      endpoint.export_api_version: 2
      groups.member_limits: [{name: A, limit: 70000}, {limit: 60000}]
      scheduler.suspended: {absent: true}
      scheduler.sync_cycle_enabled: {unknown: denied}
      groups.member_limit_unparsed: []
    age: "P2D"
    expect: {AADC0001: pass, AADC0006: pass}
  - case: two servers
    parameters: {minimum: 50001}
    facts: {endpoint.export_api_version: 1}
    servers:
      sync01: {tenant: contoso, age: "PT1H", facts: {endpoint.export_api_version: 2, server.role: active}}
      sync02: {tenant: contoso}
      sync03: {missing: true, facts: {server.role: staging}}
    expect:
      AADC0001: {sync01: pass, sync02: fail, sync03: error}
      AADC0202: {contoso: error}
      AADC0006: error
"""


@dataclass(frozen=True)
class Document:
    """A file of cases."""

    name: str
    text: str
    told: str = ""  # part of what the loader says; nothing where the file is right
    schema_knows: bool = True


def changed(old: str, new: str) -> str:
    """Give the right file with one part exchanged."""
    assert old in GOOD, old
    return GOOD.replace(old, new, 1)


DOCUMENTS = [
    Document("right", GOOD),
    Document("a shipped name", changed("ours.yaml", "ours")),
    Document("no policy", changed("policy: ours.yaml\n", ""), "a file of cases has no 'policy'"),
    Document("no such policy", changed("ours.yaml", "theirs.yaml"), "there is no 'theirs.yaml'", schema_knows=False),
    Document("no cases", GOOD[: GOOD.index("cases:")], "a file of cases has no 'cases'"),
    Document("an empty list of cases", GOOD[: GOOD.index("cases:")] + "cases: []\n", "'cases' is empty"),
    Document("cases that are no list", GOOD[: GOOD.index("cases:")] + "cases: {a: 1}\n", "'cases' is a list"),
    Document("a case that is no mapping", GOOD + "  - a case\n", "a case is a mapping"),
    Document("a case without a name", changed("case: all is well", "age: 'P1D'"), "a case has no 'case'"),
    Document("an unknown key of a case", changed("    age:", "    aged:"), "did you mean 'age'?"),
    Document("an unknown key of the file", changed("now:", "nov:"), "did you mean 'now'?"),
    Document("a moment that is none", changed("2026-11-22T10:00:00Z", "2026-11-32T10:00:00Z"), "no moment", False),
    Document("a moment without an offset", changed("10:00:00Z", "10:00:00"), "is not a time with an offset"),
    Document("a name given twice", changed("two servers", "all is well"), "already given at cases.yaml:7:5", False),
    Document("an unknown fact", changed("scheduler.suspended:", "scheduler.suspendet:"), "did you mean 'scheduler.sus"),
    Document("a fact of a wrong type", changed("version: 2\n", 'version: "2"\n'), "version' is an integer, not the"),
    Document("a value the fact never has", changed("commercial", "comercial"), "did you mean 'commercial'?"),
    Document("a state that is none", changed("{absent: true}", "{missing: true}"), "unknown key 'missing'"),
    Document("a fact that is absent and unknown", changed("{absent: true}", "{absent: true, unknown: denied}"), "not b"),
    Document("a fact that is not absent", changed("{absent: true}", "{absent: false}"), "that is not absent"),
    Document("absence that is no boolean", changed("{absent: true}", "{absent: 1}"), "'absent' is a boolean"),
    Document("a reason that is none", changed("denied", "denial"), "did you mean 'denied'?"),
    Document("records that are no list", changed("unparsed: []", "unparsed: 1"), "is a list of records"),
    Document("a record that is no mapping", changed("{limit: 60000}", "60000"), "a record of 'groups.member_limits' is"),
    Document("an unknown field", changed("{limit: 60000}", "{limits: 60000}"), "did you mean 'limit'?"),
    Document("a field of a wrong type", changed("{limit: 60000}", "{limit: many}"), "'limit' of 'groups.member_limits'"),
    Document("an empty record", changed("{limit: 60000}", "{}"), "is empty"),
    Document("facts that are no mapping", changed("facts: {endpoint.export_api_version: 1}", "facts: 1"), "'facts' is"),
    Document("defaults that are no mapping", GOOD.replace("defaults:\n", "defaults: 1\n", 1).replace(
        '  facts: {product.version: "2.5.79.0", tenant.cloud: commercial}\n  parameters: {minimum: 60000}\n', "", 1
    ), "'defaults' is a mapping"),
    Document("an unknown parameter", changed("{minimum: 50001}", "{minimun: 1}"), "did you mean 'minimum'?", False),
    Document("a parameter of a wrong type", changed("{minimum: 50001}", "{minimum: few}"), "is an integer", False),
    Document(
        "a parameter with which a rule makes no sense", changed("{minimum: 50001}", "{minimum: 999999}"),
        "the values do not fit the policy", schema_knows=False,
    ),
    Document(
        "a default of a parameter with which a rule makes no sense", changed("{minimum: 60000}", "{minimum: 999999}"),
        "the values do not fit the policy", schema_knows=False,
    ),
    Document("an age that is none", changed('"P2D"', '"2 days"'), "'age': '2 days' is not a duration"),
    Document("an age without quotes", changed('"P2D"', "P2D"), "'age' is a duration in quotes", schema_knows=False),
    Document("an age before all calendars", changed('"P2D"', '"P9999999D"'), "no calendar goes back", False),
    Document("servers that are no mapping", changed("    servers:\n", "    servers: [1]\n    x: \n"), "'servers' is a"),
    Document("a server that is no mapping", changed("sync02: {tenant: contoso}", "sync02: 1"), "a server is a mapping"),
    Document("a server of a wrong name", changed("sync02: {tenant: contoso}", "-s: {tenant: c}"), "a server's name"),
    Document(
        "two servers of one name", changed("      sync02: {tenant", "      Sync01: {tenant"),
        "'Sync01' is 'sync01' in another letter case", schema_knows=False,
    ),
    Document("a tenant of a wrong form", changed("sync02: {tenant: contoso}", "sync02: {tenant: -}"), "not a tenant"),
    Document(
        "a missing server that was observed", changed("{server.role: staging}", "{product.version: '1.0'}"),
        "nothing is observed of a server that is missing", schema_knows=False,
    ),
    Document("a missing server, perhaps", changed("missing: true", "missing: perhaps"), "'missing' is a boolean"),
    Document("an unknown rule", changed("AADC0006: error", "AADC0060: error"), "did you mean 'AADC0006'?", False),
    Document("an unknown outcome", changed("AADC0006: error", "AADC0006: broken"), "unknown outcome 'broken'"),
    Document("an outcome that is no word", changed("AADC0006: error", "AADC0006: 1"), "outcome is text"),
    Document("an expectation of nothing", changed("{contoso: error}", "{}"), "what is expected of 'AADC0202' is empty"),
    Document("nothing expected", changed("{AADC0001: pass, AADC0006: pass}", "{}"), "'expect' is empty"),
    Document("an unknown server", changed("sync03: error", "sync30: error"), "did you mean 'sync03'?", False),
    Document("an unknown tenant", changed("{contoso: error}", "{fabrikam: error}"), "no tenant 'fabrikam'", False),
    Document("a tenant that is not known", changed("{contoso: error}", "{unknown: error}")),
    Document(
        "a fleet rule in a case of one server", changed("AADC0006: pass}", "AADC0202: pass}"),
        "the case has no 'servers'", schema_knows=False,
    ),
]  # fmt: skip
