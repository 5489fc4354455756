"""
What a diagnosis asks within a session, and how sessions are watched that are opened to read facts.

No session is opened for a diagnosis alone: a credential is shown to a server as often as a collection does, so that a
wrong one does not lock its account. What is asked here is asked at the end, when the facts are already read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from checker.acquire.live.cmdlet_windows_plan import read_clock, read_environment
from checker.acquire.live.commands import Answer, Command, Connect, Session, Target
from checker.acquire.live.commands import LiveError as LiveError  # noqa: PLC0414 - see `watched`
from checker.acquire.live.conversation import Conversation, NotAnsweredError, text_in, word_in
from checker.acquire.live.gathering import Gathering, ServerClock
from checker.acquire.live.pipelines import CLOCK, ENVIRONMENT, FUNCTION, SERVICE
from checker.acquire.live.question import Question, pipe, select
from checker.model.collection import Failure, FailureClass
