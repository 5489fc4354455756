"""Everything that may run on a server, as text for whoever has to allow it."""

from __future__ import annotations

from checker.acquire.live.diagnosis_session import QUESTIONS
from checker.acquire.live.pipelines import EVERY_QUESTION, pipeline_text
from checker.report.collection_script import render_script
from checker.shipped import server_module_text


def script() -> str:
    """Give the text of the module, and each pipeline of cmdlets as a person would type it."""
    questions = (*EVERY_QUESTION, *QUESTIONS)
    return render_script(server_module_text(), [(one.title, pipeline_text(one.pipeline)) for one in questions])
