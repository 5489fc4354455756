"""The wheel holds all that the main job needs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.running import CHECKOUT, EXPORTS


@pytest.mark.wheel
def test_the_installed_wheel_does_the_main_job_outside_the_checkout(tmp_path: Path) -> None:
    """Built, installed into a fresh environment and run elsewhere, it finds its policies, schemas and tables."""
    dist, room, work = tmp_path / "dist", tmp_path / "room", tmp_path / "work"
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), str(CHECKOUT)]
    subprocess.run(build, check=True, capture_output=True)
    # NOTE: the dependencies are those of the tests' own environment, so that no package index is needed.
    venv.create(room, with_pip=False, system_site_packages=False)
    [wheel] = dist.glob("*.whl")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(room), "install", "--no-deps", "--no-index", str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    shutil.copytree(EXPORTS / "v2-compliant", work / "export")
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    [own] = room.glob("lib/python*/site-packages")

    done = subprocess.run(
        [room / "bin/python", "-c", f"import sys; sys.path.append({libraries!r}); from checker.cli.main import main; sys.exit(main())",
         "check", "--policy", "v2-endpoint", "--facts", "export", "-o", "json:r.json"],
        cwd=work, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (0, "") == (done.returncode, done.stderr)
    assert json.loads((work / "r.json").read_text("utf-8"))["summary"]["pass"] > 0
    assert (own / "checker/schemas/policy.schema.json").is_file()
    assert (own / "checker/policies/tables/product-support.yaml").is_file()
