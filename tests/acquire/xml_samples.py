"""XML files as samples, and the texts of small but complete ones."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from checker.acquire import server_configuration
from checker.acquire.reading import Reading
from checker.acquire.sample import Sample, sample_of
from checker.acquire.sync_rule import ENTRA_CONNECTOR
from checker.model.facts import Known, Reason, Unknown
from checker.model.values import Value

RULE = "039dcc3a-1513-4c08-b296-0973691e644a"


def sample(name: str, text: str, encoding: str = "utf-8") -> Sample:
    """Give *text* as the file *name*."""
    content = text.encode(encoding)
    return sample_of(name, len(content), lambda: BytesIO(content))


def mapping(destination: str, expression: str | None = None) -> str:
    """Give a mapping to *destination*."""
    told = "" if expression is None else f"<expression>{escape(expression)}</expression>\n"
    return f"<mapping>\n<dest>{destination}</dest>\n<src><attr>a</attr></src>\n{told}</mapping>\n"


def scope(attribute: str, operator: str, value: str) -> str:
    """Give a scope clause."""
    return (
        f"<scope>\n<csAttribute>{attribute}</csAttribute>\n<csOperator>{operator}</csOperator>\n"
        f"<csValue>{value}</csValue>\n</scope>\n"
    )


def rule_text(*, flows: str = "", clauses: str = "", **elements: str) -> str:
    """Give a rule file with *elements* in place of its own; underscores stand for hyphens."""
    values = {
        "id": f"{{{RULE}}}",
        "name": "Out to AAD - Group Join",
        "immutable-tag": "Microsoft.OuttoAADGroupJoin.006",
        "direction": "Outbound",
        "disabled": "False",
        "connector": f"{{{ENTRA_CONNECTOR}}}",
        "targetObjectType": "group",
        "precedence": "139",
    } | {name.replace("_", "-"): value for name, value in elements.items()}
    body = "".join(f"<{name}>{value}</{name}>\n" for name, value in values.items())
    return (
        f"<synchronizationRule>\n{body}<attribute-mappings>\n{flows}</attribute-mappings>\n"
        f"<synchronizationCriteria>\n<conditions>\n{clauses}</conditions>\n</synchronizationCriteria>\n"
        "</synchronizationRule>\n"
    )


def settings_text(parameters: str, root: str = "server='SYNC01' export-date='2026-11-20 10:15:00.250'") -> str:
    """Give a file of global settings with *parameters*, a name and a value a line, joined by an equals sign."""
    lines = "".join(
        f'<parameter name="{line.partition("=")[0]}">{line.partition("=")[2]}</parameter>\n'
        for line in parameters.splitlines()
    )
    return f"<saved-mv-configuration {root}>\n<mv-data>\n<parameter-values>\n{lines}</parameter-values></mv-data>\n</saved-mv-configuration>\n"


ENTRA = f"""<ma-data>
<id>{{{ENTRA_CONNECTOR.upper()}}}</id>
<name>fabrikam.onmicrosoft.com - AAD</name>
<category>Extensible2</category>
<subtype>Windows Azure Active Directory (Microsoft)</subtype>
<private-configuration>
<MAConfig>
<extension-config>
<export-type>5</export-type>
<assembly-version>2.6.91.0</assembly-version>
</extension-config>
<parameter-values>
<parameter name="UserName">Sync_SYNC01_0a@fabrikam.onmicrosoft.com</parameter>
</parameter-values>
</MAConfig>
</private-configuration>
</ma-data>
"""
DIRECTORY = """<ma-data>
<id>{44B84D44-1237-591C-9F6D-4FD8490B6A29}</id>
<name>corp.fabrikam.example</name>
<category>AD</category>
<subtype />
<private-configuration>
<adma-configuration>
<forest-login-domain>CORP</forest-login-domain>
<forest-login-user>MSOL_1</forest-login-user>
<password-hash-sync-config><enabled>1</enabled></password-hash-sync-config>
</adma-configuration>
</private-configuration>
</ma-data>
"""
OTHER = """<ma-data>
<id>{0b5e1d5f-7e10-4c11-8d26-6a3f2b6d9a10}</id>
<name>LDAP</name>
<category>Extensible2</category>
<subtype>Generic LDAP (Microsoft)</subtype>
</ma-data>
"""


def read(name: str, text: str) -> Reading:
    """Read *text* as the file *name*."""
    one = sample(name, text)
    assert server_configuration.recognises(one)
    (reading,) = server_configuration.read(one)
    return reading


def without(text: str, tag: str) -> str:
    """Delete the line of the element *tag*."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(f"<{tag}"))


def values(reading: Reading) -> dict[str, Value]:
    """Give the values of the known facts."""
    return {name: fact.value for name, fact in reading.facts.items() if isinstance(fact, Known)}


def reasons(reading: Reading) -> dict[str, Reason]:
    """Give the reasons of the unknown facts."""
    return {name: fact.reason for name, fact in reading.facts.items() if isinstance(fact, Unknown)}


def problem(reading: Reading) -> Unknown:
    """Give what is wrong with a rule that was read."""
    assert reading.rules is not None
    assert reading.rules.problem is not None
    assert reading.rules.rules == ()
    return reading.rules.problem
