"""The verb `server-module`, and `collect --print-script`."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.shipped import server_module, server_module_text
from tests.running import run


def test_everything_is_written(tmp_path: Path) -> None:
    """The files of the module, and a page that names each of them."""
    done = run(tmp_path, "server-module", "--out", "out")
    written = {
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    page = (tmp_path / "out" / "README.md").read_text("utf-8")

    assert (0, "") == (done.code, done.err)
    assert {*server_module(), "README.md"} == written
    assert [] == [name for name in server_module() if f"`{name}`" not in page]
    assert [] == [name for name in written if name not in done.out]


def test_the_page_says_what_is_not_known(tmp_path: Path) -> None:
    """Whoever installs it is told what was never tried."""
    run(tmp_path, "server-module", "--out", "out")
    page = (tmp_path / "out" / "README.md").read_text("utf-8")

    assert "never run on Windows" in page
    for word in ("ADSyncBrowse", "ADSyncOperators", "ADSyncAdmins", "-WhatIf", "Unregister-PSSessionConfiguration"):
        assert word in page


def test_it_writes_the_same_again(tmp_path: Path) -> None:
    """A newer checker replaces the files of an older one."""
    run(tmp_path, "server-module", "--out", "out")
    (tmp_path / "out" / "AdsyncChecker.pssc").write_text("old")

    assert 0 == run(tmp_path, "server-module", "--out", "out").code
    assert server_module()["AdsyncChecker.pssc"] == (tmp_path / "out" / "AdsyncChecker.pssc").read_bytes()


@pytest.mark.parametrize("strange", ["evil.ps1", "AdsyncChecker/evil.psm1"])
def test_files_of_others_are_refused(tmp_path: Path, strange: str) -> None:
    """What is copied to a server is the module and nothing else."""
    (tmp_path / "out" / strange).parent.mkdir(parents=True)
    (tmp_path / "out" / strange).write_text("x")
    done = run(tmp_path, "server-module", "--out", "out")

    assert 2 == done.code
    assert strange in done.err
    assert not (tmp_path / "out" / "README.md").exists()


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    """A file, a path with a NUL, a device."""
    (tmp_path / "file").write_text("x")

    assert [2, 2, 5] == [run(tmp_path, "server-module", "--out", out).code for out in ("file", "/dev/full", "a\0b")]


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    """That is an output that cannot be written, and no traceback."""
    (tmp_path / "file").write_text("x")
    done = run(tmp_path, "server-module", "--out", "file/out")

    assert 5 == done.code
    assert "Traceback" not in done.err


def test_the_script_that_is_printed_is_all_that_may_run(tmp_path: Path) -> None:
    """The module word by word, then each pipeline of cmdlets; no server is asked, and no inventory is needed."""
    done = run(tmp_path, "collect", "--print-script")

    assert (0, "") == (done.code, done.err)
    assert server_module_text() in done.out
    assert "\nGet-ADSyncScheduler\n" in done.out
    assert "Get-ADSyncRule | Select-Object -Property Identifier -ExpandProperty AttributeFlowMappings" in done.out


@pytest.mark.parametrize("arguments", [(), ("--inventory", "i.yaml"), ("--out", "facts")])
def test_collect_says_what_it_needs(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """An inventory and a folder."""
    done = run(tmp_path, "collect", *arguments)

    assert 2 == done.code
    assert "--inventory FILE and --out DIR" in done.err


def test_a_link_in_the_folder_is_refused(tmp_path: Path) -> None:
    """Nothing is written through it, wherever it leads."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "AdsyncChecker").symlink_to(tmp_path / "elsewhere")
    done = run(tmp_path, "server-module", "--out", "out")

    assert 2 == done.code
    assert "AdsyncChecker" in done.err
    assert [] == [*(tmp_path / "elsewhere").iterdir()]


def test_a_folder_that_cannot_be_written_is_an_error_of_its_own(tmp_path: Path) -> None:
    """The exit code is 5, and the message names the place; a folder stands where a file belongs."""
    (tmp_path / "out" / "README.md").mkdir(parents=True)
    done = run(tmp_path, "server-module", "--out", "out")

    assert 5 == done.code
    assert "README.md" in done.err


def test_the_folder_is_asked_for(tmp_path: Path) -> None:
    """There is no default that could write somewhere unseen."""
    done = run(tmp_path, "server-module")

    assert 2 == done.code
    assert "--out" in done.err


def test_an_empty_path_is_no_path(tmp_path: Path) -> None:
    """It is not taken for the folder that one happens to be in."""
    (tmp_path / "i.yaml").write_text("inventory: i\nservers:\n  - {name: a.b}\n")
    done = [
        run(tmp_path, "server-module", "--out", ""),
        run(tmp_path, "check", "--policy", "v2-endpoint", "--inventory", "i.yaml", "--facts-out", ""),
    ]

    assert [2, 2] == [one.code for one in done]
    assert all("the path is empty" in one.err for one in done)
