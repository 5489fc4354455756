"""Product versions such as `2.5.79.0`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FORM = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """
    A .NET version of one to four integer parts, compared part by part; missing parts count as zero.

    No epoch, no suffix and no leading `v`: what other version schemes would order differently is refused.
    """

    parts: tuple[int, int, int, int]
    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Version:
        """
        Read *text*.

        Raises:
            ValueError: it is not one to four integers joined by dots.
        """
        if not _FORM.fullmatch(text):
            raise ValueError(f"{text!r} is not a version of one to four integer parts, such as '2.5.79.0'")
        numbers = [int(part) for part in text.split(".")]
        first, second, third, fourth = numbers + [0] * (4 - len(numbers))
        return cls((first, second, third, fourth), text)

    def __str__(self) -> str:
        """Give the text as it was written."""
        return self.text
