"""Previews of values as text: a line each, and some more of what content holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from volery.cli.output import table
from volery.types.preview import Json

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


def line(tree: Json) -> str:
    """A preview in one line, like JSON where it can be."""
    match tree:
        case {"type": "list" | "tuple" | "set", "items": items, "length": length}:
            return f"[{_parts([line(each) for each in items], length)}]"
        case {"type": "dict" | "record", "entries": entries, "length": length}:
            shown = [f"{_key(key)}: {line(value)}" for key, value in entries]
            return f"{{{_parts(shown, length)}}}"
        case {"type": "text", "head": head, "length": length}:
            return f"{json.dumps(f'{head}...', ensure_ascii=False)} ({length:,} characters)"
        case {"type": "bytes", "head": head, "length": length}:
            rest = "..." if len(head) < 2 * length else ""
            return f"{head}{rest} ({size_text(length)})"
        case {"type": "content", **known}:
            return _content(known)
        case {"type": "offloaded", **known}:
            length, size = known.get("length"), known.get("size")
            told = [f"{length:,} elements"] if length is not None else []
            told += [size_text(size)] if size is not None else []
            return f"({', '.join(told) or 'an element'}, stored)"
        case {"type": "unknown"}:
            return "(unknown)"
        case _:
            return json.dumps(tree, ensure_ascii=False)


def size_text(size: int) -> str:
    """Bytes as people read them: ``12 bytes``, ``3.4 MB``."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount, units = float(size), iter(("kB", "MB", "GB", "TB", "PB", "EB"))
    unit = ""
    while amount >= 999.5:
        amount, unit = amount / 1000, next(units)
    return f"{amount:.3g} {unit}"


def _parts(shown: list[str], length: int) -> str:
    left = length - len(shown)
    return ", ".join([*shown, f"... {left:,} more"] if left else shown)


def _key(tree: Json) -> str:
    return json.dumps(tree if isinstance(tree, str) else line(tree), ensure_ascii=False)


def _content(known: dict[str, Json]) -> str:
    """``file sales.csv (csv, 1.2 MB, 3f2a1b...)``."""
    told = [str(known["format"])] if "format" in known else []
    told += [size_text(known["size"])] if "size" in known else []
    told += [f"{known['digest'][:12]}..."] if "digest" in known else []
    place = known.get("uri") or known.get("name") or ""
    return " ".join(
        filter(None, (known.get("kind"), place, f"({', '.join(told)})" if told else ""))
    )


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
