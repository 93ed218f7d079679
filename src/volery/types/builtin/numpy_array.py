"""numpy arrays, also ``NDArray[np.float64]``: content in numpy's own format, without pickle.

The bytes hold the layout too: an array in Fortran order comes back in it, and is other content than
an equal one in C order. What is neither (a slice with steps) is written, and comes back, in C
order. Only plain arrays are taken: an object of a subclass would come out as one. A memory map is
read for it.

``NDArray[np.float64]`` checks the type of the elements, ``np.ndarray[tuple[int, int], ...]`` the
number of dimensions as well.
"""

from __future__ import annotations

from itertools import islice
from types import UnionType
from typing import Any, BinaryIO, get_args, get_origin

from volery.data.content import About
from volery.ir.types import ContentType
from volery.types.codec import Codec
from volery.types.content import ContentCodec
from volery.types.hints import meaning
from volery.types.making import CodecFor

_SHOWN = 8
"""Elements in a preview."""


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    import numpy as np

    scalars, dimensions = _declared(annotation)

    def refuse(array: Any) -> str | None:
        if type(array) not in (np.ndarray, np.memmap):
            return "an object of a subclass would come out as plain array: pass np.asarray(...)"
        if array.dtype.hasobject:
            return (
                "it holds Python objects: give it a dtype with astype(...), such as float or 'U', "
                "or pass its .tolist()"
            )
        if scalars and not issubclass(array.dtype.type, scalars):
            return f"its elements are {array.dtype}: pass its .astype(...)"
        if dimensions is not None and array.ndim != dimensions:
            return f"it has {array.ndim} dimensions, {dimensions} are declared"
        return None

    kind = ContentType("numpy.ndarray", _name(scalars))
    return ContentCodec(kind, np.ndarray, _write, _read, _about, refuse)


def _declared(annotation: Any) -> tuple[tuple[type, ...], int | None]:
    """The types of elements that are declared, if any, and the number of dimensions, if it is."""
    shape, dtype, *_ = (*get_args(annotation), Any, Any)
    lengths = get_args(meaning(shape))
    scalars = [get_origin(each) or each for part in get_args(dtype) for each in _variants(part)]
    if Any in scalars or not all(isinstance(each, type) for each in scalars):  # a type variable
        scalars = []
    return tuple(scalars), None if ... in lengths or not lengths else len(lengths)


def _variants(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)


def _name(scalars: tuple[type, ...]) -> str:
    """The element type, where it is one that elements can have; a group such as floating is not."""
    import numpy as np

    match scalars:
        case (scalar,) if scalar in np.sctypeDict.values():
            return np.dtype(scalar).name
        case _:
            return ""


def _write(array: Any, file: BinaryIO) -> None:
    import numpy as np

    np.lib.format.write_array(file, array, version=(3, 0), allow_pickle=False)


def _read(file: BinaryIO) -> Any:
    import numpy as np

    return np.lib.format.read_array(file, allow_pickle=False)


def _about(array: Any) -> About:
    facts = {"dtype": str(array.dtype), "shape": list(array.shape)}
    first = [str(each)[:60] for each in islice(array.flat, _SHOWN)]
    return {"format": "npy", "facts": facts, "preview": {**facts, "first": first}}
