"""The policies that others build on: shipped ones by name, others inside the folder of the policy that names them."""

from __future__ import annotations

from pathlib import Path

from checker.cli.named_file import read_whole, shown_path
from checker.errors import PolicyError
from checker.load.document import PolicyDocument
from checker.load.extends import BaseError, base_path
from checker.load.nearest import hint
from checker.shipped import shipped_policies


def find_base(text: str, path: str) -> PolicyDocument:
    """
    Find the policy that the one at *path* names by *text* in its `extends`.

    Raises:
        BaseError: there is none, or it lies outside of the folder of the policy that names it.
    """
    wanted = base_path(text)
    if wanted is None:
        return _shipped(text)
    folder = Path(path).parent
    file = folder / wanted
    try:
        if not file.exists():
            raise BaseError(f"there is no file {shown_path(file)!r}")
        # NOTE: a link may lead anywhere; what counts is where the file really lies.
        if not file.resolve(strict=True).is_relative_to(folder.resolve(strict=True)):
            raise BaseError(f"{shown_path(file)!r} is a link that leaves the folder of this policy")
        return PolicyDocument(path=shown_path(file), content=read_whole(file))
    except (OSError, ValueError) as error:
        if isinstance(error, BaseError):
            raise
        raise BaseError(f"{text!r} cannot be used: {getattr(error, 'strerror', None) or error}") from error
    except PolicyError as error:
        raise BaseError("; ".join(one.message for one in error.mistakes)) from error


def _shipped(name: str) -> PolicyDocument:
    shipped = shipped_policies()
    if name not in shipped:
        raise BaseError(f"no shipped policy is called {name!r}{hint(name, shipped)}")
    return PolicyDocument(path=f"{name}.yaml", content=shipped[name].read_bytes(), shipped=True)
