"""Models of pydantic: records of all their fields.

A model is validated when it comes in, under the names of its fields, whatever their aliases; then
its fields are what was sent. Which fields were set is kept, and so is what ``extra="allow"`` lets
in; private attributes and computed fields are made again. Parts whose type no family handles go
through pydantic's own JSON; secrets are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar

import pydantic

from volery.errors import UnsupportedType
from volery.ir.types import JsonType
from volery.ir.values import Wire
from volery.types.builtin.json import JsonCodec
from volery.types.codec import Codec
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.record import Make, RecordCodec
from volery.types.unsupported import unsupported

_SET: Final = "__pydantic_fields_set__"
_EXTRA: Final = "model_extra"
"""Attributes of a model that travel like fields, where they say more than the fields do."""


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    if annotation is pydantic.BaseModel:
        raise UnsupportedType(
            "BaseModel does not say which model comes",
            hint="declare the model, or a union of those that may come",
        )
    model: type[pydantic.BaseModel] = annotation
    _complete(model)
    fields = [
        (name, codec_for(_declared(field), f".{name}", otherwise=_own_json), field.is_required())
        for name, field in model.model_fields.items()
    ]
    fields.append((_SET, codec_for(set[str]), False))
    if model.model_config.get("extra") == "allow":
        fields.append((_EXTRA, codec_for(dict[str, Any]), False))
    return RecordCodec(model, fields, _maker(model), _parts)


def _complete(model: type[pydantic.BaseModel]) -> None:
    """Resolve what is still text in the annotations of a model."""
    try:
        model.model_rebuild()
    except pydantic.errors.PydanticUndefinedAnnotation as error:
        raise UnsupportedType(
            f"{model.__qualname__}: {error.name} is not defined where the class is",
            hint="import it outside `if TYPE_CHECKING`, and define it at the top of a module",
        ) from None


def _declared(field: pydantic.fields.FieldInfo) -> Any:
    """The annotation of a field with its metadata, which pydantic keeps apart."""
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _parts(value: Any) -> Mapping[str, Any]:
    fields = value.__pydantic_fields__
    if missing := fields.keys() - value.__dict__.keys():
        raise AttributeError(f"it was made without {', '.join(sorted(missing))}")
    parts = {name: value.__dict__[name] for name in fields}
    if value.model_fields_set != fields.keys():
        parts[_SET] = value.model_fields_set
    if value.model_extra:
        parts[_EXTRA] = value.model_extra
    return parts


def _maker(model: type[pydantic.BaseModel]) -> Make:
    def make(parts: dict[str, Any]) -> Any:
        fields_set: set[str] = parts.pop(_SET, set(parts) - {_EXTRA})
        extra: dict[str, Any] = parts.pop(_EXTRA, {})
        made = _validated(model, parts | extra)
        vars(made).update(parts)
        object.__setattr__(made, _SET, fields_set)
        if extra:
            object.__setattr__(made, "__pydantic_extra__", extra)
        return made

    return make


def _validated(model: type[pydantic.BaseModel], parts: dict[str, Any]) -> pydantic.BaseModel:
    try:
        if issubclass(model, pydantic.RootModel):
            return model.model_validate(parts["root"])  # pyright: ignore[reportUnknownVariableType]
        return model.model_validate(parts, by_alias=False, by_name=True)
    except pydantic.ValidationError as error:
        problems = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ValueError("; ".join(problems)) from error


def _own_json(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of a part that no family handles."""
    if annotation is Any or annotation is object:
        return JsonCodec("any")
    if isinstance(annotation, TypeVar) or hasattr(annotation, "get_secret_value"):
        raise unsupported(annotation)
    try:
        return PydanticCodec(annotation)
    except pydantic.errors.PydanticSchemaGenerationError:
        raise unsupported(annotation) from None


class PydanticCodec:
    """Objects that pydantic writes as JSON, as far as it reads them as what they were."""

    __slots__ = ("_adapter", "_shown", "type")

    def __init__(self, annotation: Any) -> None:
        self.type = JsonType()
        self._shown = getattr(annotation, "__name__", str(annotation))
        self._adapter = pydantic.TypeAdapter[Any](annotation)

    def to_wire(self, value: Any, path: str) -> Wire:
        try:
            wire = self._adapter.dump_python(value, mode="json", warnings="error")
            back = self._adapter.validate_python(wire)
        except (ValueError, TypeError) as error:
            raise mismatch(self._shown, value, path, hint=f"pydantic says: {error}") from error
        if type(back) is not type(value) or back != value:
            hint = f"its JSON comes back as {back!r}"
            raise mismatch(f"{self._shown} that JSON can say", value, path, hint=hint)
        return wire

    def from_wire(self, wire: Wire, path: str) -> Any:
        try:
            return self._adapter.validate_python(wire)
        except (ValueError, TypeError) as error:
            raise mismatch(self._shown, wire, path, hint=f"pydantic says: {error}") from error
