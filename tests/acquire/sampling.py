"""Samples made of texts and bytes, and of the synthetic exports."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from checker.acquire.sample import Sample, sample_of

EXPORTS = Path(__file__).resolve().parents[1] / "exports"


def sample(content: str | bytes, name: str = "file") -> Sample:
    """Give a sample of *content*; text is UTF-8."""
    raw = content.encode() if isinstance(content, str) else content
    return sample_of(name, len(raw), lambda: BytesIO(raw))


def exported(path: str) -> Sample:
    """Give the sample of a synthetic export."""
    return sample((EXPORTS / path).read_bytes(), path)
