"""One input file, opened as text: what a source format looks at and reads."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO

from checker.model.facts import Reason

MAX_BYTES = 64 * 1024 * 1024
"""No file that is read as a whole may be larger; connector files of real servers have about 2 MB."""

_HEAD_BYTES = 64 * 1024


class UnreadableError(Exception):
    """A file stands where a source should be and cannot be read; it becomes unknown facts, never a crash."""

    def __init__(self, message: str, *, line: int = 1, column: int = 1, reason: Reason = Reason.UNPARSED) -> None:
        """Say what is wrong in *message*, a sentence without the file's name, and where."""
        super().__init__(message)
        self.message, self.line, self.column, self.reason = message, line, column, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file with its beginning already decoded: UTF-8 with or without a byte order mark, or UTF-16LE with one."""

    name: str  # the path as the user knows it, with forward slashes; `<stdin>` for standard input
    size: int  # in bytes
    encoding: str
    head: str  # the beginning of the text, at most 64 Ki characters, without the byte order mark
    open: Callable[[], BinaryIO]

    @property
    def suffix(self) -> str:
        """The ending of the name, in lower case, with its dot; empty where there is none."""
        return suffix_of(self.name)

    @property
    def folder(self) -> str:
        """The folder that the file lies in, as the user knows it."""
        return self.name.rpartition("/")[0] or "."

    @property
    def is_empty(self) -> bool:
        """Whether there is no text at all, or only blanks."""
        return self.size <= _HEAD_BYTES and not self.head.strip("\x00 \t\r\n")

    def text(self) -> str:
        """
        Give the whole text, without the byte order mark.

        Raises:
            UnreadableError: it is too large, or not in its encoding.
        """
        if self.size > MAX_BYTES:
            raise UnreadableError(f"The file has {self.size} bytes; at most {MAX_BYTES} are read.")
        with self.open() as stream:
            return decode(stream.read(MAX_BYTES + 1), self.encoding)

    def lines(self) -> Iterator[str]:
        """
        Give the text line by line, of whatever size, without line ends; memory does not grow with the file.

        Raises:
            UnreadableError: it is not in its encoding.
        """
        with self.open() as stream, TextIOWrapper(stream, self.encoding, "strict") as text:
            number = 0
            try:
                for number, line in enumerate(text, 1):
                    yield line.rstrip("\r\n").removeprefix("\ufeff") if number == 1 else line.rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise UnreadableError(f"The text is not {self.encoding}: {error.reason}.", line=number + 1) from error


def suffix_of(name: str) -> str:
    """Give the ending of the file *name*, in lower case, with its dot; empty where there is none."""
    base = name.rpartition("/")[2]
    return "." + base.rpartition(".")[2].lower() if "." in base else ""


def encoding_of(start: bytes) -> str:
    """
    Name the encoding of a text by its first bytes.

    Raises:
        UnreadableError: it is one that Windows tools can be told not to write; the sentence says how.
    """
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableError("The text is UTF-32 or big-endian UTF-16; save it as UTF-8 or UTF-16LE.")
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if b"\x00" in start[:_HEAD_BYTES]:
        raise UnreadableError(
            "There are NUL bytes: UTF-16 without a byte order mark, or no text; save it as UTF-8, "
            "or with '-Encoding Unicode', which writes the mark."
        )
    return "utf-8"


def decode(content: bytes, encoding: str) -> str:
    """
    Decode *content*, without its byte order mark.

    Raises:
        UnreadableError: it is not in *encoding*; the place of the first wrong byte is told.
    """
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "replace")
        raise UnreadableError(
            f"The text is not {encoding} at byte {error.start}: {error.reason}.",
            line=before.count("\n") + 1,
            column=len(before) - before.rfind("\n"),
        ) from error


def sample_of(name: str, size: int, opener: Callable[[], BinaryIO]) -> Sample:
    """
    Look at the beginning of a file.

    Raises:
        UnreadableError: its beginning is no text in one of the three encodings.
        OSError: it cannot be opened or read.
    """
    with opener() as stream:
        start = stream.read(_HEAD_BYTES)
    encoding = encoding_of(start)
    # NOTE: the cut may fall inside a character; an incremental decoder keeps the rest to itself.
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        head = decoder.decode(start, final=size <= len(start)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        decode(start, encoding)
        raise
    return Sample(name=name, size=size, encoding=encoding, head=head, open=opener)
