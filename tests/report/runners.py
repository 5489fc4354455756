"""What the runners of pipelines do with a line that is printed: the parsers of GitHub and Azure, as oracles."""

from __future__ import annotations

import unicodedata


def github_command(line: str) -> str | None:
    """Give the command that GitHub's runner takes from *line*: the form of today, else the old one; else None."""
    trimmed = line.lstrip()
    if trimmed.startswith("::"):
        end = trimmed.find("::", 2)
        if end > 2:
            return trimmed[2:end].split(" ")[0]
    start = line.find("##[")
    end = line.find("]", start)
    return line[start + 3 : end].split(" ", maxsplit=1)[0] if start >= 0 and end > start else None


def azure_command(line: str) -> str | None:
    """Give the command that the agent of Azure Pipelines takes from *line*, else None."""
    start = line.find("##vso[")
    end = line.find("]", start)
    return line[start + 6 : end].split(" ", maxsplit=1)[0] if start >= 0 and end > start else None


def commands(text: str) -> list[str]:
    """Give every command that some runner takes from *text*; what any of them may hold for a line end is one."""
    found = (parse(line) for line in text.splitlines() for parse in (github_command, azure_command))
    return [command for command in found if command is not None]


def acting(text: str) -> set[str]:
    """Give the characters of *text*, besides line ends, that steer a terminal or hide what is there."""
    return {
        char
        for char in text
        if char not in "\n " and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
    }
