"""The characters of a document."""

from __future__ import annotations

import pytest

from checker.load.source_text import MAX_BYTES
from tests.load.reading import read

WRONG = [
    pytest.param("a: 1".encode("utf-16"), "f:1:1: the document is UTF-16 or UTF-32", id="T09 UTF-16LE"),
    pytest.param(b"\xfe\xff\0a", "f:1:1: the document is UTF-16 or UTF-32", id="T09 UTF-16BE"),
    pytest.param("a: 1".encode("utf-32"), "f:1:1: the document is UTF-16 or UTF-32", id="T09 UTF-32LE"),
    pytest.param("a: 1".encode("utf-16-le"), "f:1:2: there is a NUL", id="T09 UTF-16 without a mark"),
    pytest.param(b"a: 1\nb: x\xfc\n", "f:2:5: the document is not UTF-8 at byte 9", id="T09 Latin-1"),
    pytest.param(
        b"\xef\xbb\xbfa: \xff", "f:1:4: the document is not UTF-8 at byte 6", id="T09 the mark counts as bytes"
    ),
    pytest.param(b"a: 1\r\nb: \xff", "f:2:4: the document is not UTF-8 at byte 9", id="T09 after CR LF"),
    pytest.param(b"a: \xed\xa0\x80", "f:1:4: the document is not UTF-8 at byte 3", id="T09 an encoded surrogate"),
    pytest.param(b"a: \xc0\x80", "f:1:4: the document is not UTF-8 at byte 3", id="T09 an overlong form"),
    pytest.param(b"a: 1\rb: 2", "f:1:5: a lone carriage return", id="T09 a lone CR"),
    pytest.param(b"a: \x1b[31m", "f:1:4: the character U+001B does not belong", id="an escape of terminals"),
    pytest.param("a: x\x85b: y".encode(), "f:1:5: the character U+0085 does not belong", id="NEL"),
    pytest.param("a: x\u2028b: y".encode(), "f:1:5: the character U+2028 does not belong", id="a line separator"),
    pytest.param("a: x\u202ey".encode(), "f:1:5: the character U+202E does not belong", id="turned writing"),
    pytest.param("a: x\u2066y".encode(), "f:1:5: the character U+2066 does not belong", id="isolated writing"),
    pytest.param("a: x\ufeffy".encode(), "f:1:5: the character U+FEFF does not belong", id="a mark inside"),
    pytest.param(b"a: x\x7f", "f:1:5: the character U+007F does not belong", id="DEL"),
    pytest.param(b" " * (MAX_BYTES + 1), f"f:1:1: the document has {MAX_BYTES + 1} bytes", id="T08 too large"),
]


@pytest.mark.parametrize(("content", "mistake"), WRONG)
def test_characters_that_do_not_belong_are_refused(content: bytes, mistake: str) -> None:
    """The first of them is told with its place, and for bytes that are no text with its offset."""
    values, mistakes = read(content)

    assert (None, 1) == (values, len(mistakes))
    assert mistakes[0].startswith(mistake)


def test_the_largest_document_is_read() -> None:
    """The limit itself is allowed."""
    assert ("x", []) == read(b"x" + b" " * (MAX_BYTES - 1))
