"""Write the OpenAPI document of the server, of which the UI's types are made.

python tools/openapi.py > ui/openapi.json
"""

from __future__ import annotations

import sys

import msgspec

from volery.api import openapi
from volery.api.app import operations


def text() -> bytes:
    """The document, a line for each member: a change of the API shows as one of lines."""
    document = msgspec.json.encode(openapi.document(operations()), order="deterministic")
    return msgspec.json.format(document, indent=1) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(text())
