from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, NewType

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as stn

from volery.data.content import content_of
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import AlteredContent, MissingContent, TypeMismatch
from volery.ir.content import Content, content_of_wire, content_to_wire
from volery.ir.types import ContentType
from volery.testing.conformance.codec import check_codec
from volery.types.codec import Codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

Floats = NewType("Floats", npt.NDArray[np.float64])
RECORD = np.dtype([("name", "U5"), ("at", "<M8[s]"), ("point", "<f4", (2, 2))])
PADDED = np.dtype({"names": ["a", "b"], "formats": ["i1", "f8"], "offsets": [0, 8], "itemsize": 24})


@pytest.fixture
def storage(tmp_path: Path):
    storage = Storage((tmp_path / "blobs").as_uri())
    with using(storage):
        yield storage


def content(codec: Codec, value: Any) -> Content:
    return content_of_wire(codec.to_wire(value, "$"))


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Equal to the last bit, in type and shape, and laid out alike."""
    return (
        type(left) is type(right) is np.ndarray
        and left.dtype == right.dtype
        and left.shape == right.shape
        and left.tobytes() == right.tobytes()
        and left.flags.c_contiguous == right.flags.c_contiguous
        and left.flags.f_contiguous == right.flags.f_contiguous
    )


@pytest.mark.parametrize(
    "array",
    [
        np.array(7.5),
        np.array([], dtype="f4"),
        np.empty((0, 3), dtype="i8"),
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.array([1, 2], dtype=">i4"),
        np.array([np.nan, np.inf, -0.0]),
        np.array(["2024-01-01", "NaT"], dtype="M8[ns]"),
        np.array([1, -1], dtype="m8[h]"),
        np.array(["a", "höher"]),
        np.array([b"a", b""]),
        np.array(["", ""]),
        np.array([1 + 2j]),
        np.array([True, False]),
        np.zeros(3, dtype=RECORD),
        np.zeros(2, dtype=PADDED),
        np.array([1], dtype=np.longdouble),
        np.zeros(2, dtype=[("größe", "f8")]),
    ],
    ids=lambda array: f"{array.dtype.str}{array.shape}",
)
def test_an_array_comes_back_to_the_last_bit(array: np.ndarray):
    check_codec(np.ndarray, [array], same=same)
    codec = codec_for(np.ndarray)
    assert unpack(codec, pack(codec, array)).flags.writeable


def test_the_stored_form_is_the_one_of_all_versions():
    stored = (
        "c8012e0986a6646967657374d940363064356364626537373664396231643235393462643337653335303338"
        "62343234343538613533616534313461386332363863643633353730343163363763a473697a65cc88a46461"
        "7461c488934e554d50590300740000007b276465736372273a20273c6934272c2027666f727472616e5f6f72"
        "646572273a2046616c73652c20277368617065273a2028322c292c207d202020202020202020202020202020"
        "202020202020202020202020202020202020202020202020202020202020202020202020202020202020200a"
        "0100000002000000a6666f726d6174a36e7079a5666163747382a56474797065a5696e743332a57368617065"
        "9102a77072657669657783a56474797065a5696e743332a573686170659102a5666972737492a131a132"
    )
    check_codec(np.ndarray, [], same=same, golden=[(np.array([1, 2], "<i4"), stored)])


@settings(max_examples=60, deadline=None)
@given(stn.arrays(stn.scalar_dtypes() | stn.array_dtypes(), stn.array_shapes(min_dims=0)))
def test_any_array_comes_back(array: np.ndarray):
    codec = codec_for(np.ndarray)
    assert same(unpack(codec, pack(codec, array)), array)


@pytest.mark.parametrize("view", [np.s_[::2], np.s_[:, 1], np.s_[::-1], np.s_[1:, ::3]])
def test_a_slice_is_the_same_content_as_its_copy(view: Any):
    array = np.arange(30).reshape(5, 6)
    codec = codec_for(np.ndarray)
    assert content(codec, array[view]) == content(codec, array[view].copy())
    assert np.array_equal(unpack(codec, pack(codec, array[view])), array[view])


def test_the_order_of_elements_in_memory_is_part_of_the_content():
    array = np.arange(6).reshape(2, 3)
    codec = codec_for(np.ndarray)
    assert content(codec, array).digest != content(codec, np.asfortranarray(array)).digest


def test_a_memory_map_is_read(tmp_path: Path):
    mapped = np.memmap(tmp_path / "map", dtype="i4", mode="w+", shape=(3,))
    mapped[:] = [1, 2, 3]
    codec = codec_for(np.ndarray)
    assert same(unpack(codec, pack(codec, mapped)), np.array([1, 2, 3], dtype="i4"))
    del mapped


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_large_array_goes_to_the_storage(storage: Storage, order: Any):
    array = np.asarray(np.arange(3_000_000.0).reshape(1000, 3000), order=order)
    codec = codec_for(np.ndarray)
    packed = pack(codec, array)
    assert len(packed) < 1000
    assert storage.has(content(codec, array).digest)
    assert same(unpack(codec, packed), array)


def test_what_stands_in_the_value_says_what_the_array_is():
    made = content(codec_for(np.ndarray), np.arange(12.0).reshape(3, 4))
    assert made.format == "npy"
    assert made.facts == {"dtype": "float64", "shape": [3, 4]}
    assert made.preview["first"] == ["0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0"]


def test_a_preview_of_long_elements_is_short():
    made = content(codec_for(np.ndarray), np.array(["x" * 100_000] * 10))
    assert [len(each) for each in made.preview["first"]] == [60] * 8


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (np.ndarray, ""),
        (npt.NDArray, ""),
        (npt.NDArray[Any], ""),
        (npt.NDArray[np.float64], "float64"),
        (npt.NDArray[np.floating], ""),
        (npt.NDArray[np.float32 | np.float64], ""),
        (Annotated[npt.NDArray[np.int8], "pixels"], "int8"),
        (Floats, "float64"),
    ],
)
def test_the_type_names_the_elements_where_they_are_of_one_type(annotation: Any, name: str):
    assert codec_for(annotation).type == ContentType("numpy.ndarray", name)


@pytest.mark.parametrize(
    ("annotation", "array", "hint"),
    [
        (npt.NDArray[np.float64], np.zeros(1, "f4"), "elements are float32"),
        (npt.NDArray[np.floating[Any]], np.zeros(1, "i4"), "elements are int32"),
        (npt.NDArray[np.float32 | np.float64], np.zeros(1, "f2"), "elements are float16"),
        (np.ndarray[tuple[int, int], np.dtype[np.int8]], np.zeros(3, "i1"), "2 are declared"),
        (np.ndarray, np.array([object()]), "dtype"),
        (np.ndarray, np.zeros(2, dtype=[("a", "O")]), "dtype"),
        (np.ndarray, np.array(["a"], dtype=np.dtypes.StringDType()), "'U'"),
        (np.ndarray, np.ma.masked_array([1, 2], [True, False]), "np.asarray"),
        (np.ndarray, np.rec.array([(1, 2.0)]), "np.asarray"),
    ],
)
def test_an_array_of_another_kind_is_refused(annotation: Any, array: Any, hint: str):
    codec = codec_for(annotation)
    with pytest.raises(TypeMismatch, match=hint):
        pack(codec, array)


@pytest.mark.parametrize(
    ("annotation", "array"),
    [
        (npt.NDArray[np.floating[Any]], np.zeros(1, "f2")),
        (npt.NDArray[np.float32 | np.float64], np.zeros(1, "f4")),
        (np.ndarray[tuple[int, int], np.dtype[np.int8]], np.zeros((1, 1), "i1")),
        (np.ndarray[tuple[Any, ...], np.dtype[np.int8]], np.zeros((1, 1), "i1")),
        (npt.NDArray[np.float64], np.zeros(1, ">f8")),
    ],
)
def test_an_array_of_the_declared_kind_is_taken(annotation: Any, array: Any):
    codec = codec_for(annotation)
    assert same(unpack(codec, pack(codec, array)), array)


def test_elements_are_checked_when_an_array_is_read_too():
    packed = pack(codec_for(np.ndarray), np.zeros(2, "i4"))
    with pytest.raises(TypeMismatch, match="elements are int32"):
        unpack(codec_for(npt.NDArray[np.float64]), packed)


@pytest.mark.parametrize("value", [[1.0], 1.0, None, np.float64(1)])
def test_what_is_no_array_is_refused(value: Any):
    with pytest.raises(TypeMismatch, match="expected ndarray") as caught:
        pack(codec_for(list[np.ndarray]), [value])
    assert caught.value.path == "$[0]"


def test_arrays_stand_in_other_types():
    annotation = dict[str, npt.NDArray[np.int64] | list[int] | None]
    codec = codec_for(annotation)
    back = unpack(codec, pack(codec, {"a": np.arange(3), "b": [1, 2], "c": None}))
    assert same(back["a"], np.arange(3))
    assert (back["b"], back["c"]) == ([1, 2], None)


def test_bytes_that_are_no_array_are_refused_with_the_reason():
    codec = codec_for(list[np.ndarray])
    for data in (b"", b"not an array", b"\x93NUMPY\x03\x00\xff\xff\xff\xff"):
        with pytest.raises(TypeMismatch, match="cannot be read as one") as caught:
            codec.from_wire([content_to_wire(content_of(data))], "$")
        assert caught.value.path == "$[0]"


@pytest.mark.parametrize("wire", [None, 1, {}, content_to_wire(Content(uri="s3://b/k"))])
def test_what_is_no_content_is_refused(wire: Any):
    with pytest.raises(TypeMismatch):
        codec_for(np.ndarray).from_wire(wire, "$")


def test_missing_and_altered_bytes_are_told_as_such(storage: Storage):
    codec = codec_for(np.ndarray)
    packed = pack(codec, np.arange(100_000))
    path = storage.in_place(content(codec, np.arange(100_000)).digest, 800_128)
    assert path is not None
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    with pytest.raises(AlteredContent):
        unpack(codec, packed)
    path.unlink()
    with pytest.raises(MissingContent):
        unpack(codec, packed)


def test_arrays_are_packed_in_many_threads_at_once(storage: Storage):
    codec = codec_for(np.ndarray)
    arrays = [np.full(20_000, number % 3) for number in range(12)]
    backs: dict[int, np.ndarray] = {}

    def trip(number: int) -> None:
        with using(storage):
            backs[number] = unpack(codec, pack(codec, arrays[number]))

    threads = [threading.Thread(target=trip, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(backs[number], array) for number, array in enumerate(arrays))


def test_an_array_of_anything_is_taken():
    """`Any` is a class, and no element is of it."""
    codec = codec_for(npt.NDArray[Any])
    assert (unpack(codec, pack(codec, np.array([1, 2]))) == [1, 2]).all()
