"""The verb `remediate`: files for people, written whole, and nothing run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.running import EXPORTS, Done, check, run

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")


@pytest.fixture(scope="module", name="results")
def _results(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the results of an export that fails."""
    folder = tmp_path_factory.mktemp("run")
    path = folder / "results.json"
    check(folder, "-o", f"json:{path}", facts=str(EXPORTS / "v1-legacy"))
    return path.read_bytes()


def _remediate(folder: Path, *arguments: str, results: bytes) -> Done:
    (folder / "results.json").write_bytes(results)
    return run(folder, "remediate", "results.json", "--out", "out", *arguments)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _changed(results: bytes, **changes: Any) -> bytes:
    document = json.loads(results)
    document["run"] |= changes
    return json.dumps(document).encode()


def test_a_script_and_a_text_for_each_server(tmp_path: Path, results: bytes) -> None:
    """There is a script, a text, and a list of all; the folder is made."""
    done = _remediate(tmp_path, results=results)

    assert (0, "") == (done.code, done.out)
    assert "1 server with failures to remediate; read 'out/README.md' first" in done.err
    assert ["README.md", "SYNC09-SYNTHETIC.md", "SYNC09-SYNTHETIC.ps1"] == _names(tmp_path / "out")
    script = (tmp_path / "out/SYNC09-SYNTHETIC.ps1").read_bytes()
    assert script.startswith(b"\xef\xbb\xbf# Remediation by adsync-checker\n")


def test_results_from_standard_input(tmp_path: Path, results: bytes) -> None:
    """A dash is standard input."""
    done = run(tmp_path, "remediate", "-", "--out", "out", stdin=results)

    assert 0 == done.code
    assert "README.md" in _names(tmp_path / "out")


def test_failures_of_a_tenant_are_counted(tmp_path: Path) -> None:
    """Where only rules over all servers of a tenant fail, it is not said that there is nothing to do."""
    shutil.copytree(EXPORTS / "fleet", tmp_path / "exports")
    settings = tmp_path / "exports/staging/GlobalSettings/MV.xml"
    told, key = settings.read_text("utf-8"), 'name="Microsoft.Synchronize.StagingMode"'
    lines = [line.replace(">True<", ">False<") if key in line else line for line in told.splitlines(keepends=True)]
    settings.write_text("".join(lines), "utf-8")
    check(tmp_path, "-o", "json:results.json", policy="fleet", facts="exports")

    done = _remediate(tmp_path, results=(tmp_path / "results.json").read_bytes())

    assert (0, ["README.md"]) == (done.code, _names(tmp_path / "out"))
    assert "0 servers and 1 tenant with failures to remediate; read 'out/README.md' first" in done.err


def test_twice_gives_the_same(tmp_path: Path, results: bytes) -> None:
    """What was written before is replaced, and nothing else is left behind."""
    _remediate(tmp_path, results=results)
    before = {name: (tmp_path / "out" / name).read_bytes() for name in _names(tmp_path / "out")}

    assert 0 == _remediate(tmp_path, results=results).code
    assert before == {name: (tmp_path / "out" / name).read_bytes() for name in _names(tmp_path / "out")}


def test_only_some_servers(tmp_path: Path, results: bytes) -> None:
    """A server is named without regard to case; one that is not in the results is wrong usage, with a hint."""
    assert 0 == _remediate(tmp_path, "--server", "sync09-synthetic", results=results).code

    done = _remediate(tmp_path, "--server", "SYNC09-SYNTHETIX", results=results)

    assert 2 == done.code
    assert "the results have no such server; did you mean 'SYNC09-SYNTHETIC'?" in done.err
    assert "no such server; known are SYNC09-SYNTHETIC\n" in _remediate(tmp_path, "--server", "?", results=results).err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"{", "this is no JSON, or it is cut off", id="broken"),
        pytest.param(b'{"format": "adsync-checker/facts/v1"}', "'check -o json' writes it", id="another format"),
        pytest.param(b"", "this is no JSON", id="empty"),
    ],
)
def test_results_that_cannot_be_used(tmp_path: Path, content: bytes, words: str) -> None:
    """Results that cannot be used are exit 3, with a sentence, and nothing is written."""
    done = _remediate(tmp_path, results=content)

    assert 3 == done.code
    assert words in done.err
    assert not (tmp_path / "out").exists()


def test_results_of_an_interrupted_run(tmp_path: Path, results: bytes) -> None:
    """An interrupted run does not hold everything, and is refused."""
    done = _remediate(tmp_path, results=_changed(results, interrupted=True))

    assert (3, True) == (done.code, "the run was interrupted" in done.err)


