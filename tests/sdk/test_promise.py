"""Promises: what they give, and what each misuse says."""

from __future__ import annotations

import asyncio
import copy
import enum
import statistics
from dataclasses import dataclass
from typing import NamedTuple

import pytest
from tests.sdk import parts

from volery import conditional, create_node, task, workflow
from volery.errors import CompileError, DefinitionError, PromiseError
from volery.ir.bindings import InputRef, OutputRef
from volery.sdk.compile import compile_entity


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Point:
    x: float
    tags: list[str]


class Stats(NamedTuple):
    mean: float
    count: int


@task
def number() -> int:
    return 1


@task
def ratio() -> float:
    return 1.0


@task
def flag() -> bool:
    return True


@task
def maybe() -> int | None:
    return None


@task
def point() -> Point:
    return Point(1.0, ["a"])


@task
def table() -> dict[str, list[Point]]:
    return {}


@task
def stats() -> Stats:
    return Stats(1.0, 2)


@task
def colour() -> Colour:
    return Colour.RED


@task
def nothing() -> None: ...


@task
def take(value: float) -> float:
    return value


@task
def take_text(value: str) -> str:
    return value


def recorded(body):
    """What the body of a workflow does, as its compiled graph."""
    return compile_entity(workflow(body)).bundle.workflows[0].graph


def doing(act):
    def body() -> None:
        act()

    return body


# -- what a promise is ---------------------------------------------------------------------------


def test_a_promise_says_what_it_is(capsys):
    def body(a: int) -> None:
        mu = ratio()
        print(mu, a)
        print(repr(point().tags[0]))

    recorded(body)
    assert capsys.readouterr().out == (
        "Promise(n0.o0: float) Promise(a: int)\nPromise(n1.o0.tags[0]: str)\n"
    )


def test_what_print_shows_of_a_promise_is_no_value():
    def body(a: int) -> None:
        take_text(value=str(a))

    with pytest.raises(CompileError, match=r"got the text 'Promise\(a: int\)'(.|\n)*in a task"):
        recorded(body)


def test_a_condition_says_what_it_is():
    seen = []

    def body(a: int, some: int | None) -> None:
        seen.extend(map(repr, [
            number() > 10,
            (number() == a) & (colour() != "red"),
            some.is_none() | flag().is_true(),
        ]))  # fmt: skip

    recorded(body)
    assert seen == [
        "Promise(n0.o0: int) > 10",
        "(Promise(n1.o0: int) == Promise(a: int)) & (Promise(n2.o0: Colour) != 'red')",
        "(Promise(some: int | None).is_none()) | (Promise(n3.o0: bool) == True)",
    ]


def test_parts_are_typed_and_become_paths():
    def body() -> None:
        take(value=point().x)
        take_text(value=point()["tags"][0])
        take(value=table()["a b"][-1].x)

    bindings = [node.inputs[0].binding for node in recorded(body).nodes if node.inputs]
    assert bindings == [
        OutputRef("n0", "o0", ("x",)),
        OutputRef("n2", "o0", ("tags", 0)),
        OutputRef("n4", "o0", ("a b", -1, "x")),
    ]


def test_parts_are_found_through_every_kind_of_record():
    def body() -> None:
        shop = parts.shop()
        take_text(value=shop[0].orders[-1].customer.address.city)
        take_text(value=shop[0]["orders"][0]["customer"]["names"]["last"].text)
        take(value=shop[0].totals[parts.Currency.EUR].cents)
        take(value=shop[0].totals["EUR"]["cents"])

    bindings = [node.inputs[0].binding for node in recorded(body).nodes]
    assert [each.path for each in bindings if isinstance(each, OutputRef)] == [
        (0, "orders", -1, "customer", "address", "city"),
        (0, "orders", 0, "customer", "names", "last", "text"),
        (0, "totals", "EUR", "cents"),
        (0, "totals", "EUR", "cents"),
    ]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (lambda shop: shop[0].order, "Shop has no field order .*did you mean orders"),
        (lambda shop: shop[0].orders.customer, r"orders: list\[Order\]\) cannot be asked for"),
        (lambda shop: shop[0].orders[0].custom, "Order has no field custom .*mean customer"),
        (lambda shop: shop[0].orders[0].customer.x, "Customer has no field x .*address, names"),
        (lambda shop: shop[0].orders[0].customer.address.zip, "Address has no field zip .*city"),
        (lambda shop: shop[0].totals["USD"], "no key 'USD' .*its keys are Currency"),
        (lambda shop: shop[0].totals[Colour.RED], "cannot be indexed with <Colour.RED"),
    ],
)
def test_a_part_that_is_not_there_is_told_at_its_line_before_anything_runs(part, told):
    with pytest.raises(PromiseError, match=f"(?s){told}") as caught:
        recorded(doing(lambda: part(parts.shop())))
    assert "test_promise.py:" in caught.value.message


