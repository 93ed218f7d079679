"""Prints the JSON Schema of the attempt contract.

python -m tests.docs.attempts_schema > docs/attempts.schema.json
"""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec

from volery.ir.invocation import Invocation, Outcome


def schema() -> bytes:
    """The schema, of both documents: ``#/$defs/Invocation`` and ``#/$defs/Outcome``."""
    _, parts = msgspec.json.schema_components([Invocation, Outcome], ref_template="#/$defs/{name}")
    for part in parts.values():
        _clean(part)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The attempt contract of Volery",
        "$defs": parts,
    }
    return msgspec.json.format(msgspec.json.encode(whole, order="deterministic")) + b"\n"


def _clean(part: dict[str, Any]) -> None:
    if "description" in part:
        part["description"] = cleandoc(part["description"])


if __name__ == "__main__":
    print(schema().decode(), end="")
