"""TypedDicts: dicts with exactly the declared keys, as records.

A key that is ``NotRequired`` and missing stays missing.
"""

from __future__ import annotations

from typing import Any, get_args, get_origin

from volery.ir.values import Wire
from volery.types.codec import Codec
from volery.types.exact import is_dict
from volery.types.hints import hints_of
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.record import RecordCodec


class TypedDictCodec(RecordCodec):
    """Dicts that a TypedDict describes."""

    __slots__ = ()

    _way_out = "declare it NotRequired[...]"

    def to_wire(self, value: Any, path: str) -> Wire:
        if not is_dict(value):
            hint = "pass dict(...) of it" if isinstance(value, dict) else None
            raise mismatch(self._cls.__qualname__, value, path, hint=hint)
        self.check_names(value, path)
        return {
            name: self._codecs[name].to_wire(each, f"{path}.{name}") for name, each in value.items()
        }


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    fields: list[tuple[str, Codec, bool]] = []
    for name, hint in hints_of(annotation).items():
        meant, words = _unwrapped(hint)
        # Of an annotation that is text, Python itself does not see that it says NotRequired.
        required = "Required" in words or (
            name in annotation.__required_keys__ and "NotRequired" not in words
        )
        fields.append((name, codec_for(meant, f".{name}"), required))
    return TypedDictCodec(annotation, fields, dict)


def _unwrapped(hint: Any) -> tuple[Any, set[str]]:
    """What a key holds, without ``Required``, ``NotRequired`` and ``ReadOnly``, and which stood."""
    words: set[str] = set()
    while (word := getattr(get_origin(hint), "_name", "")) in _QUALIFIERS:
        words.add(word)
        hint = get_args(hint)[0]
    return hint, words


_QUALIFIERS = {"Required", "NotRequired", "ReadOnly"}
