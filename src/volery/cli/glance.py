"""Previews of values as text: a line each, and some more of what content holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from volery.cli.output import table
from volery.types.preview import Json
from volery.types.written.previews import line

LINES = 10
"""Lines of a text, and rows of a table, that are shown."""
WIDTH = 100
"""Characters of a line below the first, and of a cell a third of it."""


def glance(name: str, tree: Json) -> Iterator[str]:
    """Lines that show a value to people.

    Args:
        name: of the input or output.
        tree: its preview (`types.preview`).
    """
    match tree:
        case str():
            yield f"{name} = {tree}"
        case {"type": "text", "head": head, "length": length}:
            yield f"{name} = {head}... ({length:,} characters)"
        case _:
            yield f"{name} = {line(tree)}"
    match tree:
        case {"type": "content", "preview": {**details}}:
            words, blocks = _details(details)
            yield from (f"  {each}" for each in (*words, *blocks))
        case _:
            pass


def _details(details: dict[str, Json]) -> tuple[list[str], list[str]]:
    """The preview that a codec made: facts in words, then tables and texts of several lines."""
    words: list[str] = []
    blocks: list[str] = []
    for key, detail in details.items():
        match detail:
            case None | "" | []:
                pass
            case str() if detail.startswith("data:"):  # a picture, for those who have a window
                pass
            case str() if "\n" in detail:
                blocks += _text(detail)
            case [{**first}, *_]:
                blocks += _table(list(first), cast("list[dict[str, Any]]", detail))
            case _:
                text = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False)
                words.append(_cut(f"{key}: {text}", WIDTH))
    return words, blocks


def _text(text: str) -> Iterator[str]:
    lines = text.splitlines()
    yield from (_cut(each, WIDTH) for each in lines[:LINES])
    if len(lines) > LINES:
        yield "..."


def _table(names: list[str], rows: list[dict[str, Any]]) -> Iterator[str]:
    cells = [[_cell(row.get(name)) for name in names] for row in rows[:LINES]]
    yield from table([[_cell(name) for name in names], *cells]).splitlines()


def _cell(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _cut(" ".join(text.split()), WIDTH // 3)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
