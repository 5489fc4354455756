"""
JUnit XML: a suite for each server and for each tenant that fleet rules speak of, a case for each rule.

Built with junit-xml and then normalised, for what that library writes by itself Jenkins' schema refuses: an attribute
`disabled`, and times of any number of digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring
from junit_xml import TestCase, TestSuite

from checker.errors import OutputError
from checker.model.result import Finding, Report
from checker.report.junit_properties import TOOL, run_properties, subject_properties
from checker.report.mapping import Standing, standing_of, treatment_of
from checker.report.portable import portable_location, portable_text
from checker.report.subjects import Subject, subjects_of
from checker.report.summary import incomplete_because, too_many_waived
from checker.report.visible import LONG, SHORT, code, visible
from checker.report.wording import observed_words, waiver_words
from checker.report.xml_text import xml_text

_SUITE_ATTRIBUTES = frozenset(
    {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"}
)
_TYPES = {"failure": "RuleFailed", "error": "RuleError"}
_LONGEST_NAME = 480  # Azure takes 512 characters, among them the count of what is left out


def render(report: Report) -> str:
    """
    Write *report* as JUnit XML.

    Raises:
        OutputError: a strict parser does not find in the text what the report says.
    """
    shared = run_properties(report)
    suites = [_suite(report, subject, shared) for subject in subjects_of(report) if subject.findings]
    cases = [*_cases_of_run(report)]
    if cases:
        made = _timestamp(report)
        suites.append(TestSuite(TOOL, cases, hostname=TOOL, package=TOOL, timestamp=made, properties=shared))
    elements = [_normalised(suite, number) for number, suite in enumerate(suites)]
    root = Element("testsuites", name=TOOL)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(element.attrib[total]) for element in elements)))
    seconds = max((report.run.finished - report.run.started).total_seconds(), 0.0)
    root.set("time", f"{seconds:.3f}")
    root.extend(elements)
    text = xml_text(root)
    _read_back(text, report)
    return text


def _suite(report: Report, subject: Subject, shared: Mapping[str, str]) -> TestSuite:
    name = _said(subject.name, "unnamed")
    return TestSuite(
        name,
        [_case(report, finding, name) for finding in subject.findings],
        hostname=name,
        package=TOOL,
        timestamp=_timestamp(report),
        properties={**shared, **subject_properties(report, subject)},
    )


def _cases_of_run(report: Report) -> Iterator[TestCase]:
    """Build what keeps a report from being empty, or green, where the run is refused for no finding of its own."""
    if reasons := incomplete_because(report):
        case = TestCase("run is complete", f"{TOOL}.run", 0)
        lines = [_said(portable_text(report, reason), "The run is incomplete.", LONG) for reason in reasons]
        case.add_error_info(lines[0], "\n".join(lines), "RunIncomplete")
        yield case
    if refused := too_many_waived(report):
        case = TestCase("no more failures are waived than --max-waived allows", f"{TOOL}.run", 0)
        case.add_failure_info(refused, refused, "TooManyWaived")
        yield case


def _timestamp(report: Report) -> str:
    """Give the start in UTC without a zone, the only form that Azure reads."""
    return report.run.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _case(report: Report, finding: Finding, subject: str) -> TestCase:
    rule, treatment = report.rules[finding.rule], treatment_of(report, finding)
    # NOTE: the last part is the server or the tenant, not a word: one action searches the workspace for a file of that name.
    group = ".".join((TOOL, visible(rule.policy).replace(".", "_"), subject.replace(".", "_")))
    case = TestCase(visible(f"{rule.id} {rule.title}", _LONGEST_NAME), group, 0)
    if treatment.junit is None:
        return case
    # NOTE: junit-xml drops a failure that has neither message nor text, and the case then counts as passed.
    said = _message(report, finding)
    message = _said(said, finding.outcome.value)
    text = "\n".join((_said(said, finding.outcome.value, LONG), *_details(report, finding)))
    match treatment.junit:
        case "failure":
            case.add_failure_info(message, text, _TYPES["failure"])
        case "error":
            case.add_error_info(message, text, _TYPES["error"])
        case "skipped":
            case.add_skipped_info(message, text)
    return case


def _message(report: Report, finding: Finding) -> str:
    """Say what a reader must know who sees the message alone; of a waived failure, who waived it, until when and why."""
    if finding.waiver is not None and standing_of(report, finding) is Standing.WAIVED:
        return waiver_words(finding.waiver)
    return f"{treatment_of(report, finding).prefix}{portable_text(report, finding.message)}"


def _details(report: Report, finding: Finding) -> Iterator[str]:
    """Give the lines below the message, each fit to be shown."""
    rule, source = report.rules[finding.rule], finding.source
    waiver, skipped = finding.waiver, treatment_of(report, finding).junit == "skipped"
    told = {
        # NOTE: what is skipped was evaluated all the same; of a waived failure no other line says what was found.
        "outcome": finding.outcome.value if skipped else "",
        "found": portable_text(report, finding.message) if waiver else "",
        "waiver": str(portable_location(report, waiver.location)) if waiver else "",
        "rule": f"{rule.id} {rule.title}",
        "server": finding.server,
        "tenant": finding.tenant,
        "severity": rule.severity.word,
        "fact": finding.fact,
        "expected": finding.expected,
        "observed": observed_words(finding),
        "derived": "" if finding.derivation in finding.message else portable_text(report, finding.derivation),
        "source": source.format.value if source else "",
        "item": source.item if source else "",
        "at": str(portable_location(report, source.location)) if source and source.location else "",
        "policy": str(portable_location(report, rule.location)),
    }
    yield from (f"{name}: {visible(text, LONG)}" for name, text in told.items() if text)
    if rule.remediation.text or rule.remediation.powershell:
        yield "remediation:"
        yield from map(code, (*rule.remediation.text.splitlines(), *rule.remediation.powershell.splitlines()))


def _said(text: str, otherwise: str, limit: int = SHORT) -> str:
    """Give *text* visible, or *otherwise* where it is blank: readers stop at an empty name, and hide an empty text."""
    return visible(text, limit) if text.strip() else otherwise


def _normalised(suite: TestSuite, number: int) -> Element:
    """Give the element of *suite* as Jenkins' schema and all readers take it."""
    element: Element = suite.build_xml_doc()
    for name in set(element.attrib) - _SUITE_ATTRIBUTES:
        del element.attrib[name]
    element.set("id", str(number))
    element.set("time", "0.000")
    for case in element.iter("testcase"):
        case.set("time", "0.000")
        for skipped in case.iter("skipped"):
            skipped.attrib.pop("type", None)
    return element


def _read_back(text: str, report: Report) -> None:
    """Compare what a strict parser finds in *text* with what *report* says, by result."""
    try:
        root = fromstring(text)
    except ParseError as error:
        raise OutputError(f"The JUnit report cannot be read back: {error}.") from error
    written = Counter(tuple(child.tag for child in case) for case in root.iter("testcase"))
    meant = Counter(
        (element,) if (element := treatment_of(report, finding).junit) else () for finding in report.findings
    )
    meant[("error",)] += bool(incomplete_because(report))
    meant[("failure",)] += bool(too_many_waived(report))
    if written != +meant:
        raise OutputError("The JUnit report, read back, does not hold the results that were to be written.")
