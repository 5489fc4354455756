"""Rooms import only what they may, a run starts light, files stay small, and their names say what they hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

CHECKOUT = Path(__file__).resolve().parents[1]
EXPORT = CHECKOUT / "tests/exports/v2-compliant"


def test_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """No room imports another, and the pure floors import nothing with effects."""
    monkeypatch.chdir(CHECKOUT)

    assert lint_imports(no_cache=True) == 0


@pytest.mark.parametrize("heavy", ["pypsrp", "rich", "jinja2", "sqlalchemy", "jsonschema", "junit_xml", "requests"])
def test_check_imports_nothing_heavy(heavy: str) -> None:
    """Judging one export with console text imports no library that it does not use."""
    code = (
        "import sys; from checker.cli.main import main;"
        f"code = main(['check', '--policy', 'v2-endpoint', '--facts', {str(EXPORT)!r}]);"
        f"sys.exit(99 if {heavy!r} in sys.modules else code)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)


def test_files_stay_small() -> None:
    """A file is one concept, and under 300 lines; the catalogue of facts is one table."""
    sizes = {
        path.relative_to(CHECKOUT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in (CHECKOUT / "checker").rglob("*.py")
    }

    assert {} == {path: size for path, size in sizes.items() if size > 300 and path != "checker/model/catalogue.py"}


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "base", "manager", "misc"])
def test_no_file_has_a_name_that_says_nothing(name: str) -> None:
    """A room for everything is a room for nothing."""
    assert [] == list((CHECKOUT / "checker").rglob(f"{name}.py"))
