"""Models of pydantic: records of all their fields.

A model is validated when it comes in, under the names of its fields, whatever their aliases; then
its fields are what was sent. Validators that run in front of pydantic's own (``before``, ``wrap``,
``plain``) are left out: they are for what a model is made of, and have seen it already. Which
fields were set is kept, and so is what ``extra="allow"`` lets in. Computed fields and private
attributes are made again; a model whose private attributes would not come back equal is refused.
Parts whose type no family handles go through pydantic's own JSON; secrets are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Any, Final, TypeVar, cast, get_args

import pydantic

from volery.errors import UnsupportedType
from volery.ir.types import JsonType
from volery.ir.values import Wire
from volery.types.builtin.json import JsonCodec
from volery.types.codec import Codec
from volery.types.exact import is_dict
from volery.types.hints import meaning
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.record import Make, RecordCodec
from volery.types.unsupported import unsupported

_SET: Final = "__pydantic_fields_set__"
_EXTRA: Final = "model_extra"
"""Attributes of a model that travel like fields, where they say more than the fields do."""

_EARLY: Final = (pydantic.BeforeValidator, pydantic.WrapValidator, pydantic.PlainValidator)
_COLLECTIONS: Final[tuple[Any, ...]] = (list, tuple, set, frozenset)


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
    make = _maker(model)
    parts = _repeatable(make) if model.__private_attributes__ else _parts
    return RecordCodec(model, fields, make, parts)


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


def _repeatable(make: Make) -> Callable[[Any], Mapping[str, Any]]:
    """The parts of models whose private attributes are the same when they are made again."""

    def parts_of(value: Any) -> Mapping[str, Any]:
        parts = _parts(value)
        try:
            again: dict[str, Any] = make(dict(parts)).__pydantic_private__ or {}
            changed = _changed(value.__pydantic_private__ or {}, again)
        except Exception as error:
            message = f"making it again raised {type(error).__name__}: {error}"
            raise AttributeError(message) from error
        if changed:
            raise AttributeError(
                f"private attribute {', '.join(changed)} would be lost: make it a field, or set it "
                "from fields in model_post_init"
            )
        return parts

    return parts_of


def _changed(mine: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """The names under which two models do not have the same."""
    return [
        name
        for name in sorted(mine.keys() | again.keys())
        if not (name in mine and name in again and _alike(mine[name], again[name]))
    ]


def _alike(one: Any, other: Any) -> bool:
    """Whether two objects are equal, or of a class that compares none, such as locks."""
    if one is other or (type(one) is type(other) and type(one).__eq__ is object.__eq__):
        return True
    return bool(one == other)


def _maker(model: type[pydantic.BaseModel]) -> Make:
    checked = _without_early_validators(model)
    by_value = model.model_config.get("use_enum_values", False)

    def make(parts: dict[str, Any]) -> Any:
        fields_set: set[str] = parts.pop(_SET, set(parts) - {_EXTRA})
        extra: dict[str, Any] = parts.pop(_EXTRA, {})
        made = model.__new__(model)
        made.__setstate__(_validated(checked, parts | extra).__getstate__())
        if by_value:
            parts |= {name: _value_of(parts[name]) for name in fields_set & parts.keys()}
        vars(made).update(parts)
        object.__setattr__(made, _SET, fields_set)
        if extra:
            object.__setattr__(made, "__pydantic_extra__", extra)
        return made

    return make


def _value_of(part: Any) -> Any:
    """A part with the values of enums in place of their members."""
    if isinstance(part, Enum):
        return part.value
    kind = cast("type[Any]", type(part))
    if kind in _COLLECTIONS:
        return kind(map(_value_of, part))
    if is_dict(part):
        return {_value_of(key): _value_of(each) for key, each in part.items()}
    return part


def _without_early_validators(model: type[pydantic.BaseModel]) -> type[pydantic.BaseModel]:
    """The model, or one like it without validators that run in front of pydantic's own."""
    found = model.__pydantic_decorators__
    passing: dict[str, Any] = {
        name: pydantic.field_validator(*each.info.fields, check_fields=False)(_same)
        for name, each in found.field_validators.items()
        if each.info.mode != "after"
    }
    for name in _early_of_model(model):
        passing[name] = pydantic.model_validator(mode="after")(_same)
    fields: dict[str, list[Any]] = {}
    for name, field in model.model_fields.items():
        metadata = [each for each in field.metadata if not isinstance(each, _EARLY)]
        if _holds_early(field.annotation):  # they would see objects that their codec has checked
            skip: Any = pydantic.SkipValidation
            metadata.insert(0, skip())
        if metadata != field.metadata:
            fields[name] = metadata
    if not passing and not fields:
        return model
    like = pydantic.create_model(model.__name__, __base__=model, __validators__=passing)
    for name, metadata in fields.items():
        like.model_fields[name].metadata = metadata
    like.model_rebuild(force=True)
    return like


def _early_of_model(model: type[pydantic.BaseModel]) -> list[str]:
    """The validators of a whole model that run in front of pydantic's own."""
    validators = model.__pydantic_decorators__.model_validators
    return [name for name, each in validators.items() if each.info.mode != "after"]


def _holds_early(annotation: Any) -> bool:
    """Whether a model with such validators is among the parts of an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return bool(_early_of_model(annotation))
    return any(map(_holds_early, get_args(meaning(annotation))))


def _same(value: Any) -> Any:
    return value


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
