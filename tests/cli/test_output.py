"""Writing: whole or not at all, and never silently not."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.cli.output import Output, parse_outputs, write_outputs
from checker.errors import OutputError, UsageError

FORMATS = ("text", "json", "junit", "sarif", "sarif-full")
TEXT = "a\né✓\n"
DEV_FULL = Path("/dev/full")
needs_dev_full = pytest.mark.skipif(not DEV_FULL.is_char_device(), reason="this system has no /dev/full")
needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")


def _render(_output: Output) -> str:
    return TEXT


def _failures(*outputs: Output, render: Callable[[Output], str] = _render) -> list[str]:
    return [str(failure) for failure in write_outputs(outputs, render)]


def _files(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize(
    ("texts", "outputs"),
    [
        pytest.param([], (), id="none"),
        pytest.param(["json"], (Output("json"),), id="standard output"),
        pytest.param(["junit:a.xml"], (Output("junit", "a.xml"),), id="a file"),
        pytest.param([r"sarif:C:\a:b.sarif"], (Output("sarif", r"C:\a:b.sarif"),), id="the first colon splits"),
        pytest.param(["text", "json:a", "sarif-full:b"], (Output("text"), Output("json", "a"), Output("sarif-full", "b")),
                     id="several"),
        pytest.param(["json:-"], (Output("json"),), id="a dash is standard output"),
        pytest.param(["json:/dev/stdout"], (Output("json"),), id="T52 the device is standard output"),
    ],
)  # fmt: skip
def test_parse(texts: list[str], outputs: tuple[Output, ...]) -> None:
    """A format, and a path behind the first colon."""
    assert outputs == parse_outputs(texts, FORMATS)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        pytest.param(["junti:a.xml"], "did you mean 'junit'?", id="a format that is nearly one"),
        pytest.param(["xyz"], "known are json, junit, sarif, ", id="no format"),
        pytest.param([""], "known are json, junit, sarif, ", id="nothing"),
        pytest.param(["a.xml"], "there is no format 'a.xml'", id="a path alone"),
        pytest.param(["json:"], "the path is empty", id="no path"),
        pytest.param(["json:out/"], "a file is wanted", id="T54 a folder"),
        pytest.param(["json:a\0b"], "NUL", id="NUL"),
        pytest.param(["json", "text"], "json and text both go to standard output", id="two to standard output"),
        pytest.param(["json", "text:/dev/stdout"], "both go to standard output", id="two to the device"),
        pytest.param(["json:a", "text:./b/../a"], "json and text both go to './b/../a'", id="the same file twice"),
    ],
)
def test_parse_refuses(texts: list[str], words: str) -> None:
    """What cannot be meant is a mistake on the command line."""
    with pytest.raises(UsageError) as caught:
        parse_outputs(texts, FORMATS)

    assert words in str(caught.value)


def test_a_file_is_written(tmp_path: Path) -> None:
    """A file holds the text as UTF-8 with plain line ends, with the permissions of any new file, and nothing else is left."""
    path = tmp_path / "a.xml"
    other = tmp_path / "other"
    other.touch()

    assert [] == _failures(Output("junit", str(path)))
    assert TEXT.encode() == path.read_bytes()
    assert stat.S_IMODE(other.stat().st_mode) == stat.S_IMODE(path.stat().st_mode)
    assert ["a.xml", "other"] == _files(tmp_path)


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """T54: an old file is replaced as a whole, and keeps its permissions; who has it open keeps the old one."""
    path = tmp_path / "a.xml"
    path.write_text("old")
    path.chmod(0o640)

    with path.open() as old:
        assert [] == _failures(Output("junit", str(path)))
        assert "old" == old.read()
    assert TEXT.encode() == path.read_bytes()
    assert 0o640 == stat.S_IMODE(path.stat().st_mode)


def test_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output gets the same bytes, whatever encoding the console has, after what was printed before."""
    stream = io.TextIOWrapper(io.BytesIO(), "cp1252", newline="\r\n")
    monkeypatch.setattr(sys, "stdout", stream)
    print("before")

    assert [] == _failures(Output("text"))
    assert b"before\r\n" + TEXT.encode() == stream.buffer.getvalue()


@needs_dev_full
def test_full_device() -> None:
    """T51, T52: what does not fit on a device is an error; so is a full disk."""
    [failure] = _failures(Output("json", str(DEV_FULL)))

    assert "'/dev/full': No space left on device" == failure
    assert DEV_FULL.is_char_device()


@pytest.mark.skipif(os.name == "nt", reason="this system has no /dev/null")
def test_a_device_is_written_to() -> None:
    """A device is written to where it stands, and stays a device."""
    assert [] == _failures(Output("json", os.devnull))
    assert Path(os.devnull).is_char_device()


def _link(folder: Path) -> None:
    (folder / "target").write_text("old")
    (folder / "a").symlink_to(folder / "target")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        pytest.param(lambda folder: (folder / "a").mkdir(), "is a folder", id="T54 a folder"),
        pytest.param(_link, "is a symbolic link", id="T54 a link", marks=needs_links),
        pytest.param(
            lambda folder: (folder / "a").symlink_to("/nowhere/x"), "is a symbolic link", id="a dangling link",
            marks=needs_links,
        ),
        pytest.param(lambda folder: os.mkfifo(folder / "a"), "is no regular file", id="a pipe", marks=needs_links),
    ],
)  # fmt: skip
def test_refused_destinations(tmp_path: Path, prepare: Callable[[Path], object], words: str) -> None:
    """T54: nothing is written through a link, over a folder, or into something that is no file; it stays as it was."""
    prepare(tmp_path)
    before = _files(tmp_path)

    [failure] = _failures(Output("json", str(tmp_path / "a")))

    assert words in failure
    assert before == _files(tmp_path)
    assert not (tmp_path / "target").exists() or (tmp_path / "target").read_text() == "old"


