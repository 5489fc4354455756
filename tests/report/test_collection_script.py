"""What `collect --print-script` shows."""

from __future__ import annotations

from checker.report.collection_script import render_script
from tests.report.powershell import commands, mistakes, parsed

MODULE = "function Get-AdsyncFact {\n    Get-ADSyncRule\n}\n"
PIPELINES = [("the rules", "Get-ADSyncRule | Measure-Object"), ("the scheduler", "Get-ADSyncScheduler")]


def test_the_module_and_every_pipeline_are_shown_in_order() -> None:
    """The module word by word, then each pipeline below its title."""
    shown = render_script(MODULE, PIPELINES)

    assert MODULE in shown
    assert shown.index(MODULE) < shown.index("# the rules\nGet-ADSyncRule | Measure-Object\n\n# the scheduler\n")
    assert shown.endswith("# the scheduler\nGet-ADSyncScheduler\n")


def test_what_is_shown_is_powershell() -> None:
    """It can be read by the tools of whoever has to allow it; all that is said beside is comment."""
    shown = render_script(MODULE, PIPELINES)

    assert [] == mistakes(shown)
    assert ["Get-ADSyncRule", "Get-ADSyncRule", "Measure-Object", "Get-ADSyncScheduler"] == commands(parsed(shown))


def test_nothing_is_shown_that_does_not_run() -> None:
    """Without a module and pipelines there are only comments."""
    assert [] == [line for line in render_script("", ()).splitlines() if line and not line.startswith("#")]
