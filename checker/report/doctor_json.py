"""What the doctor found out, for programs."""

from __future__ import annotations

from collections.abc import Iterable

from checker.model.diagnosis import Diagnosis, Examination, RuleError
from checker.model.values import Json
from checker.report.json_text import json_text

FORMAT = "adsync-checker/examination/v1"


def render(examination: Examination) -> str:
    """Write *examination* as JSON."""
    return json_text(
        {
            "format": FORMAT,
            "sound": examination.sound,
            "incomplete": examination.incomplete,
            "policies": list(examination.policies),
            "servers": [_server(one) for one in examination.diagnoses],
            "tenants": [{"tenant": one.tenant, "errors": _errors(one.errors)} for one in examination.tenants],
            "notes": list(examination.notes),
        }
    )


def _server(diagnosis: Diagnosis) -> Json:
    return {
        "server": diagnosis.server,
        "sound": diagnosis.sound,
        "steps": [{"name": one.name, "state": one.state.value, "sentence": one.sentence} for one in diagnosis.steps],
        "errors": _errors(diagnosis.errors),
    }


def _errors(errors: Iterable[RuleError]) -> Json:
    return [{"rule": one.rule, "title": one.title, "message": one.message} for one in errors]
