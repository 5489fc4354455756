"""Whole runs with waivers: what is accepted is told in every report, and nothing else becomes green by it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.promise.fleet_runs import (
    ACTIVE,
    STAGING,
    TENANT,
    check_fleet,
    edit,
    finding,
    limit,
    make_fleet,
    results,
    setting,
    told,
    waiver,
    write_waivers,
)
from tests.running import Done

ONE = f"[{ACTIVE}]"
BOTH = f"[{ACTIVE}, {STAGING}]"
SCHEDULER = "AADC0010"
LIMIT = "AADC0006"


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """Give a fleet of which the scheduler of the active server is off."""
    make_fleet(tmp_path)
    setting("active", "SynchronizationSchedule", "False")(tmp_path)
    assert 1 == check_fleet(tmp_path).code
    return tmp_path


@pytest.fixture
def low(tmp_path: Path) -> Path:
    """Give a fleet of which both servers have a member limit that is too low."""
    make_fleet(tmp_path)
    for server in ("active", "staging"):
        limit(server, 50000)(tmp_path)
    assert 1 == check_fleet(tmp_path).code
    return tmp_path


def check(folder: Path, *arguments: str, as_of: str = "2026-11-22T10:00:00Z") -> Done:
    """Run `check` on the fleet with its waivers."""
    return check_fleet(folder, "--waivers", "waivers.yaml", *arguments, as_of=as_of)


def states(folder: Path) -> set[tuple[str, str]]:
    """Give what became of the waivers, and of which target."""
    return {(one["state"], one["target"] or "") for one in results(folder)["waivers"]}


def plain(text: str) -> str:
    """Give a text without its line breaks."""
    return " ".join(text.split())


def test_f_e07_a_waived_failure_is_decided_and_stays_a_failure(failing: Path) -> None:
    """The run is compliant, the outcome is not, and the headline counts what is accepted."""
    write_waivers(failing, waiver(SCHEDULER, servers=ONE))

    done = check(failing, "--strict")

    assert 0 == done.code, done.out + done.err
    found = finding(failing, SCHEDULER, ACTIVE)
    assert ("fail", False) == (found["outcome"], found["observed"])
    assert ("jane.doe@fabrikam.com", "max.muster@fabrikam.com", "CHG-4711", "2026-12-31") == tuple(
        found["waiver"][key] for key in ("owner", "approver", "ticket", "expires")
    )
    summary = results(failing)["summary"]
    assert (1, 1) == (summary["waived"], summary["fail"])
    assert "1 fail, 2 error, 4 not applicable, 1 waived; 2 below" in plain(done.out)


def test_f_e07_every_report_shows_the_failure_and_its_waiver(failing: Path) -> None:
    """No format shows a waived failure as a pass, or leaves out who accepted it until when."""
    write_waivers(failing, waiver(SCHEDULER, servers=ONE))
    names = {"junit": "r.xml", "sarif": "r.sarif", "sarif-full": "full.sarif"}
    done = check(failing, *(word for kind, name in names.items() for word in ("-o", f"{kind}:{name}")))

    for word in ("waived", "2026-12-31", "jane.doe@fabrikam.com", "max.muster@fabrikam.com", "maintenance window"):
        assert word in plain(done.out), word
    [case] = [
        one
        for one in ET.parse(failing / "r.xml").iter("testcase")
        if one.get("name", "").startswith(SCHEDULER) and one.find("skipped") is not None
    ]
    skipped = case.find("skipped")
    assert skipped is not None
    message = skipped.get("message", "")
    assert re.match(
        r"waived until 2026-12-31 by jane\.doe@\S+ \(approved by max\.muster@\S+, CHG-4711\): It is put", message
    )
    assert "outcome: fail" in str(skipped.text)
    [full] = [one for one in sarif(failing / "full.sarif", SCHEDULER) if one["kind"] == "fail"]
    [suppression] = full["suppressions"]
    assert ("external", "accepted") == (suppression["kind"], suppression["status"])
    assert "maintenance window" in suppression["justification"]
    assert [] == sarif(failing / "r.sarif", SCHEDULER)  # a suppressed result would be shown as open there


def sarif(path: Path, rule: str) -> list[dict[str, Any]]:
    """Give the results of *rule* in a SARIF log."""
    runs = json.loads(path.read_text("utf-8"))["runs"]
    return [found for one in runs for found in one["results"] if found["ruleId"] == rule]


def test_annotations_tell_what_is_waived(failing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipeline a waived failure is a notice: neither an error, nor silent."""
    write_waivers(failing, waiver(SCHEDULER, servers=ONE))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    lines = [line for line in check(failing).out.splitlines() if line.startswith("::")]

    assert [True] == [
        line.startswith("::notice ") and "waived until 2026-12-31" in line for line in lines if SCHEDULER in line
    ]


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(
            lambda folder: (folder / "exports/active/GlobalSettings/MV.xml").write_bytes(b""), id="unreadable"
        ),
        pytest.param(lambda folder: (folder / "exports/active/GlobalSettings/MV.xml").unlink(), id="gone"),
        pytest.param(setting("active", "SynchronizationSchedule", "Perhaps"), id="of another type"),
    ],
)
def test_f_e06_t60_an_error_is_never_covered(lost: Any, tmp_path: Path) -> None:
    """A failure that turns into an error stands, whatever the waiver says."""
    make_fleet(tmp_path)
    lost(tmp_path)
    write_waivers(tmp_path, waiver('"*"', servers='["*"]', broad="true"), waiver('"*"', tenants='["*"]', broad="true"))

    assert 4 == check(tmp_path).code
    assert {None} == {one["waiver"] for one in results(tmp_path)["findings"] if one["outcome"] == "error"}
    assert any(one["outcome"] == "error" for one in results(tmp_path)["findings"])


