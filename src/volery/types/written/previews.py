"""Previews of values (`types.preview`) in one line of text."""

from __future__ import annotations

import json

from volery.types.preview import Json


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
