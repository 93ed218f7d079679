from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from volery.data.content import content_of
from volery.errors import TypeMismatch
from volery.ir.content import MAX_PREVIEW, Content, content_of_wire, content_to_wire
from volery.ir.types import ContentType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

X = np.arange(40.0).reshape(20, 2)
Y = X @ [2.0, -1.0] + 3


class Own(ClassifierMixin, BaseEstimator):
    def __init__(self, table: Any = None) -> None:
        self.table = table


def content(annotation: Any, value: Any) -> Content:
    return content_of_wire(codec_for(annotation).to_wire(value, "$"))


def same(left: BaseEstimator, right: BaseEstimator) -> bool:
    if type(left) is not type(right) or str(left) != str(right):
        return False
    return not hasattr(right, "predict") or np.array_equal(left.predict(X), right.predict(X))


@pytest.mark.parametrize(
    ("annotation", "estimator"),
    [
        (LinearRegression, LinearRegression().fit(X, Y)),
        (BaseEstimator, LogisticRegression(C=0.5).fit(X, Y > 3)),
        (Pipeline, make_pipeline(StandardScaler(), LinearRegression()).fit(X, Y)),
        (StandardScaler, StandardScaler()),
    ],
    ids=str,
)
def test_an_estimator_comes_back_as_it_was_fitted(annotation: Any, estimator: BaseEstimator):
    codec = codec_for(annotation)
    assert same(unpack(codec, pack(codec, estimator)), estimator)


def test_estimators_keep_the_contract_of_codecs():
    check_codec(BaseEstimator, [StandardScaler()], bad=[(None, "$"), (X, "$")], same=same)


def test_an_estimator_of_another_class_is_refused():
    with pytest.raises(TypeMismatch, match="expected LinearRegression, got KMeans"):
        pack(codec_for(LinearRegression), KMeans())
    packed = pack(codec_for(BaseEstimator), KMeans())
    with pytest.raises(TypeMismatch, match="expected LinearRegression, got KMeans"):
        unpack(codec_for(LinearRegression), packed)


def test_the_type_names_the_declared_class():
    assert codec_for(BaseEstimator).type == ContentType("sklearn.BaseEstimator")
    assert codec_for(Own).type == ContentType("sklearn.BaseEstimator", f"{__name__}.Own")


def test_estimators_of_two_classes_make_a_union():
    codec = codec_for(KMeans | LinearRegression | None)
    for value in (KMeans(3), LinearRegression(), None):
        back = unpack(codec, pack(codec, value))
        assert str(back) == str(value)


def test_a_preview_shows_the_parameters_and_not_the_data():
    made = content(BaseEstimator, KMeans(n_clusters=4).fit(X))
    assert made.preview["type"] == "sklearn.cluster._kmeans.KMeans"
    assert made.preview["parameters"]["n_clusters"] == "4"
    assert made.facts == {"library": f"scikit-learn {sklearn.__version__}"}


def test_a_preview_of_large_parameters_is_short():
    made = content(Own, Own("x" * 100_000))
    assert made.preview is not None
    assert len(str(made.preview)) < MAX_PREVIEW


def test_an_estimator_that_cannot_be_pickled_is_refused_with_the_reason():
    with pytest.raises(TypeMismatch, match="lambda") as caught:
        pack(codec_for(list[BaseEstimator]), [FunctionTransformer(lambda x: x)])
    assert caught.value.path == "$[0]"


def test_an_estimator_that_cannot_be_read_tells_which_version_wrote_it():
    state = b"csklearn.not_any_more\nForest\n."
    made = content_of(state, facts={"library": "scikit-learn 0.1"})
    with pytest.raises(TypeMismatch, match=r"not_any_more(.|\n)*written with scikit-learn 0\.1"):
        codec_for(BaseEstimator).from_wire(content_to_wire(made), "$")


def test_a_pickle_of_something_else_is_refused():
    made = content_of(pickle.dumps([1, 2]))
    with pytest.raises(TypeMismatch, match="expected BaseEstimator, got"):
        codec_for(BaseEstimator).from_wire(content_to_wire(made), "$")