def test_f_e06_a_stale_failure_is_an_error_and_not_covered(failing: Path) -> None:
    """What is too old to say that a rule fails is too old to be accepted."""
    write_waivers(failing, waiver(SCHEDULER, servers=ONE))

    assert 4 == check(failing, "--max-age", "P1D", "--rule", SCHEDULER).code
    assert ("error", "stale", None) == tuple(
        finding(failing, SCHEDULER, ACTIVE)[key] for key in ("outcome", "reason", "waiver")
    )


IDLE = [
    pytest.param({"expires": "2026-11-21"}, ("expired", ""), 1, "ended with 2026-11-21 UTC", id="F-E02 T57 expired"),
    pytest.param({"created": "2026-11-23"}, ("not_yet", ""), 1, "begins with 2026-11-23 UTC", id="not yet"),
    pytest.param({"rule": "AADC9999"}, ("unknown_rule", ""), 1, "no policy of this run has such a rule", id="F-E04 T58 rule"),
    pytest.param({"servers": "[sync9]"}, ("unknown_target", "sync9"), 1, "knows no such server", id="F-E04 T58 server"),
    pytest.param({"servers": f"[{STAGING}]"}, ("unused", STAGING), 1, "covers nothing", id="F-E10 T58 another server"),
    pytest.param({"rule": "AADC0011"}, ("unused", ACTIVE), 1, "covers nothing", id="F-E10 another rule"),
    pytest.param({"servers": "[sync02]"}, ("unknown_target", "sync02"), 1, "knows no such server", id="F-E03 a prefix"),
    pytest.param({"only_while": "{equals: true}"}, ("other_value", ACTIVE), 1, "with another value", id="F-E05 T60 value"),
    pytest.param({"tenants": f"[{TENANT}]"}, ("unused", TENANT), 0, "covers nothing", id="a tenant beside it"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "became", "code", "says"), IDLE)
def test_f_e04_f_e10_t58_a_waiver_that_covers_nothing_is_told(
    failing: Path, changes: dict[str, str], became: tuple[str, str], code: int, says: str
) -> None:
    """The failure stands, the report says what is wrong with the waiver, and a strict run is incomplete."""
    write_waivers(failing, waiver(**{"rule": SCHEDULER, "servers": ONE, **changes}))

    done = check(failing)

    assert code == done.code
    assert became in states(failing)
    assert says in told(failing)
    assert says in plain(done.out)
    assert 4 == check(failing, "--strict").code


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        pytest.param("2026-10-31T23:59:59Z", 1, id="before it begins"),
        pytest.param("2026-11-01T00:00:00Z", 0, id="as it begins"),
        pytest.param("2026-12-31T00:00:00Z", 0, id="as its last day begins"),
        pytest.param("2026-12-31T23:59:59Z", 0, id="in its last second"),
        pytest.param("2027-01-01T00:00:00Z", 1, id="as it ends"),
        pytest.param("2027-01-01T00:59:59+01:00", 0, id="in its last second, elsewhere"),
        pytest.param("2026-12-31T19:00:00-05:00", 1, id="as it ends, elsewhere"),
    ],
)
def test_f_e12_t59_a_waiver_ends_with_its_last_day_in_utc(failing: Path, as_of: str, code: int) -> None:
    """The one frozen moment of the run decides, wherever it runs."""
    write_waivers(failing, waiver(SCHEDULER, servers=ONE))

    assert code == check(failing, as_of=as_of).code