def test_a_part_of_another_type_than_is_declared_is_a_problem_of_the_graph():
    def body() -> None:
        take(value=parts.shop()[0].orders[0].customer.address.city)

    with pytest.raises(CompileError, match="expected float, got str"):
        recorded(body)


def test_an_input_is_a_promise_even_when_it_has_a_default():
    def body(p: Point = Point(1.0, [])) -> None:
        take(value=p.x)

    assert recorded(body).nodes[0].inputs[0].binding == InputRef("p", ("x",))


def test_several_outputs_are_taken_by_name_by_position_and_by_unpacking():
    def body() -> None:
        result = stats()
        mean, _ = result
        assert repr(result) == "Outputs(Promise(n0.mean: float), Promise(n0.count: int))"
        for each in (result.mean, result[0], mean):
            take(value=each)

    nodes = recorded(body).nodes
    assert [node.inputs[0].binding for node in nodes[1:]] == [OutputRef("n0", "mean")] * 3


# -- misuse --------------------------------------------------------------------------------------

MISUSES = {
    "truth": (bool, "tested for truth", "conditional"),
    "if": (lambda p: 1 if p else 2, "tested for truth", "conditional"),
    "not": (lambda p: not p, "tested for truth", "opposite comparison"),
    "and": (lambda p: p and p, "tested for truth", "join conditions with &"),
    "comparison and": (lambda p: p > 1 and p < 3, "tested for truth", "join conditions with &"),
    "chained comparison": (lambda p: 0 < p < 3, "tested for truth", "join conditions with &"),
    "iteration": (list, "iterated over", "map_task"),
    "unpacking": (lambda p: max(*p), "iterated over", "map_task"),
    "len": (len, "measured", "inside a task"),
    "in": (lambda p: 1 in p, "searched", "inside a task"),
    "f-string": (lambda p: f"{p}", "put into a text", "build the text in a task"),
    "format": ("{}".format, "put into a text", "build the text in a task"),
    "joined text": (lambda p: "a" + str(p), "put into a text", "build the text in a task"),
    "formatted text": (lambda p: f"{p!s}", "put into a text", "build the text in a task"),
    "condition in a text": (lambda p: f"{p > 1}", "> 1 cannot be put into a text", "in a task"),
    "condition compared": (lambda p: (p > 1) == True, "cannot be compared", "join"),  # noqa: E712
    "condition as a key": (lambda p: {p > 1: 1}, "> 1 cannot be a key", "as a value"),
    "comparison with members": (lambda p: p in {1: 2}.values(), "== 2 cannot be tested", "cond"),
    "deep copy": (copy.deepcopy, "cannot be copied", "pass it on"),
    "divmod": (lambda p: divmod(p, 2), "used in arithmetic", "inside a task"),
    "xor": (lambda p: 1 ^ p, "used in arithmetic", "inside a task"),
    "left shift": (lambda p: p << 1, "shifted", "a >> b"),
    "library function": (statistics.mean, "iterated over", "map_task"),
    "addition": (lambda p: p + 1, "used in arithmetic", "inside a task"),
    "reflected": (lambda p: 2 * p, "used in arithmetic", "inside a task"),
    "negation": (lambda p: -p, "used in arithmetic", "inside a task"),
    "division": (lambda p: p / p, "used in arithmetic", "inside a task"),
    "invert": (lambda p: ~p, "used in arithmetic", "inside a task"),
    "float": (float, "converted", "inside a task"),
    "int": (int, "converted", "inside a task"),
    "range": (range, "converted", "inside a task"),
    "hash": (lambda p: {p}, "key of a dict or a member of a set", "as a value"),
    "call": (lambda p: p(), "called", "inside a task"),
    "assignment": (lambda p: p.__setitem__(0, 1), "changed", "inside a task"),
    "and of promises": (lambda p: p & p, "used as a condition", "is_true()"),
    "slice": (lambda p: p[0:2], "indexed with slice", "a number or a key"),
    "index by promise": (lambda p: p[p], "indexed with Promise", "a number or a key"),
    "method": (lambda p: p.upper(), "asked for .upper", "inside a task"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_a_promise_that_is_used_as_a_value_says_what_to_do_instead(name):
    misuse, what, instead = MISUSES[name]

    def body() -> None:
        misuse(number())

    with pytest.raises(PromiseError) as caught:
        recorded(body)
    message = str(caught.value)
    assert "Promise(n0.o0: int)" in message
    assert what in message
    assert instead in message
    assert "test_promise.py:" in message


def test_a_promise_cannot_be_awaited():
    async def wait(promise) -> None:
        await promise

    def body() -> None:
        coroutine = wait(number())
        try:
            asyncio.run(coroutine)
        finally:
            coroutine.close()

    with pytest.raises(PromiseError, match="cannot be awaited"):
        recorded(body)


def test_code_that_asks_whether_there_is_an_attribute_gets_an_answer():
    asked = []

    def body(a: int) -> None:
        each = [a, point(), stats(), nothing(), create_node(number), conditional("c")]
        asked.extend((hasattr(one, "shape"), getattr(one, "shape", None)) for one in each)

    recorded(body)
    assert asked == [(False, None)] * 6


def test_an_unknown_field_names_the_nearest():
    def body() -> None:
        take_text(value=point().tag)

    with pytest.raises(PromiseError, match=r"no field tag \((.|\n)*did you mean tags\?"):
        recorded(body)


def test_a_field_of_what_may_be_none_is_refused():
    @task
    def perhaps() -> Point | None:
        return None

    with pytest.raises(PromiseError, match="take it apart in a task"):
        recorded(doing(lambda: perhaps().x))


def test_an_element_of_what_has_none_is_refused():
    with pytest.raises(PromiseError, match=r"Promise\(n0.o0: int\)\[0\]: int has no element 0"):
        recorded(doing(lambda: number()[0]))


def test_a_key_of_another_type_is_refused():
    with pytest.raises(PromiseError, match=r"no key 1"):
        recorded(doing(lambda: table()[1]))


def test_an_unknown_output_names_the_known():
    with pytest.raises(PromiseError, match=r".total (.|\n)*take one of its outputs: mean, count"):
        recorded(doing(lambda: stats().total))


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        (lambda: number() > "x", "int does not compare with str"),
        (lambda: number() > [1], "list"),
        (lambda: point() == Point(1.0, []), "Point does not compare"),
        (lambda: flag() > False, "has no order"),
        (lambda: number().is_true(), "int does not compare with bool"),
        (lambda: maybe() > 1, "is_none"),
        (lambda: colour() == "green", "the values of Colour are 'red'"),
        (lambda: number().is_none(), "int is never None"),
        (lambda: number() == None, "int is never None"),  # noqa: E711
        (lambda: maybe() == None, "use .is_none"),  # noqa: E711
        (lambda: number() == object(), "only scalars compare, and object is none"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused_at_its_line(misuse, told):
    line = misuse.__code__.co_firstlineno
    with pytest.raises(CompileError, match=rf"1 problem\n  1. at line {line}: .*(.|\n)*{told}"):
        recorded(doing(misuse))


def test_comparisons_that_make_no_sense_are_told_with_all_other_problems():
    def body(text: str) -> int:
        flagged = number() > "x"
        size = conditional("size").if_(flagged | (number() == None)).then(1).else_().then(2)  # noqa: E711
        take_text(value=size)
        return text

    with pytest.raises(CompileError) as caught:
        recorded(body)
    line = body.__code__.co_firstlineno
    assert caught.value.problems == (
        f"at line {line + 1}: Promise(n0.o0: int) > 'x': int does not compare with str",
        (
            f"at line {line + 2}: Promise(n1.o0: int) == None: int is never None\n"
            "   hint: leave the condition out"
        ),
        (
            f"node n3 take_text(value=...) at line {line + 3}: expected str, got int\n"
            f"   from n2 conditional size at line {line + 2}"
        ),
        f"output o0 at line {line + 4}: declared int, got str\n   from input text",
    )


def test_a_misuse_that_ends_the_body_tells_what_else_is_wrong_so_far():
    def body(text: str) -> int:
        take(value=text)
        take_text(value=number() == "x")
        chosen = conditional("c").if_(number() > 1).then(take_text(value=number() + 1))
        return chosen.else_().then(0)

    with pytest.raises(PromiseError, match="cannot be used in arithmetic") as caught:
        recorded(body)
    line = body.__code__.co_firstlineno
    assert caught.value.__notes__ == [
        (
            f"also wrong in workflow {__name__}.body:\n"
            f"  1. node n0 take(value=...) at line {line + 1}: expected float, got str\n"
            "     from input text\n"
            f"  2. at line {line + 2}: Promise(n1.o0: int) == 'x': int does not compare with str\n"
            f"  3. node n2 take_text(value=...) at line {line + 2}: expected str, "
            "got the condition Promise(n1.o0: int) == 'x'\n"
            "     hint: conditions are for conditional(...) only"
        )
    ]


@pytest.mark.parametrize("last", [KeyError("mine"), SystemExit(3)])
def test_an_error_of_the_authors_tells_what_else_is_wrong_so_far(last):
    def body(text: str) -> int:
        take(value=text)
        raise last

    with pytest.raises(type(last)) as caught:
        recorded(body)
    first, second = caught.value.__notes__
    assert first.startswith(f"in the body of workflow {__name__}.body, which runs to be compiled")
    assert "expected float, got str" in second


def test_a_misuse_where_all_else_is_right_has_no_note():
    with pytest.raises(PromiseError) as caught:
        recorded(doing(lambda: number() + 1))
    assert not hasattr(caught.value, "__notes__")


def test_a_comparison_outside_of_a_body_is_refused_at_once():
    kept = []
    recorded(doing(lambda: kept.append(number())))
    with pytest.raises(PromiseError, match=r"> 'x': int does not compare with str \(.*:\d+\)"):
        _ = kept[0] > "x"


# -- nothing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "misuse",
    [
        lambda v: v > 1,
        lambda v: v == 1,
        lambda v: v.field,
        lambda v: v[0],
        bool,
        list,
        lambda v: v & v,
        lambda v: v + 1,
        lambda v: v(),
        lambda v: f"{v}",
    ],
)
def test_what_a_task_without_outputs_gives_cannot_be_used(misuse):
    def body() -> None:
        misuse(nothing())

    with pytest.raises(PromiseError, match="n0 nothing returns nothing, so there is no value"):
        recorded(body)


def test_nothing_as_an_input_is_a_problem_of_the_graph():
    def body() -> None:
        take(value=nothing())

    with pytest.raises(CompileError, match="expected float, got nothing: n0 nothing returns nothi"):
        recorded(body)


@pytest.mark.parametrize(
    ("misuse", "does"),
    [
        (lambda o: o[2], "indexed with 2"),
        (lambda o: o + 1, "used in arithmetic"),
        (lambda o: o == (1, 2), "compared"),
        (lambda o: 1 in o, "searched with `in`"),
        (lambda o: f"{o}", "put into a text"),
        (lambda o: {o: 1}, "a key of a dict"),
        (bool, "tested for truth"),
    ],
)
def test_several_outputs_are_no_tuple_of_values(misuse, does):
    with pytest.raises(PromiseError, match=rf"{does} (.|\n)*take one of its outputs: mean, count"):
        recorded(doing(lambda: misuse(stats())))


def test_several_outputs_as_one_input_are_a_problem_of_the_graph():
    def body() -> None:
        take(value=stats())

    with pytest.raises(
        CompileError,
        match=r"got the 2 outputs of n0 stats\n *hint: take one of them: mean, count",
    ):
        recorded(body)


def test_a_condition_as_an_input_is_a_problem_of_the_graph():
    def body() -> None:
        take(value=number() > 1)

    with pytest.raises(CompileError, match=r"got the condition Promise\(n0.o0: int\) > 1"):
        recorded(body)


# -- order ---------------------------------------------------------------------------------------


def test_nodes_are_put_in_order_without_data():
    def body() -> None:
        a, b, c = number(), nothing(), stats()
        a >> b >> c
        a.runs_before(c)
        a >> b

    assert [node.after for node in recorded(body).nodes] == [(), ("n0",), ("n1", "n0")]


def test_a_circle_of_order_is_a_problem_of_the_graph():
    def body() -> None:
        a, b = nothing(), nothing()
        a >> b
        b >> a

    with pytest.raises(CompileError, match="n0 -> n1 -> n0"):
        recorded(body)


def test_an_input_cannot_be_put_in_order():
    def body(a: int) -> None:
        a >> number()

    with pytest.raises(
        PromiseError, match="input of the workflow: only what a call gives has a no"
    ):
        recorded(body)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (lambda: number() >> 3, "3 cannot be put in order"),
        (lambda: 3 >> number(), "3 cannot be put in order"),
        (lambda: number() >> take, r"<task .*take> cannot be put in order(.|\n)*call it first"),
        (lambda: take >> number(), r"<task .*take> cannot be put in order(.|\n)*call it first"),
        (lambda: number() >> [number()], "write the order of each: a >> b"),
        (lambda: (number(), number()) >> number(), "write the order of each: a >> b"),
    ],
)
def test_what_is_no_node_cannot_be_put_in_order(order, told):
    with pytest.raises(PromiseError, match=told):
        recorded(doing(order))


