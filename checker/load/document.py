"""Policies as they lie in files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A policy as it lies in a file."""

    path: str  # as the user knows it
    content: bytes
    shipped: bool = False  # whether it comes with the checker
