"""Files that are read and hashed at once."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from checker.acquire.paths import InputFile
from checker.acquire.witness import Witness

SIZES = [0, 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024]


def content(size: int) -> bytes:
    """Give bytes of which no block is like another."""
    return b"".join(number.to_bytes(4, "big") for number in range(size // 4 + 1))[:size]


class Disk:
    """A file whose content may change between two openings, and that counts them."""

    def __init__(self, *contents: bytes) -> None:
        """Give the content of each opening."""
        self.contents, self.opened = contents, 0

    def open(self) -> BinaryIO:
        """Open the file; the last content stays."""
        self.opened += 1
        return BytesIO(self.contents[min(self.opened, len(self.contents)) - 1])

    def witness(self) -> Witness:
        """Give a witness of the file."""
        return Witness(InputFile(name="a", path="/a", root="/", size=len(self.contents[0]), open=self.open))


def digest(data: bytes) -> str:
    """Give the digest, by other means than the file."""
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("size", SIZES)
def test_the_digest_is_that_of_what_was_read(size: int) -> None:
    """Whatever the size, and whether it is read in one go or line by line."""
    disk = Disk(content(size))
    witness = disk.witness()
    with witness.file.open() as stream:
        read = b"".join(stream)

    assert (content(size), digest(content(size))) == (read, witness.digest())
    assert 1 == disk.opened


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_which_nothing_was_read_has_a_digest(size: int) -> None:
    """It is read for it."""
    assert digest(content(size)) == Disk(content(size)).witness().digest()


@pytest.mark.parametrize("size", SIZES)
def test_the_beginning_alone_is_not_the_file(size: int) -> None:
    """Looking at the head of a large file, as is done first, does not count."""
    witness = Disk(content(size)).witness()
    with witness.file.open() as stream:
        stream.read(100)

    assert digest(content(size)) == witness.digest()


def test_a_small_file_is_read_once() -> None:
    """Whoever opens it again gets the same bytes, whatever happened to the file."""
    disk = Disk(b"before", b"after")
    witness = disk.witness()

    assert [b"before", b"before"] == [witness.file.open().read() for _ in range(2)]
    assert (digest(b"before"), 1) == (witness.digest(), disk.opened)


def test_of_a_large_file_the_last_whole_reading_counts() -> None:
    """That is the one that is evaluated."""
    before, after = content(2 * 1024 * 1024), content(2 * 1024 * 1024)[::-1]
    witness = Disk(before, after).witness()
    for _ in range(2):
        with witness.file.open() as stream:
            read = stream.read()

    assert (after, digest(after)) == (read, witness.digest())


def test_a_file_that_has_grown_is_read_whole() -> None:
    """It may be larger than it was when it was found."""
    grown = content(3 * 1024 * 1024)
    witness = Witness(InputFile(name="a", path="/a", root="/", size=1, open=lambda: BytesIO(grown)))
    with witness.file.open() as stream:
        read = stream.read()

    assert (grown, digest(grown)) == (read, witness.digest())


def test_a_file_that_cannot_be_read_has_no_digest(tmp_path: Path) -> None:
    """There is nothing to compare it with."""
    missing = InputFile(name="a", path="/a", root="/", size=1, open=lambda: (tmp_path / "a").open("rb"))

    assert "" == Witness(missing).digest()