@pytest.mark.parametrize(
    ("pin", "value", "code"),
    [
        pytest.param("{equals: 50000}", 50000, 0, id="the value"),
        pytest.param("{equals: 50000}", 40000, 1, id="a worse value"),
        pytest.param("{at_least: 45000}", 50000, 0, id="within a bound"),
        pytest.param("{at_least: 45000}", 44999, 1, id="below the bound"),
        pytest.param("{at_least: 45000}", 300000, 0, id="above a bound that has no other end"),
        pytest.param("{at_least: 45000, at_most: 50000}", 300000, 1, id="above the bound"),
        pytest.param("{each: {limit: {equals: 50000}}}", 50000, 0, id="written out"),
        pytest.param("{each: {limit: {equals: 50000}}}", 49999, 1, id="written out, another value"),
    ],
)  # fmt: skip
def test_f_e05_t60_another_value_is_not_covered(tmp_path: Path, pin: str, value: int, code: int) -> None:
    """What was accepted was a value; a worse one later is a new failure."""
    make_fleet(tmp_path)
    limit("active", value)(tmp_path)
    limit("staging", value)(tmp_path)
    write_waivers(tmp_path, waiver(LIMIT, servers=BOTH, only_while=pin))

    assert code == check(tmp_path).code
    assert code == 0 or ("other_value", ACTIVE) in states(tmp_path)


def test_f_e05_one_server_with_another_value_is_enough(low: Path) -> None:
    """Each server is held against the pin for itself."""
    for path in (low / "exports/staging").rglob("*.xml"):
        path.write_text(path.read_text("utf-8").replace('("member")&gt; 50000', '("member")&gt; 9'), "utf-8")
    write_waivers(
        low, waiver(LIMIT, servers=BOTH, only_while="{equals: 50000}"), waiver("AADC0203", tenants=f"[{TENANT}]")
    )

    assert 1 == check(low).code
    assert {("used", ""), ("other_value", STAGING)} == states(low)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"servers": '["sync*"]'}, 3, id="servers without broad"),
        pytest.param({"servers": '["sync*"]', "broad": "true"}, 0, id="servers"),
        pytest.param({"servers": '["sync0?-synthetic"]', "broad": "true"}, 0, id="one character"),
        pytest.param({"servers": '["sync02*"]', "broad": "true"}, 1, id="one of two servers"),
        pytest.param({"servers": '["sync"]', "broad": "true"}, 1, id="no part of a name"),
        pytest.param({"servers": '["sync0[23]-synthetic"]', "broad": "true"}, 1, id="brackets are no pattern"),
        pytest.param({"servers": '[".*"]', "broad": "true"}, 1, id="a regular expression is none"),
        pytest.param({"servers": BOTH, "rule": "AADC00*"}, 3, id="a rule without broad"),
        pytest.param({"servers": BOTH, "rule": "AADC000?", "broad": "true"}, 0, id="a rule"),
        pytest.param({"servers": BOTH, "rule": "AADC02*", "broad": "true"}, 1, id="other rules"),
        pytest.param({"servers": "[SYNC02-SYNTHETIC, Sync03-Synthetic]"}, 0, id="another letter case"),
    ],
)  # fmt: skip
def test_f_e03_t58_patterns_need_to_be_asked_for(low: Path, changes: dict[str, str], code: int) -> None:
    """Names are exact; only `broad: true` makes patterns of them, and they fit whole names."""
    write_waivers(low, waiver(**{"rule": LIMIT, **changes}))

    assert code == check(low).code


@pytest.mark.parametrize(
    ("most", "code"), [("0", 1), ("1", 1), ("2", 0), ("3", 0)], ids=["none", "too many", "as many", "more"]
)
def test_f_e14_more_waived_failures_than_allowed_are_not_compliant(low: Path, most: str, code: int) -> None:
    """Everything may be accepted, but not without somebody seeing how much."""
    write_waivers(low, waiver(LIMIT, servers=BOTH))

    done = check(low, "--max-waived", most, "-o", "junit:r.xml")

    assert code == done.code
    assert "2 waived" in done.out
    assert bool(code) is ("--max-waived" in (low / "r.xml").read_text("utf-8").partition("<failure")[2])


