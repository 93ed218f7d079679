"""What a docstring says about a function, its inputs and its outputs.

Three styles are read, as people write them: Google (``Args:``), NumPy (``Parameters`` underlined)
and Sphinx (``:param x:``).
"""

from __future__ import annotations

import re
from inspect import cleandoc

import msgspec


class Docs(msgspec.Struct, frozen=True):
    """A docstring, taken apart.

    Attributes:
        description: summary and body, without the sections.
        inputs: text by parameter name.
        returns: text of the return section; ``name: text`` lines of it by name, too.
    """

    description: str = ""
    inputs: dict[str, str] = {}
    returns: str = ""
    outputs: dict[str, str] = {}


_INPUTS = {"args", "arguments", "parameters", "params"}
_OUTPUTS = {"returns", "return"}
_OTHERS = {"raises", "yields", "examples", "example", "notes", "note", "attributes", "see also"}
_SECTIONS = _INPUTS | _OUTPUTS | _OTHERS
_FIELD = re.compile(r":(\w+)(?:\s+[^:]*?(\w+))?:\s*(.*)")
_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")


def parse(docstring: str | None) -> Docs:
    """Take a docstring apart."""
    if not docstring:
        return Docs()
    lines = cleandoc(docstring).splitlines()
    if any(line.startswith((":param", ":return")) for line in lines):
        return _sphinx(lines)
    return _sections(lines)


def _sphinx(lines: list[str]) -> Docs:
    description: list[str] = []
    inputs: dict[str, str] = {}
    returns = ""
    fields: list[str] = []
    for line in lines:
        if line.startswith(":"):
            fields.append(line)
        elif fields:
            fields[-1] += f" {line.strip()}"
        else:
            description.append(line)
    for field in fields:
        match = _FIELD.match(field)
        if match and match[1] == "param" and match[2]:
            inputs[match[2]] = match[3].strip()
        elif match and match[1] in _OUTPUTS:
            returns = match[3].strip()
    return Docs(_join(description), inputs, returns)


def _sections(lines: list[str]) -> Docs:
    found: dict[str, list[str]] = {"": []}
    section = found[""]
    numpy = False
    for number, line in enumerate(lines):
        title = line.rstrip(":").lower()
        underlined = number + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[number + 1])
        if title in _SECTIONS and (line.endswith(":") or underlined):
            numpy = numpy or bool(underlined)
            section = found.setdefault(title, [])
        elif not re.fullmatch(r"-{3,}", line):
            section.append(line)
    entries = _numpy_entries if numpy else _google_entries
    inputs = [line for title in found.keys() & _INPUTS for line in found[title]]
    outputs = [line for title in found.keys() & _OUTPUTS for line in found[title]]
    named = entries(outputs)
    returns = " ".join(named.values()) if numpy else _join(outputs, " ")
    return Docs(_join(found[""]), entries(inputs), returns, named)


def _google_entries(lines: list[str]) -> dict[str, str]:
    """``name (type): text``, continued on lines that are indented further."""
    entries: dict[str, str] = {}
    name = ""
    margin = min((_indent(line) for line in lines if line.strip()), default=0)
    for line in lines:
        match = _ENTRY.fullmatch(line.strip()) if _indent(line) == margin else None
        if match:
            name = match[1]
            entries[name] = match[2]
        elif name and line.strip():
            entries[name] = f"{entries[name]} {line.strip()}".strip()
    return entries


def _numpy_entries(lines: list[str]) -> dict[str, str]:
    """``name : type`` at the margin, the text indented below it."""
    entries: dict[str, str] = {}
    names: list[str] = []
    for line in lines:
        if line and _indent(line) == 0:
            names = [name.strip("* ") for name in line.partition(":")[0].split(",")]
            entries |= dict.fromkeys(names, "")
        elif line.strip():
            for name in names:
                entries[name] = f"{entries[name]} {line.strip()}".strip()
    return entries


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _join(lines: list[str], separator: str = "\n") -> str:
    return separator.join(line if separator == "\n" else line.strip() for line in lines).strip()
