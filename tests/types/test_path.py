from __future__ import annotations

import os
import sys
from pathlib import Path, PosixPath, PurePath, PurePosixPath, PureWindowsPath, WindowsPath

import pytest

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import PATH
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


def test_paths_travel_by_name():
    bad = [("a", "$"), (PurePath("a"), "$"), (None, "$"), (1, "$")]
    check_codec(Path, [Path(), Path("a/ä"), Path("/x"), Path("../..")], bad=bad)
    assert codec_for(Path).type == PATH
    assert pack(codec_for(Path), Path("a/b")) == b"\xa3a/b"


def test_pure_paths():
    check_codec(PurePath, [PurePath("a")], bad=[(Path("a"), "$")])
    check_codec(PurePosixPath, [PurePosixPath("//a/b")])
    check_codec(PureWindowsPath, [PureWindowsPath("C:\\a\\b")])


@pytest.mark.skipif(sys.platform == "win32", reason="its paths are others")
def test_the_class_of_another_system_is_refused():
    check_codec(PosixPath, [PosixPath("a")])
    with pytest.raises(UnsupportedType, match="there is no WindowsPath on this system"):
        codec_for(WindowsPath)


def test_text_gets_the_way_out():
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(Path), "a")
    assert caught.value.hint == "pass Path(...) of it"


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(TypeMismatch, match="a name that is text") as caught:
        pack(codec_for(Path), Path(os.fsdecode(b"\xff")))
    assert "os.fsencode" in str(caught.value.hint)


def test_a_union_tells_paths_from_text():
    codec = codec_for(Path | str)
    for value in (Path("a"), "a"):
        assert unpack(codec, pack(codec, value)) == value


def test_stored_bytes_that_are_no_text_are_refused():
    with pytest.raises(TypeMismatch):
        codec_for(Path).from_wire(b"a", "$")
