"""torch: tensors, modules and checkpoints, as ``torch.save`` writes them.

A tensor keeps its dtype, shape and ``requires_grad``; its gradient and the graph behind it
stay behind, and a view takes no more of its storage along than it shows. What was on a device that
is not here comes back on the CPU.

A module is pickled with its class, for the declared type asks for it: it can be read where that
class can be imported. Tensors and checkpoints are data and read as such.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Final, cast

from volery.data.content import About
from volery.errors import UnsupportedType
from volery.ir.types import ContentType
from volery.types.codec import Codec
from volery.types.content import ContentCodec
from volery.types.hints import class_name
from volery.types.making import CodecFor
from volery.types.mismatch import step
from volery.types.torch_checkpoint import TorchCheckpoint

_SHOWN: Final = 8
"""Elements in a preview of a tensor, and entries in one of a state."""


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    torch = _torch()
    if torch.__version__ < (2, 6):  # as data it reads what is none: CVE-2025-32434
        raise UnsupportedType(
            f"torch {torch.__version__} runs code that stands in tensors which it reads",
            hint="pip install 'torch>=2.6'",
        )
    if annotation is TorchCheckpoint:
        kind = ContentType("torch.Checkpoint")
        return ContentCodec(
            kind, TorchCheckpoint, _dump_checkpoint, _load_checkpoint, _about_checkpoint, _impure
        )
    if issubclass(annotation, torch.Tensor):
        kind = ContentType("torch.Tensor", _narrower(annotation, torch.Tensor))
        return ContentCodec(kind, annotation, _dump_tensor, _load_data, _about_tensor, _unknown)
    kind = ContentType("torch.nn.Module", _narrower(annotation, torch.nn.Module))
    return ContentCodec(kind, annotation, torch.save, _load_module, _about_module)


def _torch() -> Any:
    """The library, which the annotation has brought along; untyped where it is not installed."""
    return importlib.import_module("torch")


def _narrower(cls: type, base: type) -> str:
    """The full name of a class, where it says more than the kind does."""
    return "" if cls is base else class_name(cls)


# -- tensors --------------------------------------------------------------------------------------


def _unknown(tensor: Any) -> str | None:
    torch = _torch()
    if type(tensor) in {torch.Tensor, torch.nn.Parameter}:
        return None
    return "an object of a subclass cannot be read again as data: pass its .as_subclass(Tensor)"


def _dump_tensor(tensor: Any, file: BinaryIO) -> None:
    _torch().save(_compact(tensor), file)


def _compact(tensor: Any) -> Any:
    """A tensor without what its storage holds besides it."""
    torch = _torch()
    if tensor.layout is not torch.strided:
        return tensor
    if tensor.untyped_storage().nbytes() <= tensor.numel() * tensor.element_size():
        return tensor
    alone = tensor.detach().clone()
    if isinstance(tensor, torch.nn.Parameter):
        return torch.nn.Parameter(alone, tensor.requires_grad)
    return alone.requires_grad_(tensor.requires_grad)


def _load_data(file: BinaryIO) -> Any:
    return _torch().load(file, map_location=_placed, weights_only=True)


def _placed(storage: Any, location: str) -> Any:
    """A storage on the device where it was, or on the CPU, where it is now, if that is missing."""
    try:
        return _torch().serialization.default_restore_location(storage, location)
    except (RuntimeError, AssertionError):  # what it raises depends on how torch was built
        return storage


def _about_tensor(tensor: Any) -> About:
    facts = {"dtype": str(tensor.dtype), "shape": list(tensor.shape)}
    return {"format": "pt", "facts": facts, "preview": {**facts, "first": _first(tensor)}}


def _first(tensor: Any) -> list[str]:
    """The beginning of a tensor; nothing of one that is not laid out element by element."""
    if tensor.layout is not _torch().strided or tensor.is_meta:
        return []
    corner = tensor.detach()[tuple(slice(_SHOWN) for _ in tensor.shape)]
    return [str(each) for each in corner.reshape(-1)[:_SHOWN].tolist()]


# -- modules --------------------------------------------------------------------------------------


def _load_module(file: BinaryIO) -> Any:
    return _torch().load(file, map_location=_placed, weights_only=False)


def _about_module(module: Any) -> About:
    parameters = sum(each.numel() for each in module.parameters())
    preview = {
        "type": class_name(type(cast("object", module))),
        "parameters": parameters,
        "text": repr(module)[:1000],
    }
    return {"format": "pt", "facts": {"library": _library()}, "preview": preview}


def _library() -> str:
    return f"torch {_torch().__version__}"


# -- checkpoints ----------------------------------------------------------------------------------


def _dump_checkpoint(checkpoint: TorchCheckpoint, file: BinaryIO) -> None:
    _torch().save(_state(checkpoint), file)


def _state(checkpoint: TorchCheckpoint) -> dict[str, Any]:
    return {
        "module": dict(checkpoint.module),
        "optimizer": None if checkpoint.optimizer is None else dict(checkpoint.optimizer),
        "hyperparameters": dict(checkpoint.hyperparameters),
    }


def _load_checkpoint(file: BinaryIO) -> TorchCheckpoint:
    return TorchCheckpoint(**_load_data(file))


def _impure(checkpoint: TorchCheckpoint) -> str | None:
    """What stands in a checkpoint that could not be read again as data."""
    for path, value in _leaves(_state(checkpoint), ""):
        if type(value) not in _PLAIN and (not hasattr(value, "layout") or _unknown(value)):
            return (
                f"{path.lstrip('.')} is {type(value).__qualname__}: a checkpoint holds tensors, "
                "numbers, texts, and lists and dicts of them"
            )
    return None


_PLAIN: Final = frozenset({type(None), bool, int, float, complex, str, bytes})


def _leaves(value: Any, path: str) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, each in cast("Mapping[Any, Any]", value).items():
            yield from _leaves(each, step(path, key))
    elif type(value) in (list, tuple):
        for at, each in enumerate(cast("Sequence[Any]", value)):
            yield from _leaves(each, f"{path}[{at}]")
    else:
        yield path, value


def _about_checkpoint(checkpoint: TorchCheckpoint) -> About:
    names = list(checkpoint.module)
    preview = {
        "tensors": len(names),
        "first": [str(each)[:100] for each in names[:_SHOWN]],
        "optimizer": checkpoint.optimizer is not None,
        "hyperparameters": {
            str(name)[:100]: str(value)[:100]
            for name, value in list(checkpoint.hyperparameters.items())[:_SHOWN]
        },
    }
    return {"format": "pt", "facts": {"library": _library()}, "preview": preview}
