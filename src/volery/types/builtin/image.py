"""PIL images, without loss: as PNG, or as TIFF in modes that PNG does not have.

Mode, pixels, palette and colour profile are kept; as PNG also transparency, resolution and EXIF.
An image comes back as plain `PIL.Image.Image`, whichever file it was opened from.
"""

from __future__ import annotations

import importlib
from base64 import b64encode
from io import BytesIO
from typing import Any, BinaryIO, Final

from volery.data.content import About
from volery.ir.content import MAX_OWN_PREVIEW
from volery.ir.types import ContentType
from volery.types.codec import Codec
from volery.types.content import ContentCodec
from volery.types.making import CodecFor

_PNG: Final = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})
_TIFF: Final = frozenset({"CMYK", "F", "I", "I;16B", "LAB", "PA"})
_KEPT: Final = {"png": ("dpi", "icc_profile"), "tiff": ("icc_profile",)}
"""What is kept of what came with an image, besides transparency and EXIF in a PNG."""
_THUMBNAILS: Final = (128, 96, 64, 48, 32, 16)
"""Lengths of the longer side that are tried, in pixels."""
_LONGEST: Final = MAX_OWN_PREVIEW - 256
"""Characters of a thumbnail as text: what a preview leaves for it."""


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    kind = ContentType("PIL.Image")
    return ContentCodec(kind, _library().Image, _dump, _load, _about, _refuse)


def _library() -> Any:
    return importlib.import_module("PIL.Image")


def _format(image: Any) -> str:
    return "png" if image.mode in _PNG else "tiff"


def _refuse(image: Any) -> str | None:
    if image.mode not in _PNG | _TIFF:
        return f"no format keeps its mode {image.mode}: pass its .convert('RGB')"
    if getattr(image, "n_frames", 1) > 1:
        return f"it has {image.n_frames} frames: pass one of them, a .copy() of it, or the file"
    width, height = image.size
    if not width * height:
        return "it has no pixels: declare Image | None, and pass None"
    limit = _library().MAX_IMAGE_PIXELS
    if limit is not None and width * height > limit:
        return (
            f"it has {width} x {height} pixels, and PIL takes more than {limit} for an attack when "
            "they are read again: pass parts of it, an array, or set PIL.Image.MAX_IMAGE_PIXELS"
        )
    return None


def _dump(image: Any, file: BinaryIO) -> None:
    written = _format(image)
    options = {name: image.info[name] for name in _KEPT[written] if name in image.info}
    if written == "png":
        options["compress_level"] = 1  # the others take many times as long
        if exif := image.getexif():
            options["exif"] = exif.tobytes()
    buffer = BytesIO()  # PIL goes back and forth in what it writes
    image.save(buffer, written, **options)
    file.write(buffer.getbuffer())


def _load(file: BinaryIO) -> Any:
    with _library().open(file, formats=("PNG", "TIFF")) as opened:
        image = opened.copy()
    kept = (*_KEPT[_format(image)], "exif", "transparency")
    image.info = {name: image.info[name] for name in kept if name in image.info}
    return image


def _about(image: Any) -> About:
    facts = {"mode": image.mode, "size": list(image.size)}
    preview = {**facts, "thumbnail": _thumbnail(image)}
    return {"format": _format(image), "facts": facts, "preview": preview}


def _thumbnail(image: Any) -> str | None:
    """A small picture as a data URI; None where even the smallest is too long."""
    for longer in _THUMBNAILS:
        scale = min(1, longer / max(image.size))
        size = tuple(max(1, round(each * scale)) for each in image.size)
        small = image if size == image.size else image.resize(size, reducing_gap=2.0)
        buffer = BytesIO()
        small.convert("RGBA").save(buffer, "PNG", icc_profile=None)
        text = f"data:image/png;base64,{b64encode(buffer.getbuffer()).decode()}"
        if len(text) <= _LONGEST:
            return text
    return None
