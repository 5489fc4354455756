"""What the command makes of combined sources: the cases that the endpoint rules exist for."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.promise.red_cases import rule_change, substitute, text_of, write
from tests.running import EXPORTS, check, run

SAMPLES = os.environ.get("ADSYNC_CHECKER_SAMPLES", "")
CONTOSO = Path(SAMPLES) / "contoso-1.1.130.0"
needs_contoso = pytest.mark.skipif(
    not (SAMPLES and CONTOSO.is_dir()), reason="ADSYNC_CHECKER_SAMPLES names no folder with the real export"
)

REG = (
    "Windows Registry Editor Version 5.00\r\n\r\n"
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\ADSync\\Parameters]\r\n"
    '"AadConnectorExportApiVersion"=dword:00000002\r\n"AadConnectorImportApiVersion"=dword:00000002\r\n\r\n'
)


def words(folder: Path, *arguments: str, facts: str = "export") -> tuple[int, dict[str, str]]:
    """Give the exit code, and the outcome (of an error the reason) of each rule of the one server."""
    done = check(folder, "-o", "json", *arguments, facts=facts)
    told = {
        one["rule"]: f"error({one['reason']})" if one["outcome"] == "error" else one["outcome"]
        for one in json.loads(done.out)["findings"]
    }
    return done.code, told


@needs_contoso
def test_a_real_export_of_2016(tmp_path: Path) -> None:
    """The export folder tells the export version, the limits and the scheduler, and not the import version."""
    code, told = words(tmp_path, facts=str(CONTOSO))

    assert code == 4
    assert {
        "AADC0001": "fail", "AADC0002": "error(not_in_source)", "AADC0003": "error(not_in_source)",
        "AADC0004": "fail", "AADC0005": "pass", "AADC0006": "fail", "AADC0007": "not_applicable", "AADC0008": "pass",
        "AADC0009": "not_applicable", "AADC0010": "pass", "AADC0011": "pass", "AADC0012": "error(not_in_source)",
        "AADC0013": "pass",
    } == told  # fmt: skip


@needs_contoso
def test_a_real_export_tells_its_limits(tmp_path: Path) -> None:
    """50000 in the expression, 49999 in each of two scope clauses, each with its line."""
    done = check(tmp_path, "-o", "json", facts=str(CONTOSO))

    [finding] = [one for one in json.loads(done.out)["findings"] if one["rule"] == "AADC0006"]
    assert [("expression", 50000), ("scope", 49999), ("scope", 49999)] == [
        (one["via"], one["limit"]) for one in finding["observed"]
    ]
    assert 40 == finding["location"]["line"]


@needs_contoso
def test_a_registry_export_beside_an_old_build(tmp_path: Path) -> None:
    """Below 1.5.30.0 there is only v1, whatever the registry says; and the places disagree."""
    shutil.copytree(CONTOSO, tmp_path / "export")
    (tmp_path / "export/adsync.reg").write_bytes(b"\xff\xfe" + REG.encode("utf-16-le"))

    _, told = words(tmp_path)

    assert ("error(conflicting)", "fail", "fail") == (told["AADC0001"], told["AADC0002"], told["AADC0003"])


@needs_contoso
def test_a_registry_export_that_is_named_for_itself(tmp_path: Path) -> None:
    """It need not lie in the folder of the export, if there is only one server that it can be of."""
    (tmp_path / "adsync.reg").write_bytes(b"\xff\xfe" + REG.encode("utf-16-le"))

    _, told = words(tmp_path, "--facts", "adsync.reg", facts=str(CONTOSO))

    assert ("error(conflicting)", "fail", "fail") == (told["AADC0001"], told["AADC0002"], told["AADC0003"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_registry_export_beside_a_build_of_today(tmp_path: Path, encoding: str) -> None:
    """All three places say v2: the filtering by the product's default, for a .reg file is recursive."""
    export = shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export")
    (export / "adsync.reg").write_bytes(b"\xff\xfe" + REG.encode("utf-16-le") if encoding == "utf-16" else REG.encode())

    code, told = words(tmp_path)

    assert (0, {"pass"}) == (code, {told[rule] for rule in ("AADC0001", "AADC0002", "AADC0003")})