def test_f_e14_everything_is_waived(low: Path) -> None:
    """With all failures accepted the run is compliant, and says how many there are."""
    write_waivers(low, waiver('"*"', servers='["*"]', broad="true"))

    done = check(low)

    assert 0 == done.code
    assert 2 == results(low)["summary"]["waived"]
    assert "2 waived" in done.out


MALFORMED = [
    pytest.param({"expires": '"2026-02-30"'}, "there is no day", id="T57 no such day"),
    pytest.param({"expires": '"soon"'}, "is no date", id="T57 F-E02 no date"),
    pytest.param({"expires": '"90d"'}, "is no date", id="F-E13 a span"),
    pytest.param({"expires": "2026-12-31"}, "", id="T57 without quotes"),
    pytest.param({"expires": '"2116-11-01"'}, "--longest-waiver", id="T57 F-E01 ninety years"),
    pytest.param({"expires": '""'}, "", id="T57 F-E01 an empty date"),
    pytest.param({"expires": '"9999-12-31"'}, "no day comes after", id="F-E01 the end of the calendar"),
    pytest.param({"approver": "Jane.Doe@fabrikam.com"}, "the approver is the owner", id="T57 F-E08 F-E15 approver"),
    pytest.param({"owner": '""'}, "", id="T57 F-E09 an empty owner"),
    pytest.param({"justification": '" "'}, "", id="F-E09 a blank justification"),
    pytest.param({"servers": "[]"}, "", id="no servers"),
    pytest.param({"only_while": '{equals: "false"}'}, "", id="F-C03 a pin of another type"),
    pytest.param({"only_while": "{}"}, "", id="an empty pin"),
    pytest.param({"covers": "[error]"}, "", id="F-E06 a key that nobody knows"),
]


@pytest.mark.parametrize(("changes", "says"), MALFORMED)
def test_f_e11_t57_a_malformed_waiver_file_ends_the_run(failing: Path, changes: dict[str, str], says: str) -> None:
    """Nothing is evaluated with half of a waiver file, and no report is written."""
    keys = {"rule": SCHEDULER, "servers": ONE, **changes}
    text = waiver(**{key: value for key, value in keys.items() if key != "expires"})
    text = text.replace('"2026-12-31"', changes.get("expires", '"2026-12-31"'))
    write_waivers(failing, waiver(SCHEDULER, servers=f"[{STAGING}]"), text)
    (failing / "results.json").unlink()

    done = check(failing)

    assert (3, "") == (done.code, done.out)
    assert re.search(r"waivers\.yaml:\d+:\d+: ", done.err)
    assert says in done.err
    assert not (failing / "results.json").exists()


@pytest.mark.parametrize("days", ["60", "59"], ids=["as long", "longer"])
def test_f_e01_the_longest_span_can_be_shortened(failing: Path, days: str) -> None:
    """A waiver that spans more than the house allows is refused, and not cut."""
    write_waivers(failing, waiver(SCHEDULER, servers=ONE))

    assert {"60": 0, "59": 3}[days] == check(failing, "--longest-waiver", days).code


def test_f_e11_a_waiver_file_that_is_not_there(failing: Path) -> None:
    """A path that leads nowhere is wrong usage, and not a run without waivers."""
    assert 2 == check(failing).code


def test_several_files_of_waivers_count_together(low: Path) -> None:
    """Each team has its own, and every report names them all."""
    write_waivers(low, waiver(LIMIT, servers=ONE), name="one.yaml")
    write_waivers(low, waiver(LIMIT, servers=f"[{STAGING}]"), name="two.yaml")

    codes = [check_fleet(low, *(part for name in names for part in ("--waivers", name))).code for names in (
        ("one.yaml",), ("two.yaml",), ("one.yaml", "two.yaml"), ("one.yaml", "one.yaml"),
    )]  # fmt: skip

    assert [1, 1, 0, 1] == codes


def test_several_files_one_of_which_cannot_be_used(low: Path) -> None:
    """The other one does not save the run."""
    write_waivers(low, waiver(LIMIT, servers=BOTH), name="one.yaml")
    (low / "two.yaml").write_bytes(b"")

    assert 3 == check_fleet(low, "--waivers", "one.yaml", "--waivers", "two.yaml").code


