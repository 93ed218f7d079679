from __future__ import annotations

import pytest
from tests.ir.kinds import TREE

from volery.ir.bindings import (
    Bound,
    Cast,
    Constant,
    Entry,
    FailureRef,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
)
from volery.ir.check import check_workflow
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import (
    Arm,
    BranchTarget,
    GateTarget,
    Graph,
    LaunchPlanTarget,
    MapTarget,
    Node,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.predicates import And, Comparison, IsNone, Or
from volery.ir.problem import describe
from volery.ir.ref import Ref, Source
from volery.ir.specs import WorkflowSpec
from volery.ir.types import (
    BOOL,
    DATE,
    FLOAT,
    INT,
    NONE,
    STR,
    EnumMember,
    EnumType,
    Field,
    JsonType,
    ListType,
    MapType,
    RecordType,
    SetType,
    TupleType,
    UnionType,
)
from volery.ir.values import EMPTY, NIL, pack

FLOATS = ListType(FLOAT)
POINT = RecordType("m.Point", (Field("x", FLOAT), Field("note", STR, required=False)))
COLOR = EnumType("m.Color", (EnumMember("RED", "red"),))
TRUE = b"\xc3"
ONE = Constant(pack(1.0))


def takes(**types):
    return tuple(Input(name, kind) for name, kind in types.items())


def gives(*types):
    return tuple(Output(f"o{index}", kind) for index, kind in enumerate(types))


INTERFACES = {
    Ref("task", "m.mean"): Interface(takes(values=FLOATS), gives(FLOAT)),
    Ref("task", "m.scale"): Interface(takes(value=FLOAT, by=FLOAT), gives(FLOAT)),
    Ref("task", "m.load"): Interface((Input("path", STR, default=pack("a")),), gives(FLOATS)),
    Ref("task", "m.say"): Interface(takes(text=STR)),
    Ref("task", "m.locate"): Interface(takes(point=POINT), gives(POINT)),
    Ref("task", "m.table"): Interface(
        takes(rows=MapType(STR, FLOAT), pair=TupleType((FLOAT, STR)))
    ),
    Ref("task", "m.paint"): Interface(takes(colors=ListType(COLOR))),
    Ref("task", "m.maybe"): Interface(takes(value=UnionType((FLOATS, NONE)))),
    Ref("task", "m.configure"): Interface(
        (
            Input("json", UnionType((JsonType(), NONE)), default=NIL),
            Input("table", JsonType("dict"), default=EMPTY),
            Input("labels", SetType(STR), default=pack([])),
        )
    ),
    Ref("workflow", "m.inner"): Interface(takes(values=FLOATS), gives(FLOAT, STR)),
    Ref("launch_plan", "m.daily"): Interface(takes(values=FLOATS), gives(FLOAT)),
}


def node(id, task, line=None, after=(), **bindings):
    target = TaskTarget(f"m.{task}") if isinstance(task, str) else task
    bounds = tuple(Bound(name, binding) for name, binding in bindings.items())
    source = Source("m.py", line) if line else None
    return Node(id, target, bounds, after, source=source)


def output(id, name="o0", *path):
    return OutputRef(id, name, path)


def branch(*arms, name=""):
    return BranchTarget(arms, name)


def arm(predicate, *nodes, **outputs):
    bounds = tuple(Bound(name, binding) for name, binding in outputs.items())
    return Arm(predicate, Graph(nodes, bounds))


def problems(*nodes, inputs=None, declared=(), **outputs):
    """The problems of a workflow, as people read them."""
    spec = WorkflowSpec(
        "m.flow",
        Interface(takes(**(inputs or {})), gives(*declared)),
        Graph(nodes, tuple(Bound(name, binding) for name, binding in outputs.items())),
    )
    return [describe(each) for each in check_workflow(spec, INTERFACES)]


LOADED = node("n0", "load", 10)
POSITIVE = Comparison(">", InputRef("x"), Constant(pack(0)))


# -- what is right -----------------------------------------------------------------------------


def test_a_workflow_without_mistakes_has_no_problems():
    found = problems(
        LOADED,
        node("n1", "mean", values=output("n0")),
        node("n2", "scale", value=output("n1"), by=InputRef("n"), after=("n0",)),
        node("n3", WorkflowTarget("m.inner"), values=output("n0")),
        node("n4", LaunchPlanTarget("m.daily"), values=ListBinding((output("n1"), ONE))),
        node(
            "n5",
            MapTarget(Ref("task", "m.scale"), ("value",)),
            value=output("n0"),
            by=output("n3"),
        ),
        node("n6", "locate", point=MapBinding((Entry(pack("x"), output("n1")),))),
        node("n7", "scale", value=output("n6", "o0", "x"), by=output("n0", "o0", 0)),
        node("n8", "say", text=Cast(InputRef("color"), COLOR, STR)),
        node("n9", "maybe", value=ListBinding((output("n1"),))),
        inputs={"n": INT, "color": COLOR},
        declared=(FLOATS, FLOAT),
        o0=output("n5"),
        o1=output("n7"),
    )
    assert found == []


def test_a_conditional_without_mistakes_has_no_problems():
    target = branch(
        arm(
            And(POSITIVE, Or(IsNone(InputRef("limit")), POSITIVE)),
            node("n2", "scale", value=InputRef("x"), by=InputRef("x")),
            o0=output("n2"),
        ),
        arm(Comparison("==", InputRef("color"), Constant(pack("RED"))), o0=InputRef("x")),
        Arm(fail="no"),
    )
    found = problems(
        node("n1", target, x=InputRef("x"), limit=InputRef("limit"), color=InputRef("color")),
        inputs={"x": FLOAT, "limit": UnionType((INT, NONE)), "color": COLOR},
        declared=(FLOAT,),
        o0=output("n1"),
    )
    assert found == []


# -- edges -------------------------------------------------------------------------------------


def test_all_problems_of_a_workflow_are_told_together():
    found = problems(
        LOADED,
        node("n1", "load", 23),
        node("n2", "scale", 24, value=output("n1"), by=ONE),
        node("n3", "mean", 25, vals=output("n1")),
        declared=(FLOATS,),
        o0=output("n2"),
    )
    assert found == [
        (
            "node n2 scale(value=...) at line 24: expected float, got list[float]\n"
            "   from n1 load at line 23"
        ),
        "node n3 mean(vals=...) at line 25: there is no such input\n   hint: did you mean values?",
        "node n3 mean(values=...) at line 25: expected list[float], got nothing",
        "output o0: declared list[float], got float\n   from n2 scale at line 24",
    ]


def test_a_workflow_input_of_the_wrong_type_is_a_problem():
    found = problems(node("n1", "say", 5, text=InputRef("n")), inputs={"n": INT})
    assert found == ["node n1 say(text=...) at line 5: expected str, got int\n   from input n"]


def test_a_text_where_a_choice_is_expected_is_told_the_way_out():
    found = problems(
        node("n1", "paint", 5, colors=InputRef("texts")),
        inputs={"texts": ListType(STR)},
    )
    assert found == [
        (
            "node n1 paint(colors=...) at line 5: in list element: expected Color, got str\n"
            "   from input texts\n"
            "   hint: declare it as Color where it is made"
        )
    ]


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        (output("n9"), "there is no node n9"),
        (
            output("n0", "o1"),
            "n0 has no output o1\n   from n0 load at line 10\n   hint: did you mean o0?",
        ),
        (InputRef("valeu"), "there is no input valeu\n   hint: did you mean value?"),
        (
            output("n0", "o0", 0, "real"),
            "float has no field real\n   from n0 load at line 10",
        ),
        (
            InputRef("tree", ("children", 0, "valu")),
            "Tree has no field valu\n   from input tree\n   hint: did you mean value?",
        ),
    ],
)
def test_a_reference_to_nothing_is_a_problem(binding, message):
    found = problems(
        LOADED,
        node("n1", "scale", value=binding, by=ONE),
        inputs={"value": FLOAT, "tree": TREE},
    )
    assert found == [f"node n1 scale(value=...): {message}"]


