"""How properties are explored: without a clock, and in CI always with the same examples."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# NOTE: a busy machine is no defect; and a pipeline that fails at random teaches people to ignore it, so the search for
# new examples is left to the runs of developers.
settings.register_profile(
    "project", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("project")
