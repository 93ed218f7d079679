"""Values as HTML, for decks."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Annotated, Any, Protocol, cast, get_args, get_origin, runtime_checkable

from volery.types.mismatch import preview

LONGEST = 4_000
"""Characters of a text that are shown."""


@runtime_checkable
class Renderer(Protocol):
    """Shows values of a type its own way, where the type is ``Annotated[T, renderer]``."""

    def to_html(self, value: Any, /) -> str: ...


class TopFrameRenderer:
    """Shows the first rows of a table: ``Annotated[pd.DataFrame, TopFrameRenderer(10)]``."""

    def __init__(self, max_rows: int = 10) -> None:
        self.max_rows = max_rows

    def to_html(self, value: Any, /) -> str:
        """HTML of a table of pandas, polars or pyarrow."""
        if hasattr(value, "head"):
            return rendered(value.head(self.max_rows))
        return rendered(value.slice(0, self.max_rows).to_pandas())


def rendered(value: object, annotation: object = None) -> str:
    """HTML of any value: as its type is annotated, as notebooks show it, or as it is written.

    It never fails: a part of a report that cannot be shown says so.
    """
    renderer = _renderer_of(annotation)
    try:
        if renderer is not None:
            return renderer.to_html(value)
        return _text(value) if isinstance(value, str) else _shown(value)
    except Exception as error:  # noqa: BLE001 - it is code of others
        by = type(renderer or value).__qualname__
        return f"<p>{escape(f'{by} cannot show this: {type(error).__name__}: {error}')}</p>"


def _renderer_of(annotation: object) -> Renderer | None:
    if get_origin(annotation) is not Annotated:
        return None
    marks = get_args(annotation)[1:]
    return next((each for each in marks if isinstance(each, Renderer)), None)


def _shown(value: object) -> str:
    return next((html for html in _ways(value) if html), "") or _text(preview(value))


def _ways(value: object) -> Iterator[str | None]:
    """As notebooks ask objects, and a figure of Matplotlib, which they know by itself."""
    asked = cast("Any", value)
    if isinstance(value, type):
        return
    if hasattr(value, "_repr_html_"):
        yield asked._repr_html_()
    if hasattr(value, "_repr_svg_"):
        yield _image("svg+xml", asked._repr_svg_())
    if hasattr(value, "_repr_png_"):
        yield _image("png", asked._repr_png_())
    if hasattr(value, "savefig"):
        file = BytesIO()
        asked.savefig(file, format="png", bbox_inches="tight")
        yield _image("png", file.getvalue())


def _image(kind: str, content: bytes | str | None) -> str | None:
    if not content:
        return None
    data = content.encode() if isinstance(content, str) else content
    return f'<img alt="" src="data:image/{kind};base64,{base64.b64encode(data).decode()}">'


def _text(text: str) -> str:
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    return f"<pre>{escape(cut)}</pre>"
