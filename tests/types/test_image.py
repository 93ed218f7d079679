from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from volery.data.content import content_of
from volery.errors import TypeMismatch
from volery.ir.content import Content, content_of_wire, content_to_wire
from volery.ir.types import ContentType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

PNG = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]
TIFF = ["CMYK", "F", "I", "I;16B", "LAB", "PA"]


def noise(mode: str, size: tuple[int, int] = (37, 23)) -> Image.Image:
    image = Image.new(mode, size)
    data = np.random.default_rng(7).integers(0, 256, len(image.tobytes()), dtype="u1")
    if mode == "F":
        data = np.random.default_rng(7).standard_normal(size[0] * size[1]).astype("f4")
    image.frombytes(data.tobytes())
    if mode in {"P", "PA"}:
        image.putpalette(list(range(256)) * 3)
    return image


def same(left: Image.Image, right: Image.Image) -> bool:
    return (
        type(left) is type(right) is Image.Image
        and (left.mode, left.size) == (right.mode, right.size)
        and left.tobytes() == right.tobytes()
        and left.getpalette() == right.getpalette()
    )


def content(image: Image.Image) -> Content:
    return content_of_wire(codec_for(Image.Image).to_wire(image, "$"))


def trip(image: Image.Image) -> Image.Image:
    codec = codec_for(Image.Image)
    return unpack(codec, pack(codec, image))


@pytest.mark.parametrize("mode", PNG + TIFF)
def test_an_image_comes_back_pixel_by_pixel(mode: str):
    check_codec(Image.Image, [noise(mode), noise(mode, (1, 1))], same=same)
    assert content(noise(mode)).format == ("png" if mode in PNG else "tiff")


def test_what_came_with_a_file_is_kept():
    image = noise("RGB")
    image.getexif()[270] = "a hill"
    image.info |= {"dpi": (300, 300), "icc_profile": b"a profile", "comment": "is not kept"}
    back = trip(image)
    assert back.info.keys() == {"dpi", "exif", "icc_profile"}
    assert [round(each) for each in back.info["dpi"]] == [300, 300]
    assert back.getexif()[270] == "a hill"
    assert content(back) == content(image)
    assert trip(noise("RGB")).info == {}


def test_the_colour_profile_of_a_tiff_is_kept():
    image = noise("CMYK")
    image.info |= {"dpi": (300, 300), "icc_profile": b"a profile"}
    assert trip(image).info == {"icc_profile": b"a profile"}


def test_transparency_is_kept():
    image = noise("P")
    image.info["transparency"] = 3
    assert trip(image).convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


def test_an_image_that_was_opened_from_a_file_comes_back_as_plain_image():
    buffer = BytesIO()
    noise("RGB").save(buffer, "JPEG")
    with Image.open(buffer) as opened:
        back = trip(opened)
        assert type(back) is Image.Image
        assert back.tobytes() == opened.tobytes()


@pytest.mark.parametrize("mode", [*PNG, *TIFF])
def test_a_preview_holds_a_thumbnail(mode: str):
    preview = content(noise(mode, (400, 300))).preview
    assert (preview["mode"], preview["size"]) == (mode, [400, 300])
    head, _, data = preview["thumbnail"].partition(",")
    assert head == "data:image/png;base64"
    with Image.open(BytesIO(b64decode(data))) as thumbnail:
        assert 16 <= max(thumbnail.size) <= 128


def test_a_thumbnail_of_a_long_strip_has_pixels():
    assert content(Image.new("RGB", (20_000, 2))).preview["thumbnail"]


@pytest.mark.parametrize("mode", ["HSV", "RGBX", "RGBa", "La", "YCbCr"])
def test_a_mode_that_no_format_keeps_is_refused(mode: str):
    with pytest.raises(TypeMismatch, match=r"\.convert\('RGB'\)"):
        pack(codec_for(Image.Image), Image.new(mode, (2, 2)))


def test_several_frames_are_refused():
    buffer = BytesIO()
    noise("L").save(buffer, "GIF", save_all=True, append_images=[noise("L").rotate(90)])
    with Image.open(buffer) as opened, pytest.raises(TypeMismatch, match="2 frames"):
        pack(codec_for(Image.Image), opened)


def test_a_decompression_bomb_is_refused(monkeypatch: pytest.MonkeyPatch):
    codec = codec_for(list[Image.Image])
    packed = pack(codec, [Image.new("1", (100, 100))])
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4000)
    with pytest.raises(TypeMismatch, match="DecompressionBombError") as caught:
        unpack(codec, packed)
    assert caught.value.path == "$[0]"
    with pytest.raises(TypeMismatch, match=r"100 x 100 pixels(.|\n)*MAX_IMAGE_PIXELS"):
        pack(codec, [Image.new("1", (100, 100))])


def test_an_image_without_pixels_is_refused_with_the_reason():
    with pytest.raises(TypeMismatch, match="has no pixels"):
        pack(codec_for(Image.Image), Image.new("RGB", (0, 5)))


@pytest.mark.parametrize("value", [None, "a.png", np.zeros((2, 2, 3), "u1")])
def test_what_is_no_image_is_refused(value: Any):
    with pytest.raises(TypeMismatch, match="expected Image"):
        pack(codec_for(Image.Image), value)


def test_bytes_of_another_format_are_not_read():
    buffer = BytesIO()
    noise("L").save(buffer, "GIF")
    with pytest.raises(TypeMismatch, match="cannot be read as one"):
        codec_for(Image.Image).from_wire(content_to_wire(content_of(buffer.getvalue())), "$")


def test_the_type_is_the_same_for_all_images():
    assert codec_for(Image.Image).type == ContentType("PIL.Image")
