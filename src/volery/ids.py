"""Names and identifiers, and how they are derived.

Ids are derived wherever an operation can be repeated, so that repeating it repeats the id.
"""

from __future__ import annotations

import os
import re

try:  # hashlib loads OpenSSL, which takes longer than all of Volery's engine
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

ROOT = ""
"""Path of an execution's outermost scope."""

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_EXECUTION_NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def digest(data: bytes) -> str:
    """A content digest, as 32 hexadecimal digits (BLAKE2b, 128 bits)."""
    return blake2b(data, digest_size=16).hexdigest()


def new_execution_id() -> str:
    """A fresh execution id: 12 letters and digits that begin with a letter, 59 random bits."""
    return _letters(os.urandom(8))


def child_execution_id(parent: str, path: str) -> str:
    """The id of the execution that a launch plan node starts: the same on every try."""
    return _letters(blake2b(f"{parent}\n{path}".encode(), digest_size=8).digest())


def scheduled_execution_id(project: str, domain: str, plan: str, at: float) -> str:
    """The id of the execution that a launch plan has for an instant, whoever starts it."""
    microseconds = round(at * 1_000_000)
    name = f"{project}/{domain}/{plan}\n@{microseconds}"
    return _letters(blake2b(name.encode(), digest_size=8).digest())


def _letters(entropy: bytes) -> str:
    number = int.from_bytes(entropy)
    letters = [_ALPHABET[number % 26]]
    number //= 26
    while len(letters) < 12:
        letters.append(_ALPHABET[number % 32])
        number //= 32
    return "".join(letters)


def is_execution_name(name: str) -> bool:
    """Whether a name may be given to an execution (a DNS label that begins with a letter)."""
    return _EXECUTION_NAME.fullmatch(name) is not None


def join(scope: str, node: str) -> str:
    """The path of a node: in ``train``, ``fit`` becomes ``train/fit`` and ``[3]`` ``train[3]``."""
    if not scope or node.startswith("["):
        return scope + node
    return f"{scope}/{node}"


def split(path: str) -> tuple[str, str]:
    """The scope and the node id of a path: the inverse of `join`."""
    if path.endswith("]"):
        at = path.rindex("[")
        return path[:at], path[at:]
    scope, _, node = path.rpartition("/")
    return scope, node


def range_id(start: int, end: int) -> str:
    """The node id of a part of a map: ``[7]`` for one element, ``[0:256]`` for several."""
    return f"[{start}]" if end == start + 1 else f"[{start}:{end}]"


def range_of(id: str) -> tuple[int, int]:
    """The elements that a child of a map covers, as a half-open range: inverse of `range_id`."""
    first, _, end = id[1:-1].partition(":")
    start = int(first)
    return start, int(end) if end else start + 1


def element_path(path: str, index: int) -> str:
    """The path of an element, by its position in the part of a map that has this path."""
    scope, id = split(path)
    start = range_of(id)[0] + index
    return join(scope, range_id(start, start + 1))
