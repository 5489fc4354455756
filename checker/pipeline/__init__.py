"""The whole flow: policies, an inventory, waivers and facts in, a report out."""

from checker.pipeline.flow import check, interrupted
from checker.pipeline.request import Document, Request

__all__ = ["Document", "Request", "check", "interrupted"]