@pytest.mark.parametrize(
    ("text", "export_version", "import_version", "consistent"),
    [
        pytest.param(
            "\r\nAadConnectorExportApiVersion : 2\r\nAadConnectorImportApiVersion : 2\r\n\r\n",
            "pass", "pass", "error(not_in_source)", id="both",
        ),
        pytest.param("\r\nAadConnectorExportApiVersion : 2\r\n", "pass", "error(absent)", "error(not_in_source)", id="no import"),
        pytest.param("", "error(ambiguous)", "error(ambiguous)", "error(ambiguous)", id="no output"),
    ],
)  # fmt: skip
def test_the_text_of_the_query(
    tmp_path: Path, text: str, export_version: str, import_version: str, consistent: str
) -> None:
    """The query tells the registry values; it does not tell the reference filtering, and no output proves nothing."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    (export / "adsync.reg").unlink()
    (export / "endpoint.txt").write_bytes(text.encode())

    _, told = words(tmp_path)

    assert (export_version, import_version, consistent) == (told["AADC0001"], told["AADC0002"], told["AADC0003"])


def test_no_output_means_v1_where_absence_means_v1(tmp_path: Path) -> None:
    """Below 1.6.2.4 the article's *no output means v1* holds."""
    export = Path(shutil.copytree(EXPORTS / "v1-legacy", tmp_path / "export"))
    (export / "endpoint.txt").write_bytes(b"")

    _, told = words(tmp_path)

    assert ("fail", "fail") == (told["AADC0001"], told["AADC0002"])


def test_an_absent_import_version_is_accepted_only_on_demand(tmp_path: Path) -> None:
    """The product's default for a missing import version counts only if the policy's parameter says so."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    substitute(r'"AadConnectorImportApiVersion"=dword:00000002\r?\n', "", where="*.reg")(export)

    assert "error(absent)" == words(tmp_path)[1]["AADC0002"]
    code, told = words(tmp_path, "--set", "absent_import_version=allowed")
    assert (0, "pass") == (code, told["AADC0002"])


def test_a_registry_export_of_another_connector(tmp_path: Path) -> None:
    """A PerMAInstance name that is not the connector's is an error of identity."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    substitute(r"PerMAInstance\\[^\]]*\]", r"PerMAInstance\\other.onmicrosoft.com - AAD]", where="*.reg")(export)

    _, told = words(tmp_path)

    assert ({"error(identity)"}, "error(identity)") == ({told["AADC0001"], told["AADC0002"]}, told["AADC0003"])


def test_f_c24_a_limit_in_a_scope_clause_counts(tmp_path: Path) -> None:
    """F-C24: a clause `memberCount LESSTHAN 50000` limits groups to 49,999 members."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    [path] = [one for one in export.rglob("*.xml") if ">Microsoft.OuttoAADGroupJoin." in text_of(one)]
    clause = (
        "<conditions><scope><csAttribute>memberCount</csAttribute><csOperator>LESSTHAN</csOperator>"
        "<csValue>50000</csValue></scope></conditions></synchronizationCriteria>"
    )
    text = re.sub(
        r"<synchronizationCriteria\s*/>", "<synchronizationCriteria></synchronizationCriteria>", text_of(path)
    )
    write(path, text.replace("</synchronizationCriteria>", clause))

    code, told = words(tmp_path)

    assert (1, "fail") == (code, told["AADC0006"])


@pytest.mark.parametrize(
    "narrowed",
    [
        pytest.param(r'IIF(([cn]&lt;&gt;"Board")&amp;&amp;\g<1>', id="an exclusion"),
        pytest.param(r"IIF(IsPresent([mail]),\g<1>,IgnoreThisFlow)", id="only some groups"),
    ],
)
def test_f_c24_a_limit_with_a_further_condition_is_not_understood(tmp_path: Path, narrowed: str) -> None:
    """F-C24: a number that is in range, under a condition that nobody looks at, is no limit in range."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    [path] = [one for one in export.rglob("*.xml") if ">Microsoft.OuttoAADGroupWriteupMemberLimit." in text_of(one)]
    text, count = re.subn(r'(IIF\(\(ValueCount\("member"\).*?IgnoreThisFlow\))', narrowed, text_of(path))
    assert count == 1
    write(path, text)

    code, told = words(tmp_path)

    assert (4, "error(unparsed)", "fail") == (code, told["AADC0006"], told["AADC0008"])


