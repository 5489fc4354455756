"""What is said to the person at the command line, beside the reports: on standard error."""

from __future__ import annotations

import sys
from contextlib import suppress

from checker.report.visible import terminal

_LONGEST = 2000


def tell(*lines: str) -> None:
    """Print *lines*, each as one of ours, and harmless whatever it quotes; if nobody can read them, say nothing."""
    # NOTE: standard error may be closed or full; the exit code speaks all the same.
    with suppress(OSError, ValueError):
        for line in lines:
            print(f"adsync-checker: {terminal(line, _LONGEST)}", file=sys.stderr, flush=True)