def test_a_part_of_a_value_is_checked_by_its_own_type():
    found = problems(LOADED, node("n1", "say", text=output("n0", "o0", 0)))
    assert found == ["node n1 say(text=...): expected str, got float\n   from n0 load at line 10"]


def test_an_element_of_a_list_of_bindings_is_checked():
    found = problems(LOADED, node("n1", "mean", values=ListBinding((ONE, output("n0")))))
    assert found == [
        (
            "node n1 mean(values=...): in element 1: expected float, got list[float]\n"
            "   from n0 load at line 10"
        )
    ]


def test_the_parts_of_tuples_dicts_and_records_are_checked():
    found = problems(
        LOADED,
        node(
            "n1",
            "table",
            rows=MapBinding((Entry(pack("a"), ONE), Entry(pack("b"), InputRef("s")))),
            pair=ListBinding((InputRef("s"), InputRef("s"))),
        ),
        node("n2", "locate", point=MapBinding((Entry(pack("y"), ONE),))),
        node("n3", "table", rows=ListBinding(()), pair=ListBinding((ONE,))),
        node("n4", "say", text=MapBinding(())),
        node("n5", "maybe", value=ListBinding((InputRef("s"),))),
        inputs={"s": STR},
    )
    assert found == [
        "node n1 table(rows=...): in the value of 'b': expected float, got str\n   from input s",
        "node n1 table(pair=...): in element 0: expected float, got str\n   from input s",
        "node n2 locate(point=...): Point has no field y\n   hint: known: x, note",
        "node n2 locate(point=...): expected Point: field x is missing",
        "node n3 table(rows=...): expected dict[str, float], got a list of 0",
        "node n3 table(pair=...): expected tuple[float, str], got a list of 1",
        "node n4 say(text=...): expected str, got a dict",
        "node n5 maybe(value=...): in element 0: expected float, got str\n   from input s",
    ]


