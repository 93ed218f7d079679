"""The types of the UI are those of the server."""

from __future__ import annotations

from pathlib import Path

from tools import openapi

DOCUMENT = Path(__file__).parents[2] / "ui/openapi.json"


def test_the_document_in_the_sources_is_the_servers():
    told = "python tools/openapi.py > ui/openapi.json && cd ui && npm run schema"
    assert DOCUMENT.read_bytes() == openapi.text(), told