def test_f_c23_a_disabled_standard_rule_is_no_limit(tmp_path: Path) -> None:
    """F-C23: with the only rule that limits members disabled, there is no limit to be in range: an error, not a pass."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    rule_change("OuttoAADGroupWriteupMemberLimit", "<disabled>False<", "<disabled>True<")(export)

    code, told = words(tmp_path)

    assert (4, "error(absent)") == (code, told["AADC0006"])


def test_facts_of_a_person(tmp_path: Path) -> None:
    """`facts` shows every fact, its value and place, and what the sources cannot tell."""
    done = run(tmp_path, "facts", str(EXPORTS / "v1-legacy"))

    assert done.code == 0
    assert re.search(r"scheduler\.sync_cycle_enabled +false", done.out)
    assert "cannot tell" in done.out
    assert re.search(r"endpoint\.import_api_version_raw +.*registry", done.out)


def test_facts_of_several_servers_are_lines(tmp_path: Path) -> None:
    """`facts -o json` writes one document for one server, and a document a line for several."""
    done = run(tmp_path, "facts", str(EXPORTS / "fleet"), "-o", "json")

    documents = [json.loads(line) for line in done.out.splitlines()]
    assert ["adsync-checker/facts/v1"] * 2 == [one["format"] for one in documents]


def test_a_support_bundle_is_its_configuration_folder_and_its_hives(tmp_path: Path) -> None:
    """Of a support bundle the export and the registry logs are read; texts, tables and events are listed."""
    bundle = tmp_path / "MECLOG" / "20261120-101500"
    shutil.copytree(EXPORTS / "v2-compliant", bundle / "CONFIG/MEC")
    (bundle / "CONFIG/GENERAL").mkdir()
    shutil.move(bundle / "CONFIG/MEC/adsync.reg", bundle / "CONFIG/GENERAL/REG_HKLM_SYSTEM_Hive.log")
    strange = {
        "CONFIG/MEC/Get-ADSyncScheduler.txt": b"\r\nSyncCycleEnabled : True\r\n",
        "CONFIG/MEC/Get-ADSyncAADCompanyFeature.txt": b"",
        "RUNHISTORY/x_Get-ADSyncRunProfileResult.csv": b'"RunHistoryId","Result"\r\n',
        "EVENTLOG/Application.evtx": b"ElfFile\0\0\0\0",
    }
    for name, content in strange.items():
        (bundle / name).parent.mkdir(exist_ok=True)
        (bundle / name).write_bytes(content)

    done = check(tmp_path, "-o", "json", facts="MECLOG")

    told = json.loads(done.out)
    assert 0 == done.code
    assert {f"MECLOG/20261120-101500/{name}" for name in strange} == {
        one["path"] for one in told["files_not_understood"]
    }
    assert 1 == len(told["servers"])


def test_every_kind_of_source_at_once(tmp_path: Path) -> None:
    """Cmdlet dumps beside the folder that says the same make a fact rest on both."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    scheduler = {"SyncCycleEnabled": True, "SchedulerSuspended": False, "MaintenanceEnabled": True}
    (export / "scheduler.json").write_text(json.dumps({**scheduler, "StagingModeEnabled": False}))
    agreed, _ = words(tmp_path)
    (export / "scheduler.json").write_text(json.dumps({**scheduler, "SyncCycleEnabled": False}))

    code, told = words(tmp_path)

    assert 0 == agreed
    assert (4, "error(conflicting)") == (code, told["AADC0010"])