def test_lists_and_dicts_of_bindings_go_where_json_is_expected_and_are_no_sets():
    found = problems(
        node("n0", "configure", json=ListBinding((ONE, InputRef("s")))),
        node("n1", "configure", json=MapBinding((Entry(pack("a"), InputRef("s")),))),
        node("n2", "configure", json=MapBinding((Entry(pack("a"), InputRef("day")),))),
        node("n3", "configure", table=MapBinding(())),
        node("n4", "configure", table=ListBinding((ONE,))),
        node("n5", "configure", labels=ListBinding((InputRef("s"),))),
        inputs={"s": STR, "day": DATE},
    )
    assert found == [
        (
            "node n2 configure(json=...): in the value of 'a': expected JSON, got date\n"
            "   from input day\n"
            "   hint: make it of None, bool, int, float, str, lists and dicts in a task"
        ),
        "node n4 configure(table=...): expected dict, got a list of 1",
        (
            "node n5 configure(labels=...): expected set[str], got a list of 1\n"
            "   from input s\n"
            "   hint: make a set of it in a task"
        ),
    ]


def test_a_cast_is_checked_on_both_sides():
    found = problems(
        node("n1", "say", text=Cast(InputRef("n"), COLOR, STR)),
        node("n2", "say", text=Cast(InputRef("color"), COLOR, FLOAT)),
        node("n3", "say", text=Cast(InputRef("n"), INT, FLOAT)),
        inputs={"n": INT, "color": COLOR},
    )
    assert found == [
        "node n1 say(text=...): expected Color, got int\n   from input n",
        "node n2 say(text=...): expected float, got Color\n   from input color",
        "node n3 say(text=...): expected str, got float\n   from input n",
    ]


def test_an_edge_that_lacks_its_cast_is_a_problem():
    found = problems(node("n1", "say", text=InputRef("color")), inputs={"color": COLOR})
    assert found == [
        "node n1 say(text=...): Color has to be cast on its way to str\n   from input color"
    ]


# -- nodes and their order ---------------------------------------------------------------------


def test_an_unknown_entity_is_a_problem_once():
    found = problems(
        node("n1", "nothing", 3, a=ONE, b=output("n9")),
        node("n2", LaunchPlanTarget("m.weekly")),
        node("n3", "say", text=output("n1")),
    )
    assert found == [
        "node n1 nothing at line 3: there is no task m.nothing in the bundle",
        "node n1 nothing(b=...) at line 3: there is no node n9",
        "node n2 weekly: there is no launch plan m.weekly in the bundle",
    ]


def test_a_constant_for_an_unknown_input_is_a_problem():
    found = problems(node("n1", "load", 3, pth=ONE))
    assert found == [
        "node n1 load(pth=...) at line 3: there is no such input\n   hint: did you mean path?"
    ]


def test_a_fixed_input_of_a_launch_plan_cannot_be_bound():
    found = problems(node("n1", LaunchPlanTarget("m.daily"), values=ListBinding(()), scaling=ONE))
    assert found == [
        "node n1 daily(scaling=...): there is no such input, or it is fixed\n   hint: known: values"
    ]


def test_an_input_given_twice_is_a_problem():
    twice = Node("n1", TaskTarget("m.load"), (Bound("path", ONE), Bound("path", ONE)))
    assert problems(twice) == ["node n1 load(path=...): given 2 times"]


