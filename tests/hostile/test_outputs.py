"""Outputs that cannot be written, and runs that are stopped: exit 5, 130 or 143, never a silent 0."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import time
from array import array
from pathlib import Path

import pytest

from tests.running import AS_OF, EXPORTS, check

FACTS = str(EXPORTS / "v2-compliant")
COMMAND = [sys.executable, "-m", "checker.cli", "check", "--policy", "v2-endpoint", "--facts", FACTS, "--as-of", AS_OF]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(EXPORTS.parents[1])}
WITH_CTRL_C = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)
"""Starts a command that Ctrl-C ends, also where the tests are a job in the background, which ignores it."""

needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@needs_full
@pytest.mark.parametrize("format_", ["text", "json", "junit", "sarif", "sarif-full"])
def test_t51_a_full_disk_is_exit_5(tmp_path: Path, format_: str) -> None:
    """T51: a report that does not fit is an error, though the servers are compliant."""
    done = check(tmp_path, "-o", f"{format_}:/dev/full", facts=FACTS)

    assert done.code == 5
    assert "/dev/full" in done.err


@needs_full
def test_t52_a_full_standard_output_is_exit_5(tmp_path: Path) -> None:
    """T52: where standard output is the product, losing it is exit 5; files are whole all the same."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "-o", "json:r.json"],
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 5
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["run"]["exit_code"] == 0


def test_t52_a_reader_that_is_gone_is_exit_5(tmp_path: Path) -> None:
    """T52: `| head` closes the pipe; the report was not delivered."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(COMMAND, cwd=tmp_path, env=ENVIRONMENT, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)

    assert done.returncode == 5
    assert b"Traceback" not in done.stderr


def wait_until_read(pipe: int) -> None:
    """Wait until somebody has taken all that was written to *pipe*."""
    end = time.monotonic() + 30
    left = array("i", [1])
    while left[0]:
        assert time.monotonic() < end, "Nobody reads."
        time.sleep(0.01)
        fcntl.ioctl(pipe, termios.FIONREAD, left)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["T53 SIGTERM", "T53 Ctrl-C"]
)
def test_t53_a_stopped_run_is_marked_incomplete(tmp_path: Path, number: int, code: int) -> None:
    """T53: a run that is stopped while it reads writes what it has, marked incomplete."""
    command = [*COMMAND[:-4], "--facts", "-", "-o", "json:r.json", "-o", "junit:r.xml"]
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", WITH_CTRL_C, *command],
        cwd=tmp_path, env=ENVIRONMENT, stdin=reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.write(writer, b"{")
    wait_until_read(reader)  # now it waits for the rest of standard input, which never ends
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    os.close(reader)
    os.close(writer)

    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (code, code, False) == (process.returncode, told["run"]["exit_code"], told["run"]["complete"])
    assert "<error" in (tmp_path / "r.xml").read_text("utf-8")
    assert b"Traceback" not in err


@pytest.mark.parametrize("path", ["folder", "link.json", "missing/r.json", "r.json/x"], ids=lambda path: f"T54 {path}")
def test_t54_a_path_that_is_no_file_is_refused(tmp_path: Path, path: str) -> None:
    """T54: a folder, a link, or a folder that does not exist is exit 5, and nothing is written through a link."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "target.json").write_text("before")
    (tmp_path / "link.json").symlink_to("target.json")
    (tmp_path / "r.json").write_text("before")

    done = check(tmp_path, "-o", f"json:{path}", facts=FACTS)

    assert done.code == 5
    assert path in done.err
    assert "before" == (tmp_path / "target.json").read_text() == (tmp_path / "r.json").read_text()


def test_t54_one_output_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    """T54: every other report is written, an older one is replaced at once, and no temporary file is left."""
    (tmp_path / "r.xml").write_text("before")

    done = check(tmp_path, "-o", "json:missing/r.json", "-o", "junit:r.xml", facts=FACTS)

    assert done.code == 5
    assert (tmp_path / "r.xml").read_text("utf-8").startswith("<?xml")
    assert ["r.xml"] == [path.name for path in tmp_path.iterdir()]