def test_after_compilation_nodes_cannot_be_adjusted():
    kept = []

    def body() -> None:
        kept.extend([number(), number()])

    recorded(body)
    with pytest.raises(PromiseError, match="its workflow has been compiled already"):
        kept[0].with_overrides(retries=1)
    with pytest.raises(PromiseError, match="its workflow has been compiled already"):
        kept[0] >> kept[1]


# -- overrides -----------------------------------------------------------------------------------


def test_overrides_change_the_node():
    def body() -> None:
        x = ratio().with_overrides(node_name="My_Node", retries=2)
        take(value=x)
        x.with_overrides(environment={"A": "1"})
        stats().with_overrides(retries=0)
        nothing().with_overrides(node_name="last")

    first, second, third, last = recorded(body).nodes
    assert (first.id, first.policy.retries, first.policy.environment) == (
        "my-node",
        2,
        (("A", "1"),),
    )
    assert second.inputs[0].binding == OutputRef("my-node", "o0")
    assert third.policy.retries == 0
    assert last.id == "last"


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"retry": 1}, "did you mean retries"),
        ({"name": "x"}, "did you mean node_name"),
        ({"aliases": {}}, "aliases= is not available yet"),
        ({"retries": "x"}, "retries= takes a whole number"),
        ({"environment": 3}, "environment= takes a dict of strings"),
        ({"node_name": "//"}, "has no letter or digit"),
        ({"node_name": 3}, "node_name= takes a string"),
    ],
)
def test_an_override_that_cannot_be_used_is_refused(overrides, told):
    with pytest.raises(DefinitionError, match=told):
        recorded(doing(lambda: number().with_overrides(**overrides)))


def test_a_promise_as_an_override_is_refused():
    with pytest.raises(DefinitionError, match="retries= of with_overrides cannot be a promise"):
        recorded(doing(lambda: number().with_overrides(retries=number())))


def test_two_nodes_of_one_name_are_a_problem_of_the_graph():
    def body() -> None:
        number().with_overrides(node_name="same")
        number().with_overrides(node_name="same")

    with pytest.raises(CompileError, match=r"node same number at line .*: 2 nodes have"):
        recorded(body)


def test_an_input_has_no_node_to_override():
    def body(a: int) -> None:
        a.with_overrides(retries=1)

    with pytest.raises(
        PromiseError, match="input of the workflow: only what a call gives has a no"
    ):
        recorded(body)