def test_two_nodes_of_one_id_are_a_problem():
    found = problems(LOADED, LOADED)
    assert found == ["node n0 load at line 10: 2 nodes have this id"]


@pytest.mark.parametrize("id", ["", "a/b", "a[0]"])
def test_an_id_that_is_no_segment_of_a_path_is_a_problem(id):
    found = problems(node(id, "load"))
    assert found == [f"node {id} load: {id!r} cannot be an id: it is empty or has one of / [ ]"]


def test_a_cycle_through_data_and_order_is_named():
    found = problems(
        node("n1", "scale", 4, value=output("n2"), by=ONE),
        node("n2", "scale", 5, after=("n3",), value=ONE, by=ONE),
        node("n3", "scale", 6, value=output("n1"), by=ONE),
    )
    assert found == ["node n1 scale at line 4: it waits for itself: n1 -> n3 -> n2 -> n1"]


def test_order_after_a_node_that_is_not_there_is_a_problem():
    found = problems(node("n1", "load", after=("n7",)))
    assert found == ["node n1 load: it comes after n7, but there is no node n7"]


# -- outputs of the workflow -------------------------------------------------------------------


def test_outputs_have_to_be_what_is_declared():
    found = problems(
        LOADED, declared=(FLOATS, STR), o0=output("n0"), result=output("n0"), inputs={"s": STR}
    )
    assert found == [
        "output result: it is not declared\n   hint: known: o0, o1",
        "output o1: declared str, got nothing",
    ]


def test_an_output_of_the_wrong_part_is_told_as_declared():
    found = problems(inputs={"xs": ListType(STR)}, declared=(FLOATS,), o0=InputRef("xs"))
    assert found == ["output o0: in list element: expected float, got str\n   from input xs"]


def test_an_output_that_a_conditional_may_not_give_is_a_problem():
    found = problems(
        node("n1", branch(arm(POSITIVE, o0=InputRef("x"))), 7, x=InputRef("x")),
        inputs={"x": FLOAT},
        declared=(FLOAT,),
        o0=output("n1"),
    )
    assert found == [
        (
            "output o0: n1 gives nothing back when no condition holds\n"
            "   from n1 conditional at line 7\n"
            "   hint: end the conditional with else_()"
        )
    ]


# -- maps --------------------------------------------------------------------------------------


def mapped(over=("value",), **options):
    return MapTarget(Ref("task", "m.scale"), over, **options)


def test_a_map_takes_lists_of_what_its_target_takes():
    found = problems(
        node("n1", mapped(), 3, value=InputRef("x"), by=InputRef("xs")),
        node("n2", mapped(), value=InputRef("words"), by=ONE),
        node("n3", mapped(), by=ONE),
        inputs={"x": FLOAT, "xs": FLOATS, "words": ListType(STR)},
    )
    assert found == [
        (
            "node n1 map of scale(value=...) at line 3: expected list[float], got float\n"
            "   from input x"
        ),
        "node n1 map of scale(by=...) at line 3: expected float, got list[float]\n   from input xs",
        (
            "node n2 map of scale(value=...): in list element: expected float, got str\n"
            "   from input words"
        ),
        "node n3 map of scale(value=...): expected list[float], got nothing",
    ]


def test_a_map_runs_over_at_least_one_input_of_its_target():
    found = problems(
        node("n1", mapped(()), value=ONE, by=ONE),
        node("n2", mapped(("xs",)), value=ONE, by=ONE),
    )
    assert found == [
        (
            "node n1 map of scale: a map needs at least one list to run over\n"
            "   hint: give value or by as a list"
        ),
        (
            "node n2 map of scale: it runs over xs, which m.scale does not take\n"
            "   hint: known: value, by"
        ),
    ]


def test_a_map_of_what_has_no_inputs_says_so():
    target = MapTarget(Ref("task", "m.now"), ())
    interfaces = {target.target: Interface()}
    spec = WorkflowSpec("m.flow", Interface(), Graph((node("n1", target),)))
    (found,) = check_workflow(spec, interfaces)
    assert found.message == "a map needs at least one list to run over, but m.now has no inputs"
    assert found.hint is None


@pytest.mark.parametrize("options", [{"min_success_ratio": 0.5}, {"min_successes": 1}])
def test_a_map_whose_elements_may_fail_gives_optional_elements(options):
    found = problems(
        node("n1", mapped(**options), value=InputRef("xs"), by=ONE),
        inputs={"xs": FLOATS},
        declared=(FLOATS,),
        o0=output("n1"),
    )
    assert found == [
        (
            "output o0: in list element: expected float, got float | None, which may be None\n"
            "   from n1 map of scale"
        )
    ]


