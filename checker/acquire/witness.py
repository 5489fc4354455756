"""A file that is read and hashed at once: what is hashed is what is evaluated."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from io import BufferedReader, BytesIO, RawIOBase
from typing import TYPE_CHECKING, BinaryIO

from checker.acquire.paths import InputFile

if TYPE_CHECKING:
    from typing_extensions import Buffer

_HELD_BYTES = 1024 * 1024
"""A file of at most this size is read once and then held while it is understood; a larger one is read as it flows."""

_BLOCK = 256 * 1024


class Witness:
    """Opens one file, and knows the digest of the bytes that it gave."""

    def __init__(self, file: InputFile) -> None:
        """Prepare *file*; nothing is read yet."""
        self._file = file
        self._held: bytes | None = None
        self._seen = ""

    @property
    def file(self) -> InputFile:
        """The file, as one that opens under the eyes of this witness."""
        return replace(self._file, open=self._open)

    def digest(self) -> str:
        """Give the SHA-256 of what was read last, from beginning to end; empty where it cannot be read."""
        if not self._seen:
            try:
                with self._open() as stream:
                    while stream.read(_BLOCK):
                        pass
            except OSError:
                return ""
        return self._seen

    def _open(self) -> BinaryIO:
        if self._held is not None:
            return BytesIO(self._held)
        if self._file.size > _HELD_BYTES:
            return self._flow()
        with self._file.open() as stream:
            content = stream.read(_HELD_BYTES + 1)
        if len(content) > _HELD_BYTES:  # it has grown since it was found
            return self._flow()
        self._held, self._seen = content, hashlib.sha256(content).hexdigest()
        return BytesIO(content)

    def _flow(self) -> BinaryIO:
        return BufferedReader(_Hashing(self._file.open(), self), _BLOCK)

    def saw(self, digest: str) -> None:
        """Note that the file was read to its end."""
        self._seen = digest


class _Hashing(RawIOBase):
    """A stream that hashes what it gives, and tells the digest if it was read to its end."""

    def __init__(self, inner: BinaryIO, witness: Witness) -> None:
        self._inner, self._witness, self._hash = inner, witness, hashlib.sha256()

    def readable(self) -> bool:
        """See `io.RawIOBase.readable`."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """See `io.RawIOBase.readinto`."""
        view = memoryview(buffer)
        block = self._inner.read(len(view))
        view[: len(block)] = block
        self._hash.update(block)
        return len(block)

    def close(self) -> None:
        """See `io.RawIOBase.close`."""
        if not self.closed:
            try:
                # NOTE: whoever reads only the beginning of a file has not seen it.
                if not self._inner.read(1):
                    self._witness.saw(self._hash.hexdigest())
            finally:
                self._inner.close()
                super().close()