def test_no_folder(tmp_path: Path) -> None:
    """A folder that does not exist is not made."""
    [failure] = _failures(Output("json", str(tmp_path / "no" / "a.json")))

    assert f"there is no folder '{tmp_path / 'no'}'" in failure
    assert [] == _files(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("x" * 300, id="T54 a name that is too long"),
        pytest.param("file/a", id="below a file"),
    ],
)
def test_impossible_names(tmp_path: Path, name: str) -> None:
    """T54: a name that the system refuses is an error, and leaves nothing."""
    (tmp_path / "file").touch()

    [failure] = _failures(Output("json", str(tmp_path / name)))

    assert name in failure
    assert ["file"] == _files(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="there is no limit on the size of files to set")
def test_full_disk(tmp_path: Path) -> None:
    """T51: a disk that is full in the middle of a file leaves the old file, no part of the new one, and is an error."""
    path = tmp_path / "a.json"
    path.write_text("old")
    # NOTE: a limit on the size of files fails in the same calls as a full disk; it is set in a process of its own.
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "from checker.cli.output import Output, write_outputs;"
        f"failures = write_outputs([Output('json', {str(path)!r})], lambda _: 'x' * 1_000_000);"
        "print(*failures); sys.exit(failures[0].exit_code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (5, "") == (done.returncode, done.stderr)
    assert "File too large" in done.stdout
    assert "old" == path.read_text()
    assert ["a.json"] == _files(tmp_path)


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """T53: whoever stops the run in the middle of a file finds the old one, and no part of the new."""
    path = tmp_path / "a.json"
    path.write_text("old")

    def stop(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        _failures(Output("json", str(path)))

    assert "old" == path.read_text()
    assert ["a.json"] == _files(tmp_path)


def test_one_failure_does_not_stop_the_others(tmp_path: Path) -> None:
    """Of several outputs each that can be written is, whatever became of those before it."""
    outputs = [
        Output("json", str(tmp_path / "no" / "a")),
        Output("junit", str(tmp_path / "b")),
        Output("sarif", str(tmp_path)),
    ]

    assert 2 == len(_failures(*outputs))
    assert ["b"] == _files(tmp_path)


def test_a_renderer_that_fails_is_an_output_that_fails(tmp_path: Path) -> None:
    """T35: a report that its own writer refuses is not written, and the others are."""

    def render(output: Output) -> str:
        if output.format == "junit":
            raise OutputError("The JUnit report cannot be read back.")
        return TEXT

    outputs = (Output("junit", str(tmp_path / "a")), Output("json", str(tmp_path / "b")))

    assert ["The JUnit report cannot be read back."] == _failures(*outputs, render=render)
    assert ["b"] == _files(tmp_path)


def test_standard_output_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """T52: a reader that goes away loses no file."""
    order: list[str] = []

    def render(output: Output) -> str:
        order.append(output.format)
        return TEXT

    monkeypatch.setattr(sys, "stdout", None)
    failures = _failures(Output("text"), Output("json", str(tmp_path / "a")), render=render)

    assert ["standard output is closed"] == failures
    assert ["json", "text"] == order
    assert ["a"] == _files(tmp_path)


def test_a_closed_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that was closed within the process is an error like any other."""
    stream = io.TextIOWrapper(io.BytesIO())
    stream.close()
    monkeypatch.setattr(sys, "stdout", stream)

    assert ["standard output is closed"] == _failures(Output("text"))


def test_a_broken_stream_without_a_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that breaks, and that no descriptor belongs to, is an error and nothing more."""

    class Broken(io.BytesIO):
        def write(self, _content: object) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Broken()))

    assert ["standard output: Broken pipe"] == _failures(Output("text"))


_WRITE = (
    "import sys; from checker.cli.output import Output, write_outputs;"
    "failures = write_outputs([Output('text')], lambda _: 'x' * int(sys.argv[1]));"
    "sys.stdout is None or print('more', flush=True); print(*failures, file=sys.stderr); sys.exit(max((one.exit_code for one in failures), default=0))"
)


# NOTE: what fits into the buffer fails elsewhere than what does not.
sizes = pytest.mark.parametrize("size", ["100", "200000"], ids=["buffered", "large"])


@needs_dev_full
@sizes
def test_standard_output_on_a_full_disk(size: str) -> None:
    """T52: standard output on a full disk is exit 5 with one sentence, and what is printed later is no second one."""
    with DEV_FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", _WRITE, size], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (5, "standard output: No space left on device\n") == (done.returncode, done.stderr)


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise on Windows")
@sizes
def test_a_reader_that_goes_away(size: str) -> None:
    """T52: `| head` is exit 5 with one sentence, and no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _WRITE, size], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writer)

    assert (5, "standard output: Broken pipe\n") == (done.returncode, done.stderr)


@pytest.mark.skipif(os.name == "nt", reason="a shell closes it")
def test_standard_output_closed_by_the_shell() -> None:
    """T52: a process that is started without standard output says so."""
    command = 'exec "$0" -c "$1" 1 >&-'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, _WRITE], stderr=subprocess.PIPE, text=True, check=False
    )

    assert (5, "standard output is closed\n") == (done.returncode, done.stderr)