# -- conditionals ------------------------------------------------------------------------------


def conditional(*arms, **inputs):
    """The problems of a conditional that captures inputs of these types."""
    captured = {name: InputRef(name) for name in inputs}
    return problems(node("n1", branch(*arms), 8, **captured), inputs=inputs)


@pytest.mark.parametrize(
    ("predicate", "reason"),
    [
        (Comparison("==", InputRef("x"), InputRef("s")), "float does not compare with str"),
        (
            Comparison("<", InputRef("flag"), Constant(TRUE)),
            "bool has no order: only == and != compare it",
        ),
        (IsNone(InputRef("x")), "float is never None"),
        (
            IsNone(InputRef("y")),
            "there is no input y\n   hint: known: x, s, flag",
        ),
        (Comparison("==", output("n1"), Constant(pack(1))), "there is no node n1"),
    ],
)
def test_a_condition_that_makes_no_sense_is_a_problem(predicate, reason):
    found = conditional(arm(And(POSITIVE, predicate)), x=FLOAT, s=STR, flag=BOOL)
    assert found == [f"node n1 conditional at line 8: in the condition of arm 1: {reason}"]


def test_a_conditional_is_told_by_its_name():
    found = problems(node("n1", branch(name="size"), 8))
    assert found == ["node n1 conditional size at line 8: a conditional needs at least one arm"]


def test_the_shape_of_a_conditional_is_checked():
    assert conditional() == ["node n1 conditional at line 8: a conditional needs at least one arm"]
    assert conditional(Arm(POSITIVE), Arm(None, Graph(), "no"), Arm(POSITIVE, Graph()), x=INT) == [
        "node n1 conditional at line 8: only the last arm may be without a condition",
        "node n1 conditional at line 8: arm 1 needs either a graph or a failure",
        "node n1 conditional at line 8: arm 2 needs either a graph or a failure",
    ]


def test_nodes_of_an_arm_are_checked_with_what_it_captured():
    inner = branch(arm(POSITIVE, node("n4", "say", 12, text=InputRef("x"))))
    found = problems(
        LOADED,
        node(
            "n1",
            branch(arm(POSITIVE, node("n3", inner, x=InputRef("x")))),
            x=output("n0", "o0", 0),
        ),
    )
    assert found == [
        "node n4 say(text=...) at line 12: expected str, got float\n   from n0 load at line 10"
    ]


def test_an_arm_does_not_see_nodes_outside_it():
    found = problems(
        LOADED,
        node("n1", branch(arm(None, o0=output("n0"))), 9),
    )
    assert found == ["node n1 conditional at line 9: in output o0 of arm 1: there is no node n0"]


def test_arms_have_to_give_one_type():
    found = conditional(
        arm(POSITIVE, o0=InputRef("x")),
        arm(POSITIVE, o0=ONE),
        arm(None, o0=InputRef("s")),
        x=FLOAT,
        s=STR,
    )
    assert found == [
        "node n1 conditional at line 8: its arms have to give one type as o0, not float or str"
    ]


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        (
            [arm(POSITIVE, o0=InputRef("x"), o1=InputRef("x")), arm(None, o0=InputRef("x"))],
            "not every arm of n1 gives o1 back\n   hint: did you mean o0?",
        ),
        ([Arm(None, fail="no")], "n1 gives nothing back: every arm of it fails"),
    ],
)
def test_an_output_that_not_every_arm_gives_cannot_be_used(arms, message):
    found = problems(
        node("n1", branch(*arms), x=InputRef("x")),
        node("n2", "scale", value=output("n1", "o1"), by=ONE),
        inputs={"x": FLOAT},
    )
    reason, _, hint = message.partition("\n")
    told = f"node n2 scale(value=...): {reason}\n   from n1 conditional"
    assert found == [f"{told}\n{hint}" if hint else told]


def test_the_type_that_the_arms_agree_about_is_that_of_the_conditional():
    found = problems(
        node(
            "n1",
            branch(arm(POSITIVE, o0=InputRef("x")), arm(None, o0=InputRef("n"))),
            x=InputRef("x"),
            n=InputRef("n"),
        ),
        node("n2", "say", text=output("n1")),
        inputs={"x": FLOAT, "n": INT},
    )
    assert found == ["node n2 say(text=...): expected str, got float\n   from n1 conditional"]