def test_results_of_an_incomplete_run(tmp_path: Path, results: bytes) -> None:
    """An incomplete run is remediated, and each file says at its top that there may be more."""
    assert 0 == _remediate(tmp_path, results=_changed(results, complete=False)).code

    for name in _names(tmp_path / "out"):
        assert "The run was incomplete" in "".join((tmp_path / "out" / name).read_text("utf-8").splitlines()[:15])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(("gone.json", "--out", "out"), 2, "RESULTS 'gone.json': no such file", id="no file"),
        pytest.param(("", "--out", "out"), 2, "RESULTS '': no such file", id="an empty path"),
        pytest.param((".", "--out", "out"), 3, "this is no regular file", id="a folder for results"),
        pytest.param(("results.json",), 2, "--out", id="no folder"),
        pytest.param(("results.json", "--out", ""), 2, "the path of a folder is wanted", id="an empty folder"),
        pytest.param(("results.json", "--out", "a\0b"), 2, "the path of a folder is wanted", id="NUL"),
        pytest.param(("results.json", "--out", "a/b"), 5, "there is no folder 'a'", id="two levels"),
        pytest.param(("results.json", "--out", "results.json"), 5, "'results.json' is no folder", id="a file"),
        pytest.param(("results.json", "--out", "x" * 300), 5, "File name too long", id="T55 a name too long"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_used(
    tmp_path: Path, results: bytes, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """What is wrong is said, with the exit code of its class."""
    (tmp_path / "results.json").write_bytes(results)

    done = run(tmp_path, "remediate", *arguments)

    assert (code, True) == (done.code, words in done.err), done.err


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path, results: bytes) -> None:
    """A file that is not from a remediation stays, and what could be written is written."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/README.md").write_text("mine\n")

    done = _remediate(tmp_path, results=results)

    assert 5 == done.code
    assert "'out/README.md' is not from an earlier remediation, and is not overwritten" in done.err
    assert "mine\n" == (tmp_path / "out/README.md").read_text()
    assert (tmp_path / "out/SYNC09-SYNTHETIC.ps1").exists()


@needs_links
def test_links_are_not_followed(tmp_path: Path, results: bytes) -> None:
    """Nothing is written through a link, neither the folder's nor a file's."""
    (tmp_path / "out").mkdir()
    target = tmp_path / "target"
    target.write_text("mine\n")
    (tmp_path / "out/SYNC09-SYNTHETIC.ps1").symlink_to(target)
    (tmp_path / "link").symlink_to(tmp_path / "out")

    done = _remediate(tmp_path, results=results)
    linked = run(tmp_path, "remediate", "results.json", "--out", "link")

    assert (5, "mine\n") == (done.code, target.read_text())
    assert (5, True) == (linked.code, "'link' is a symbolic link" in linked.err)


def test_files_of_earlier_remediations_are_named(tmp_path: Path, results: bytes) -> None:
    """A script that is no longer true is not deleted, and is named; other files are nobody's business."""
    _remediate(tmp_path, results=results)
    out = tmp_path / "out"
    (out / "SYNC09-SYNTHETIC.ps1").rename(out / "OLD.ps1")
    (out / "notes.md").write_text("mine\n")
    (out / "notes.txt").write_text("mine\n")

    done = _remediate(tmp_path, results=results)

    assert 0 == done.code
    assert "files of earlier remediations lie here too; see README.md" in done.err
    assert (out / "README.md").read_text("utf-8").endswith("Do not run them:\n\n- `OLD.ps1`\n")


def test_nothing_fails(tmp_path: Path, results: bytes) -> None:
    """Where nothing fails there is only the list, which says so."""
    document = json.loads(results)
    for finding in document["findings"]:
        if finding["outcome"] == "fail":
            finding["outcome"] = "pass"
    document["summary"]["pass"] += document["summary"]["fail"]
    document["summary"]["fail"] = 0

    done = _remediate(tmp_path, results=json.dumps(document).encode())

    assert 0 == done.code
    assert ["README.md"] == _names(tmp_path / "out")
    assert "No server has a failure that is to be remediated." in (tmp_path / "out/README.md").read_text("utf-8")


def test_it_runs_nothing(tmp_path: Path, results: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program is started, whatever the results hold."""

    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a program was started")

    for name in ("subprocess.Popen", "os.system", "os.posix_spawn", "os.execve"):
        monkeypatch.setattr(name, refuse)

    assert 0 == _remediate(tmp_path, results=results).code
