"""Registry exports."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from io import BytesIO

import pytest

from checker.acquire import registry
from checker.acquire.reading import Reading
from checker.acquire.sample import Sample, UnreadableError, sample_of
from checker.model.facts import Absent, Fact, Known, Reason, Unknown
from tests.acquire.sampling import sample

HEADER = "Windows Registry Editor Version 5.00\n\n"
SETS = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet"
SERVICE = rf"{SETS}\Services\ADSync"
PARAMETERS = rf"{SERVICE}\Parameters"
INSTANCE = rf"{PARAMETERS}\PerMAInstance\fabrikam.onmicrosoft.com - AAD"
SOFTWARE = r"HKEY_LOCAL_MACHINE\SOFTWARE"
TLS = rf"{SETS}\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2"
EXPORT, IMPORT = "endpoint.export_api_version_raw", "endpoint.import_api_version_raw"


def key(name: str, *values: str) -> str:
    """Write one key with its values and the blank line after it."""
    return "\n".join([f"[{name}]", *values, "", ""])


def dword(name: str, number: int) -> str:
    """Write a number."""
    return f'"{name}"=dword:{number:08x}'


BOTH = key(PARAMETERS, dword("AadConnectorExportApiVersion", 2), dword("AadConnectorImportApiVersion", 1))


def read(body: str, header: str = HEADER) -> Reading:
    """Read an export of *body*."""
    found = sample(header + body, "adsync.reg")
    assert registry.recognises(found)
    [reading] = registry.read(found)
    return reading


def value(fact: Fact | None) -> object:
    """Give the value, the reason, or that it is absent; None where the fact is left out."""
    match fact:
        case None:
            return None
        case Known():
            return fact.value
        case Absent():
            return "absent"
        case Unknown():
            return fact.reason


def test_every_fact_that_an_export_can_hold_is_read() -> None:
    """All keys of interest, of both hives and both views, in any letter case."""
    net = r"Microsoft\.NETFramework\v4.0.30319"
    facts = read(
        key(rf"{SETS}\Control\ComputerName\ComputerName", '"ComputerName"="SYNC01"')
        + key(rf"{TLS}\Client", dword("Enabled", 1), dword("DisabledByDefault", 0))
        + key(rf"{TLS}\Server", dword("Enabled", 0xFFFFFFFF), dword("DisabledByDefault", 0))
        + key(SERVICE.upper(), r'"ObjectName"="FABRIKAM\\svc$"')
        + BOTH
        + key(rf"{SOFTWARE}\{net}", dword("SystemDefaultTlsVersions", 1), dword("SchUseStrongCrypto", 0))
        + key(rf"{SOFTWARE}\WOW6432Node\{net}", dword("systemdefaulttlsversions", 0), dword("SchUseStrongCrypto", 1))
        + key(rf"{SOFTWARE}\Microsoft\NET Framework Setup\NDP\v4\Full", dword("Release", 528049))
        + key(rf"{SOFTWARE}\Microsoft\Azure AD Connect", dword("AuditEventLogging", 0))
    ).facts

    assert {
        EXPORT: 2,
        IMPORT: 1,
        "server.name": "SYNC01",
        "server.adsync_service_account": r"FABRIKAM\svc$",
        "server.dotnet_release": 528049,
        "features.admin_audit_logging_raw": 0,
        "tls.client_enabled": 1,
        "tls.client_disabled_by_default": 0,
        "tls.server_enabled": 4294967295,
        "tls.server_disabled_by_default": 0,
        "tls.dotnet_system_default": 1,
        "tls.dotnet_strong_crypto": 0,
        "tls.dotnet32_system_default": 0,
        "tls.dotnet32_strong_crypto": 1,
    } == {name: value(fact) for name, fact in facts.items()}


def test_the_computer_that_an_export_names_owns_it() -> None:
    """An export may name the server that it was made on."""
    named = key(rf"{SETS}\Control\ComputerName\ComputerName", '"ComputerName"="SYNC01"')

    assert (None, "SYNC01") == (read(BOTH).computer, read(named + BOTH).computer)


def test_a_fact_says_its_line_and_its_value() -> None:
    """A report can point at the line of the value."""
    fact = read(BOTH).facts[IMPORT]

    assert isinstance(fact, Known)
    assert fact.source.location is not None
    assert ("adsync.reg", 5) == (fact.source.location.file, fact.source.location.line)
    assert rf"{PARAMETERS}\AadConnectorImportApiVersion" == fact.source.item


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param("dword:00000002", 2, id="a number"),
        pytest.param("dword:0000000a", 10, id="digits are hexadecimal"),
        pytest.param("hex(4):02,00,00,00", 2, id="a number as bytes"),
        pytest.param("hex(4):02,00,\\\n  00,00", 2, id="continued"),
        pytest.param("hex(4):\\\n  02,00,\\\n  00,00", 2, id="continued at once"),
        pytest.param("hex(4):02,00", Reason.WRONG_TYPE, id="too few bytes"),
        pytest.param("hex(b):02,00,00,00,00,00,00,00", Reason.WRONG_TYPE, id="T21 a QWORD"),
        pytest.param("hex(5):00,00,00,02", Reason.WRONG_TYPE, id="T21 the other byte order"),
        pytest.param('"2"', Reason.WRONG_TYPE, id="T21 text"),
        pytest.param("hex:02,00,00,00", Reason.WRONG_TYPE, id="T21 binary"),
        pytest.param("hex:", Reason.WRONG_TYPE, id="T21 nothing"),
    ],
)
def test_a_number_is_a_dword_and_nothing_else(data: str, expected: object) -> None:
    """A value of another type is there and says nothing: not absent, not coerced."""
    body = key(PARAMETERS, f'"AadConnectorExportApiVersion"={data}', dword("AadConnectorImportApiVersion", 1))

    facts = read(body).facts

    assert (expected, 1) == (value(facts[EXPORT]), value(facts[IMPORT]))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(r'".\\svc \"x\""', r'.\svc "x"', id="escapes"),
        pytest.param("hex(1):61,00,62,00,00,00", "ab", id="text as bytes"),
        pytest.param("hex(1):00,d8", Reason.WRONG_TYPE, id="bytes that are no text"),
        pytest.param('""', Reason.WRONG_TYPE, id="T21 empty"),
        pytest.param("dword:00000001", Reason.WRONG_TYPE, id="T21 a number"),
        pytest.param("hex(2):61,00,00,00", Reason.WRONG_TYPE, id="T21 text to be expanded"),
    ],
)
def test_text_is_a_reg_sz_and_nothing_else(data: str, expected: object) -> None:
    """The account of the service is text."""
    assert expected == value(read(key(SERVICE, f'"ObjectName"={data}')).facts["server.adsync_service_account"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(key(PARAMETERS, '"Path"="x"'), ("absent", "absent"), id="the key without it"),
        pytest.param(key(PARAMETERS), ("absent", "absent"), id="the key without values"),
        pytest.param(key(SERVICE), (Reason.TRUNCATED, Reason.TRUNCATED), id="a key above, and not the key"),
        pytest.param(key(r"HKEY_LOCAL_MACHINE\SYSTEM"), (None, None), id="the root of the hive and no control set"),
        pytest.param(key(rf"{PARAMETERS}\PerMAInstance"), (None, None), id="a key below"),
        pytest.param(key(rf"{SETS}\Services\Other"), (None, None), id="a key beside"),
        pytest.param("", (None, None), id="nothing"),
    ],
)
def test_a_value_is_absent_only_from_its_own_key(body: str, expected: tuple[object, object]) -> None:
    """The product always has its key, so an export with a key above and without this one is no whole export."""
    facts = read(body).facts

    assert expected == (value(facts.get(EXPORT)), value(facts.get(IMPORT)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(key(rf"{TLS}\Client"), "absent", id="the key itself"),
        pytest.param(key(rf"{SETS}\Control"), "absent", id="a key above"),
        pytest.param(key(SETS), "absent", id="the control set"),
        pytest.param(key(r"HKEY_LOCAL_MACHINE\SYSTEM") + key(rf"{SETS}\Services"), "absent", id="the hive"),
        pytest.param(key(rf"{TLS}\Server"), None, id="the key beside it"),
        pytest.param(BOTH, None, id="another branch"),
    ],
)
def test_a_setting_of_the_system_is_absent_below_any_key_above(body: str, expected: object) -> None:
    """An export is recursive; what no key above covers was not looked at."""
    assert expected == value(read(body).facts.get("tls.client_enabled"))


def test_an_export_without_its_last_blank_line_may_be_cut_off() -> None:
    """What is missing from the last key is unknown; what is there is there."""
    body = key(PARAMETERS, dword("AadConnectorExportApiVersion", 2)).rstrip("\n") + "\n"

    facts = read(body).facts

    assert (2, Reason.TRUNCATED) == (value(facts[EXPORT]), value(facts[IMPORT]))
    assert not read(body).instances_observed


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param('"Path"="x"', "follows a blank line", id="the line of a key is lost"),
        pytest.param("[HKEY_LOCAL", "cut off", id="a key is cut off"),
        pytest.param("junk", "neither a key nor a value", id="junk"),
        pytest.param("  00,01", "neither a key nor a value", id="bytes of nothing"),
        pytest.param("Windows Registry Editor Version 5.00", "neither a key nor a value", id="a second header"),
        pytest.param("[-HKEY_LOCAL_MACHINE\\SYSTEM]", "deletes a key", id="a key to delete"),
        pytest.param(f'[{SETS}]\n"x"=-', "deletes a value", id="a value to delete"),
        pytest.param(f'[{SETS}]\n"x"=dword:1', "cannot be read", id="a number of too few digits"),
        pytest.param(f'[{SETS}]\n"x"=dword:0000000g', "cannot be read", id="a digit that is none"),
        pytest.param(f'[{SETS}]\n"x"=hex:00,', "cannot be read", id="a byte is missing"),
        pytest.param(f'[{SETS}]\n"x"=hex:00,\\\n\n', "cut off", id="bytes that go on in a blank line"),
        pytest.param(f'[{SETS}]\n"x"=hex:00,\\\n"y"=dword:00000001', "cut off", id="bytes that go on in a value"),
        pytest.param(f'[{SETS}]\n"x"=hex:00,\\', "cut off", id="bytes that go on and end"),
        pytest.param(f'[{SETS}]\n"x"="never\n\n', "never closed", id="a text that is never closed"),
        pytest.param(f'[{SETS}]\n"x"="open\n"y"="z"\n', "Something follows", id="a text whose end is lost"),
        pytest.param(f'[{SETS}]\n"x', "no whole value", id="half a name"),
        pytest.param(f'[{SETS}]\n"x"', "no whole value", id="a name alone"),
    ],
)
def test_a_line_that_cannot_stand_there_makes_the_export_unreadable(line: str, message: str) -> None:
    """Where lines were lost, what is missing says nothing, so nothing of the export counts."""
    with pytest.raises(UnreadableError, match=message) as caught:
        read(f"{BOTH}{line}\n")

    assert caught.value.line >= 7


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(key(SETS, dword("AadConnectorExportApiVersion", 2)), id="the endpoint in the control set"),
        pytest.param(key(INSTANCE, dword("AadConnectorExportApiVersion", 2)), id="the endpoint in an instance"),
        pytest.param(key(rf"{SETS}\Services\Other", dword("AadConnectorExportApiVersion", 2)), id="in another service"),
        pytest.param(
            key(PARAMETERS, dword("EnableNonExistentObjectReferenceExportFiltering", 1)),
            id="the filtering in the key above",
        ),
        pytest.param(
            key(rf"{PARAMETERS}\PerMAInstance", dword("EnableNonExistentObjectReferenceExportFiltering", 0)),
            id="the filtering of no connector",
        ),
        pytest.param(key(rf"{SOFTWARE}\Microsoft\Other", dword("AuditEventLogging", 0)), id="audit elsewhere"),
    ],
)
def test_a_value_in_a_foreign_key_shows_that_a_key_was_lost(body: str) -> None:
    """Some values stand in one key only."""
    with pytest.raises(UnreadableError, match="does not belong"):
        read(body)


@pytest.mark.parametrize("second", [1, 2])
def test_a_value_stands_once_in_its_key(second: int) -> None:
    """Twice, be it with the same content, it is the value of another key whose line was lost."""
    with pytest.raises(UnreadableError, match="stands twice in its key, first in line 4"):
        read(key(rf"{TLS}\Client", dword("Enabled", 1), dword("enabled", second)))


def test_a_key_stands_once() -> None:
    """No export writes a key twice."""
    with pytest.raises(UnreadableError, match="stands twice, first in line 3"):
        read(BOTH + BOTH)


def test_text_with_line_breaks_ends_no_key() -> None:
    """Exports write line breaks in text as they are, and blank lines with them."""
    body = key(PARAMETERS, '"Licence"="one\n\n[two] \\"\nthree"', dword("AadConnectorExportApiVersion", 2))

    assert value(read(body).facts[EXPORT]) == 2


@pytest.mark.parametrize(
    ("current", "first", "second", "expected"),
    [
        pytest.param(None, 2, 2, 2, id="both sets agree"),
        pytest.param(None, 2, 1, Reason.CONFLICTING, id="they differ and none counts"),
        pytest.param(None, 2, None, Reason.CONFLICTING, id="one has it and the other not"),
        pytest.param(1, 2, 1, 2, id="the first counts"),
        pytest.param(2, 2, 1, 1, id="the second counts"),
        pytest.param(3, 2, 2, Reason.TRUNCATED, id="the set that counts is not there"),
    ],
)
def test_the_control_set_that_counts_is_the_one_that_select_names(
    current: int | None, first: int, second: int | None, expected: object
) -> None:
    """Offline hives have numbered control sets; `Select` tells which one the server starts with."""

    def parameters(number: int, version: int | None) -> str:
        values = [] if version is None else [dword("AadConnectorExportApiVersion", version)]
        return key(rf"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet00{number}\Services\ADSync\Parameters", *values)

    select = "" if current is None else key(r"HKEY_LOCAL_MACHINE\SYSTEM\Select", dword("Current", current))

    assert expected == value(read(parameters(1, first) + parameters(2, second) + select).facts[EXPORT])


def test_select_that_is_no_number_is_refused() -> None:
    """It cannot be told which control set counts."""
    with pytest.raises(UnreadableError, match="no number"):
        read(BOTH + key(r"HKEY_LOCAL_MACHINE\SYSTEM\Select", '"Current"="1"'))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([dword("EnableNonExistentObjectReferenceExportFiltering", 0)], 0, id="set"),
        pytest.param([], "absent", id="not set"),
    ],
)
def test_the_settings_of_a_connector_carry_its_name(values: list[str], expected: object) -> None:
    """A key below `PerMAInstance` is of one connector."""
    reading = read(BOTH + key(INSTANCE, *values))

    [instance] = reading.instances
    assert ("fabrikam.onmicrosoft.com - AAD", expected) == (instance.connector, value(instance.filtering))
    assert reading.instances_observed


def test_a_missing_instance_was_observed_where_the_key_above_was_read() -> None:
    """An export of `Parameters` has all keys below it; one of an instance alone says nothing of others."""
    alone = key(INSTANCE, dword("EnableNonExistentObjectReferenceExportFiltering", 1))

    assert (True, False) == (read(BOTH).instances_observed, read(alone).instances_observed)


def test_the_old_form_is_refused_with_a_hint() -> None:
    """`REGEDIT4` is text in the code page of some machine."""
    with pytest.raises(UnreadableError, match="reg export"):
        read(BOTH, header="REGEDIT4\n\n")


def test_a_lost_header_is_no_other_format() -> None:
    """What starts with a key is an export that lost its first line."""
    with pytest.raises(UnreadableError, match="first line is not"):
        read(BOTH, header="")


@pytest.mark.parametrize("text", ["", "[section]\nkey=1", "<html/>", "{}", "Notes on Windows Registry Editor"])
def test_other_texts_are_not_recognised(text: str) -> None:
    """An export is known by its first line."""
    assert not registry.recognises(sample(text))


def test_deleting_a_line_of_an_export_never_changes_a_value() -> None:
    """After any loss of one line, each fact is what it was, or unknown, or absent, or the export is unreadable."""
    lines = (HEADER + BOTH + key(INSTANCE, dword("EnableNonExistentObjectReferenceExportFiltering", 1))).split("\n")
    whole = {name: value(fact) for name, fact in read("\n".join(lines), header="").facts.items()}
    wrong = []
    for number in range(len(lines)):
        try:
            facts = read("\n".join(lines[:number] + lines[number + 1 :]), header="").facts
        except UnreadableError:
            continue
        wrong += [name for name, fact in facts.items() if isinstance(fact, Known) and fact.value != whole[name]]

    assert [] == wrong


def hive(keys: int) -> Iterator[str]:
    """Write a hive of many keys with the one of interest at its end."""
    yield HEADER
    for number in range(keys):
        name = rf"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Enum\{number}"
        yield key(name, '"Desc"="text"', dword("Flags", number), '"Raw"=hex(7):00,01,\\\n  02,03,\\\n  04')
    yield BOTH


def large(keys: int) -> Sample:
    """Give such a hive as a sample, as UTF-16LE."""
    raw = b"\xff\xfe" + "".join(hive(keys)).replace("\n", "\r\n").encode("utf-16-le")
    return sample_of("REG_HKLM_SYSTEM_Hive.log", len(raw), lambda: BytesIO(raw))


def test_memory_does_not_grow_with_the_hive() -> None:
    """A support bundle holds whole hives; what is not of interest is passed."""

    def peak(keys: int) -> int:
        found = large(keys)
        tracemalloc.start()
        [reading] = registry.read(found)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert value(reading.facts[EXPORT]) == 2
        return most

    small, big = peak(100), peak(2000)

    assert big < small + 100_000
