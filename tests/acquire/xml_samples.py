"""XML files as samples, and the texts of small but complete ones."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from checker.acquire.sample import Sample, sample_of
from checker.acquire.sync_rule import ENTRA_CONNECTOR

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
