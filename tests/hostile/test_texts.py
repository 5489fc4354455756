"""Hostile text in facts reaches no console, pipeline, page or XML as anything but text."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from tests.running import EXPORTS, Done, check, run

TEXTS = {
    "T31": '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{7*7}}',
    "T32": "::set-output name=a::b ##[add-mask]FAIL ##[stop-commands]x",
    "T32 after a blank": "\u00a0::error::x",
    "T33": "a ##vso[task.setvariable variable=a]b ##vso[task.complete result=Succeeded]",
    "T34": "\u009b2J \u202egnp.exe \u200b \u2028 \ufeff",
    "T36": "``` | ![](http://evil.example/x.png) @team [x](http://evil.example) |",
}


def hostile(folder: Path, text: str) -> Done:
    """Check an export whose failing rule is named *text*, and write every format."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", folder / "export"))
    path = next(
        one for one in export.rglob("*.xml") if ">Microsoft.OuttoAADGroupWriteupMemberLimit." in one.read_text("utf-8")
    )
    content = re.sub(r"<name>.*?</name>", lambda _: f"<name>{escape(text)}</name>", path.read_text("utf-8"), count=1)
    path.write_text(content.replace("250000", "50000"), "utf-8")
    formats = ["json:r.json", "junit:r.xml", "sarif:r.sarif", "sarif-full:full.sarif"]
    return check(folder, *(word for one in formats for word in ("-o", one)), facts="export")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_command_of_a_pipeline_is_printed(tmp_path: Path, text: str) -> None:
    """T32, T33: no line of the console holds what a runner takes for a command; T34: nothing acts on a terminal."""
    done = hostile(tmp_path, text)

    assert done.code == 1
    for line in (done.out + done.err).splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "##vso[" not in line
        assert line.isprintable() or not line


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_report_can_be_read_back(tmp_path: Path, text: str) -> None:
    """T31, T35, T36: the XML is well-formed, the JSON holds the text as it was, SARIF has no markup from facts."""
    hostile(tmp_path, text)

    root = ET.fromstring((tmp_path / "r.xml").read_bytes())
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    sarif = json.loads((tmp_path / "r.sarif").read_text("utf-8"))

    names = {
        entry["name"]
        for one in told["findings"]
        if isinstance(one["observed"], list)
        for entry in one["observed"]
        if "name" in entry
    }
    assert text in names
    assert len(root.findall(".//failure")) == 1
    assert [1] == [len(one["results"]) for one in sarif["runs"]]
    assert "markdown" not in sarif["runs"][0]["results"][0]["message"]


def test_t35_characters_that_no_xml_holds_become_visible(tmp_path: Path) -> None:
    """T35: control characters and lone surrogates in a facts document come out as escapes."""
    export = EXPORTS / "v2-compliant"
    told = json.loads(run(tmp_path, "facts", str(export), "-o", "json").out)
    told["facts"]["features.sign_on_method"]["value"] = "\x00\x1b\ufffe\x85"
    (tmp_path / "facts.json").write_text(json.dumps(told), "utf-8")
    (tmp_path / "p.yaml").write_text(
        'policy: p\nversion: "1"\ntitle: T\nrules:\n  - id: TEST0001\n    title: T\n    severity: high\n'
        "    fact: features.sign_on_method\n    expect: {equals: x}\n"
    )

    done = check(tmp_path, "-o", "junit:r.xml", policy="p.yaml", facts="facts.json")

    assert done.code == 1
    assert r"\x00\x1b\ufffe\x85" in (tmp_path / "r.xml").read_text("utf-8")
    assert r"\x00\x1b\ufffe\x85" in done.out


def test_t37_a_text_of_megabytes_is_cut_for_people_only(tmp_path: Path) -> None:
    """T37: reports for people stay short and say how much is left out; the results hold all of it."""
    done = hostile(tmp_path, "x" * 5_000_000)

    assert len(done.out) < 100_000
    assert "...(+" in done.out
    assert (tmp_path / "r.xml").stat().st_size < 200_000
    assert (tmp_path / "r.json").stat().st_size > 5_000_000


def test_t37_a_thousand_rules_that_fail_are_counted(tmp_path: Path) -> None:
    """T37: of a long list the first entries are named, and the rest is counted."""
    export = Path(shutil.copytree(EXPORTS / "v2-compliant", tmp_path / "export"))
    path = next(
        one for one in export.rglob("*.xml") if ">Microsoft.OuttoAADGroupWriteupMemberLimit." in one.read_text("utf-8")
    )
    content = path.read_text("utf-8").replace("250000", "50000")
    for number in range(1000):
        identifier = f"<id>{{00000000-0000-0000-0000-{number:012}}}</id>"
        path.with_name(f"{number}.xml").write_text(re.sub(r"<id>.*?</id>", identifier, content, count=1), "utf-8")

    done = check(tmp_path, facts="export")

    assert done.code == 1
    assert "1000 of 1001" in done.out
    assert len(done.out) < 100_000