def test_a_branch_in_a_graph_out_of_order_still_passes_types_on():
    found = problems(
        node("n3", "say", text=output("n2")),
        node("n2", branch(arm(None, o0=InputRef("n1.o0"))), **{"n1.o0": output("n1")}),
        node("n1", "load"),
    )
    assert found == ["node n3 say(text=...): expected str, got list[float]\n   from n2 conditional"]


def test_a_constant_that_an_arm_gives_back_says_its_type_by_a_cast():
    found = problems(
        node("n1", branch(arm(None, o0=Cast(ONE, FLOAT, FLOAT)))),
        declared=(STR,),
        o0=output("n1"),
    )
    assert found == ["output o0: declared str, got float\n   from n1 conditional"]


# -- gates and failure handlers ------------------------------------------------------------------


def gate(kind, name="", seconds=None, type=None):
    return GateTarget(kind, name, seconds, type)


def test_a_gate_gives_the_type_that_it_says():
    graph = Graph(
        (
            node("a", gate("input", "path", type=STR)),
            node("b", "load", path=output("a")),
            node("c", gate("approve", "rows", 60.0, FLOATS), o0=output("b")),
            node("d", gate("sleep", seconds=0.0), after=("c",)),
        ),
        (Bound("o0", output("c")),),
    )
    spec = WorkflowSpec("m.w", Interface((), gives(FLOATS)), graph)
    assert check_workflow(spec, INTERFACES) == []


def test_what_an_approval_is_given_has_to_be_of_its_type():
    graph = Graph(
        (
            node("a", gate("input", "path", type=STR)),
            node("b", gate("approve", "rows", None, FLOATS), o0=output("a")),
            node("c", gate("approve", "more", None, FLOATS)),
        )
    )
    spec = WorkflowSpec("m.w", Interface(), graph)
    first, second = check_workflow(spec, INTERFACES)
    assert describe(first) == (
        "node b approve rows(o0=...): expected list[float], got str\n   from a wait_for_input path"
    )
    assert describe(second) == "node c approve more(o0=...): expected list[float], got nothing"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (gate("sleep"), "it cannot sleep for None seconds"),
        (gate("sleep", seconds=-1.0), "it cannot sleep for -1.0 seconds"),
        (gate("sleep", "a", 1.0), "nobody signals a sleep: it has no name and no type"),
        (gate("input", "", type=STR), "'' cannot be the name of a gate"),
        (gate("input", "a[0]", type=STR), "'a[0]' cannot be the name of a gate"),
        (gate("input", "a", 0.0, STR), "it cannot wait for 0.0 seconds"),
        (gate("input", "a"), "the type of what it gives is not said"),
    ],
)
def test_a_gate_that_cannot_work_is_a_problem(target, told):
    spec = WorkflowSpec("m.w", Interface(), Graph((node("a", target),)))
    [problem] = check_workflow(spec, INTERFACES)
    assert told in problem.message


def test_two_gates_of_one_name_are_a_problem_wherever_they_stand():
    inside = arm(None, node("b", gate("input", "same", type=STR)))
    graph = Graph((node("a", gate("input", "same", type=STR)), node("c", branch(inside))))
    found = check_workflow(WorkflowSpec("m.w", Interface(), graph), INTERFACES)
    assert [each.node for each in found] == ["a wait_for_input same", "b wait_for_input same"]


def test_a_failure_handler_is_checked_like_a_node():
    handler = node("@on_failure", "say", text=FailureRef())
    spec = WorkflowSpec("m.w", Interface(), Graph(), on_failure=handler)
    [problem] = check_workflow(spec, INTERFACES)
    assert describe(problem) == (
        "node @on_failure say(text=...): expected str, got WorkflowFailure\n   from the failure"
    )


def test_a_failure_handler_does_not_see_the_nodes_of_its_workflow():
    handler = node("@on_failure", "mean", values=output("a"))
    spec = WorkflowSpec("m.w", Interface(), Graph((node("a", "load"),)), on_failure=handler)
    [problem] = check_workflow(spec, INTERFACES)
    assert problem.message == "there is no node a"


def test_nothing_but_a_failure_handler_is_told_a_failure():
    spec = WorkflowSpec("m.w", Interface(), Graph((node("a", "say", text=FailureRef()),)))
    [problem] = check_workflow(spec, INTERFACES)
    assert problem.message == "only a failure handler is told why its workflow failed"
