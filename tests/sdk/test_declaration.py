"""What a function declares: inputs, outputs, defaults, descriptions, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pytest

from volery import task, workflow
from volery.errors import DefinitionError, UnsupportedType
from volery.ir.types import FLOAT, INT, STR, ListType
from volery.ir.values import unpack


class Stats(NamedTuple):
    mean: float
    count: int


class One(NamedTuple):
    value: int


@task
def before_its_type(config: Later) -> int:
    return config.size


@dataclass
class Later:
    size: int


def outputs_of(entity):
    return {each.name: each.type for each in entity.interface.outputs}


# -- inputs and outputs --------------------------------------------------------------------------


def test_inputs_keep_their_order_types_and_packed_defaults():
    @task
    def f(values: list[float], name: str = "x") -> None: ...

    first, second = f.interface.inputs
    assert (first.name, first.type, first.default) == ("values", ListType(FLOAT), None)
    assert (second.name, second.type) == ("name", STR)
    assert unpack(second.default or b"") == "x"


def test_a_list_default_is_packed_so_that_later_changes_do_not_matter():
    shared = [1]

    @task
    def f(values: list[int] = shared) -> int:
        return len(values)

    shared.append(2)
    assert f() == 1


def test_no_output_is_declared_by_none_or_by_nothing():
    @task
    def declared(a: int) -> None: ...

    @task
    def silent(a: int): ...

    assert outputs_of(declared) == outputs_of(silent) == {}


def test_one_output_is_named_o0():
    @task
    def f() -> int:
        return 1

    assert outputs_of(f) == {"o0": INT}


def test_a_fixed_tuple_declares_several_outputs():
    @task
    def f() -> tuple[int, str]:
        return 1, "a"

    assert outputs_of(f) == {"o0": INT, "o1": STR}


def test_a_parenthesized_pair_declares_several_outputs_as_in_flyte():
    @task
    def f() -> (int, str):
        return 1, "a"

    assert outputs_of(f) == {"o0": INT, "o1": STR}


def test_a_tuple_of_any_length_is_one_output():
    @task
    def f() -> tuple[int, ...]:
        return (1, 2)

    assert list(outputs_of(f)) == ["o0"]
    assert f() == (1, 2)


def test_a_named_tuple_names_the_outputs():
    @task
    def f() -> Stats:
        return Stats(1.0, 2)

    assert outputs_of(f) == {"mean": FLOAT, "count": INT}


def test_a_type_that_is_defined_further_down_is_found_at_first_use():
    assert before_its_type(config=Later(3)) == 3


def test_a_type_that_is_defined_in_the_same_function_is_found():
    @dataclass
    class Config:
        size: int

    @task
    def f(config: Config) -> int:
        return config.size

    assert f(config=Config(2)) == 2


def test_a_quoted_type_inside_of_another_is_found():
    @task
    def f(every: list["Later"]) -> int:  # noqa: UP037 - the quotes are the point
        return len(every)

    assert f(every=[Later(1)]) == 1


# -- what is refused -----------------------------------------------------------------------------


def refused(define, *parts):
    with pytest.raises(DefinitionError) as caught:
        define()
    for part in ("test_declaration.py:", *parts):
        assert part in str(caught.value)


def test_a_parameter_without_annotation_is_refused():
    def define():
        @task
        def f(a) -> int: ...

    refused(define, "parameter a has no annotation", "a: int")


@pytest.mark.parametrize("decorator", [task, workflow])
def test_a_lambda_is_not_asked_for_annotations_that_it_cannot_have(decorator):
    refused(lambda: decorator(lambda x: x), "a lambda cannot be used", "write def")


def test_star_args_are_refused():
    def define():
        @task
        def f(*values: int) -> int: ...

    refused(define, "parameter *values", "list parameter")


def test_star_kwargs_are_refused():
    def define():
        @workflow
        def f(**values: int) -> int: ...

    refused(define, "parameter **values", "dict parameter")


def test_a_positional_only_parameter_is_refused():
    def define():
        @task
        def f(a: int, /) -> int: ...

    refused(define, "parameter a ", "remove the /")


def test_a_default_of_the_wrong_type_is_refused():
    def define():
        @task
        def f(a: int = "x") -> int: ...

    refused(define, "default of parameter a", "expected int, got 'x' (str)")


def test_none_as_default_of_a_type_without_none_says_how_to_allow_it():
    def define():
        @task
        def f(a: int = None) -> int: ...  # noqa: RUF013 - that it is wrong is the point

    refused(define, "default of parameter a", "a: int | None = None")


def test_a_value_without_declared_type_is_refused():
    def define():
        @task
        def f(a: int):
            return a

    refused(define, "returns a value of no declared type")


def test_a_tuple_of_one_is_refused():
    def define():
        @task
        def f() -> tuple[int]: ...

    refused(define, "tuple of one")


def test_a_type_without_codec_names_the_parameter():
    def define():
        @task
        def f(a: list[object]) -> int: ...

    refused(define, "parameter a")
    with pytest.raises(UnsupportedType):
        define()


def test_an_output_type_without_codec_names_the_output():
    def define():
        @task
        def f() -> object: ...

    refused(define, "output o0")


def test_a_method_is_refused():
    def define():
        class Model:
            @task
            def fit(self, a: int) -> int: ...

    refused(define, "method", "static method")


def test_a_name_that_never_gets_defined_is_refused_at_first_use():
    @task
    def f(a: Nowhere) -> int: ...  # noqa: F821 - that it is undefined is the point

    refused(lambda: f(a=1), "name 'Nowhere' is not defined", "TYPE_CHECKING")


def test_what_is_no_function_is_refused():
    refused(lambda: task(3), "@task takes a function, got 3")
    refused(lambda: workflow(print), "@workflow takes a function")


def test_a_static_method_is_a_task():
    class Tools:
        @staticmethod
        @task
        def outside(a: int) -> int:
            return a + 1

        @task
        @staticmethod
        def inside(a: int) -> int:
            return a + 2

    assert (Tools.outside(a=1), Tools.inside(a=1)) == (2, 3)
    assert Tools.outside.name.endswith(".Tools.outside")


# -- descriptions --------------------------------------------------------------------------------


def described(entity):
    interface = entity.interface
    return (
        entity.spec.description,
        {each.name: each.description for each in interface.inputs},
        {each.name: each.description for each in interface.outputs},
    )


def test_a_google_docstring_describes_inputs_and_outputs():
    @task
    def f(a: int, b: str) -> int:
        """Count things.

        Carefully.

        Args:
            a: how many
                of them.
            b (str): which.

        Returns:
            The count.

        Raises:
            ValueError: never.
        """
        return a

    assert described(f) == (
        "Count things.\n\nCarefully.",
        {"a": "how many of them.", "b": "which."},
        {"o0": "The count."},
    )


def test_a_numpy_docstring_describes_inputs_and_outputs():
    @task
    def f(a: int, b: str) -> int:
        """Count things.

        Parameters
        ----------
        a : int
            how many
            of them.
        b : str
            which.

        Returns
        -------
        int
            The count.
        """
        return a

    assert described(f) == (
        "Count things.",
        {"a": "how many of them.", "b": "which."},
        {"o0": "The count."},
    )


def test_a_sphinx_docstring_describes_inputs_and_outputs():
    @task
    def f(a: int, b: str) -> int:
        """Count things.

        :param a: how many
            of them.
        :param str b: which.
        :type a: int
        :return: The count.
        """
        return a

    assert described(f) == (
        "Count things.",
        {"a": "how many of them.", "b": "which."},
        {"o0": "The count."},
    )


def test_named_outputs_are_described_by_name():
    @task
    def f() -> Stats:
        """Measure.

        Returns:
            mean: the middle.
            count: how many.
        """
        return Stats(1.0, 2)

    assert described(f)[2] == {"mean": "the middle.", "count": "how many."}


def test_docs_replace_the_docstring():
    @task(docs="Shorter.")
    def f() -> None:
        """Longer."""

    assert described(f)[0] == "Shorter."
