"""scikit-learn estimators, pipelines among them: pickled, for the declared class asks for it.

Any estimator is taken where ``BaseEstimator`` is declared, those of a subclass where a class is.
It can be read with the version of scikit-learn that wrote it; others may or may not.

Equal estimators need not be the same content: a pickle also says which texts in it happened to be
one object. Where that matters, `HashMethod` says what they are known by.
"""

from __future__ import annotations

import importlib
import pickle
from itertools import islice
from typing import Any, BinaryIO, Final, cast

from volery.data.content import About
from volery.ir.types import ContentType
from volery.types.codec import Codec
from volery.types.content import ContentCodec
from volery.types.hints import class_name
from volery.types.making import CodecFor
from volery.types.mismatch import preview

_SHOWN: Final = 20
"""Parameters in a preview."""


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    base: Any = importlib.import_module("sklearn.base").BaseEstimator
    name = "" if annotation is base else class_name(annotation)
    kind = ContentType("sklearn.BaseEstimator", name)
    return ContentCodec(kind, annotation, _dump, _load, _about)


def _dump(estimator: Any, file: BinaryIO) -> None:
    pickle.dump(estimator, file, protocol=5)  # arrays are written without being copied


def _load(file: BinaryIO) -> Any:
    return pickle.load(file)  # noqa: S301 - the declared type asks for it


def _about(estimator: Any) -> About:
    parameters = cast("dict[str, Any]", estimator.get_params(deep=False))
    shown = {name: preview(value) for name, value in islice(parameters.items(), _SHOWN)}
    version: str = importlib.import_module("sklearn").__version__
    return {
        "format": "pickle",
        "facts": {"library": f"scikit-learn {version}"},
        "preview": {"type": class_name(type(cast("object", estimator))), "parameters": shown},
    }
