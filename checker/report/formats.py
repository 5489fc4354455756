"""
The table of formats. A new one is a module in this folder, and a line here.

A format's module is imported when it is first used, for each brings what only it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from types import MappingProxyType

from checker.model.result import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A form that a report can be written in."""

    renderer: str  # the function from `Report` to text, as `module:name`
    meaning: str  # what it is for, as the help says it

    def render(self, report: Report) -> str:
        """
        Write *report* in this format.

        Raises:
            OutputError: what was written does not hold what the report says.
        """
        renderer: Callable[[Report], str] = resolve_name(self.renderer)
        return renderer(report)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "text": Format("checker.report.console:render", "for people, and the log of a pipeline"),
        "json": Format("checker.report.results_json:render", "everything, for programs and later reports"),
        "junit": Format("checker.report.junit:render", "JUnit XML, for the test view of a pipeline"),
        "sarif": Format("checker.report.sarif:render", "SARIF with what is open, for code scanning"),
        "sarif-full": Format("checker.report.sarif:render_full", "SARIF with every outcome, for archives and auditors"),
    }
)
