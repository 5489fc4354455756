"""A file as the one document that it is, or as the documents of its lines (NDJSON), each with the bytes it stands in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from checker.acquire.reading import Span
from checker.acquire.sample import MAX_BYTES, Sample, UnreadableError, decode

_UTF_8 = "utf-8"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe")


def documents(sample: Sample) -> Iterator[tuple[str, int, Span | None]]:
    """
    Give the one document of the text, or the one of each line, with the number of its first line.

    Raises:
        UnreadableError: the file is too large, or not in its encoding.
    """
    if not _has_a_document_a_line(sample):
        yield sample.text(), 1, None
        return
    for number, (start, line) in enumerate(_lines(sample), 1):
        if line.strip(b"\x00 \t\r"):
            span = Span(start, len(line), number, sample.encoding, hashlib.sha256(line).hexdigest())
            yield _decoded(line, span), number, span


def text_at(span: Span, stream: BinaryIO) -> str | None:
    """
    Read again the document at *span*; None if other bytes stand there now.

    Raises:
        UnreadableError: it is not in its encoding.
        OSError: it cannot be read.
    """
    stream.seek(span.start)
    content = stream.read(span.length)
    return _decoded(content, span) if hashlib.sha256(content).hexdigest() == span.sha256 else None


def _decoded(line: bytes, span: Span) -> str:
    try:
        return decode(line, span.encoding)
    except UnreadableError as error:
        raise UnreadableError(error.message, line=span.line, column=error.column) from error


def _has_a_document_a_line(sample: Sample) -> bool:
    """Whether there are several lines with something in them, each of which begins an object."""
    filled = 0
    for start, line in _lines(sample):
        begin = line
        for mark in _MARKS if start == 0 else ():
            begin = begin.removeprefix(mark)
        begin = begin.lstrip(b"\x00 \t\r")  # the second byte of a blank of UTF-16 is NUL
        if begin:
            filled += 1
            if not begin.startswith(b"{"):
                return False
    return filled > 1


def _lines(sample: Sample) -> Iterator[tuple[int, bytes]]:
    """Give each line without its end, and the byte at which it starts; memory does not grow with the file."""
    if sample.encoding != _UTF_8:
        # NOTE: a byte of UTF-16 may look like a line end and be half of another character.
        start = len(_MARKS[1])
        for line in sample.text().split("\n"):
            content = line.encode(sample.encoding)
            yield start, content
            start += len(content) + len("\n".encode(sample.encoding))
        return
    start = 0
    with sample.open() as stream:
        for number in count(1):
            content = stream.readline(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise UnreadableError(f"The line has more than {MAX_BYTES} bytes.", line=number)
            if not content:
                return
            yield start, content.removesuffix(b"\n")
            start += len(content)