def test_of_several_waivers_the_one_that_ends_last_is_shown(failing: Path) -> None:
    """Whoever reads the report sees until when the failure is accepted."""
    write_waivers(
        failing,
        waiver(SCHEDULER, servers=ONE, expires="2026-11-30"),
        waiver(SCHEDULER, servers=ONE, expires="2026-12-15"),
        waiver(SCHEDULER, servers=ONE, expires="2026-11-29"),
    )

    assert 0 == check(failing, "--strict").code
    assert "2026-12-15" == finding(failing, SCHEDULER, ACTIVE)["waiver"]["expires"]


@pytest.fixture
def two_active(tmp_path: Path) -> Path:
    """Give a fleet of which both servers are active, as is declared."""
    make_fleet(tmp_path)
    setting("staging", "StagingMode", "False")(tmp_path)
    edit(tmp_path, "role: staging", "role: active")
    assert 1 == check_fleet(tmp_path).code
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "code", "state"),
    [
        pytest.param({"tenants": f"[{TENANT}]"}, 0, ("used", ""), id="the tenant"),
        pytest.param({"tenants": "[FABRIKAM.onmicrosoft.com]"}, 0, ("used", ""), id="in another letter case"),
        pytest.param({"tenants": f"[{TENANT}]", "only_while": "{equals: 2}"}, 0, ("used", ""), id="while there are two"),
        pytest.param({"tenants": f"[{TENANT}]", "only_while": "{equals: 3}"}, 1, ("other_value", TENANT), id="another number"),
        pytest.param({"tenants": "[contoso.onmicrosoft.com]"}, 1, ("unknown_target", "contoso.onmicrosoft.com"), id="another"),
        pytest.param({"servers": f"[{ACTIVE}]"}, 1, ("unused", ACTIVE), id="a server is no tenant"),
        pytest.param({"servers": '["*"]', "broad": "true"}, 1, ("unused", "*"), id="all servers are no tenant"),
        pytest.param({"tenants": "[unknown]"}, 1, ("unknown_target", "unknown"), id="the word for no tenant"),
    ],
)  # fmt: skip
def test_a_failure_of_a_tenant_is_waived_by_the_tenant(
    two_active: Path, changes: dict[str, str], code: int, state: tuple[str, str]
) -> None:
    """A fleet rule speaks of a tenant, and so does its waiver."""
    write_waivers(two_active, waiver("AADC0201", **changes))

    assert code == check(two_active).code
    assert {state} == states(two_active)


def test_f_e06_a_fleet_rule_that_turns_into_an_error_is_not_covered(two_active: Path) -> None:
    """With one of its servers unreadable nobody knows how many are active."""
    write_waivers(two_active, waiver("AADC0201", tenants=f"[{TENANT}]"))
    (two_active / "exports/staging/GlobalSettings/MV.xml").write_bytes(b"")

    assert 4 == check(two_active).code
    found = finding(two_active, "AADC0201", TENANT)
    assert ("error", None) == (found["outcome"], found["waiver"])


def test_a_narrowed_run_does_not_blame_waivers_of_what_it_left_out(low: Path) -> None:
    """A waiver of another rule or server is neither unused nor unknown, for nobody looked."""
    write_waivers(low, waiver(LIMIT, servers=BOTH), waiver("AADC0011", servers=ONE))

    assert 0 == check(low, "--rule", LIMIT, "--limit", ACTIVE).code
    assert {("used", ""), ("not_selected", STAGING), ("not_selected", "")} == states(low)


def test_f_e04_a_waiver_of_a_rule_that_is_disabled_is_unused(failing: Path) -> None:
    """What is not evaluated needs no waiver, and one that stays would catch what comes next."""
    (failing / "corp.yaml").write_text(
        'policy: corp\nversion: "1.0.0"\ntitle: Ours\nextends: v2-endpoint\n'
        f"rules:\n  - {{id: {SCHEDULER}, disabled: true, reason: Another tool looks at it}}\n"
    )
    write_waivers(failing, waiver(SCHEDULER, servers=ONE))

    done = check_fleet(failing, "--waivers", "waivers.yaml", policies=("corp.yaml",))

    assert (0, {("unused", ACTIVE)}) == (done.code, states(failing))
    assert 4 == check_fleet(failing, "--waivers", "waivers.yaml", "--strict", policies=("corp.yaml",)).code


def test_f_b20_facts_cannot_waive(failing: Path) -> None:
    """A waiver that lies among the exports is a file that is not understood."""
    write_waivers(failing, waiver(SCHEDULER, servers=ONE), name="exports/active/waivers.yaml")

    assert 1 == check_fleet(failing).code
