"""What an execution is from its beginning: what its launch plan says, and what it is found by."""

from __future__ import annotations

from msgspec import structs

from volery import LaunchPlan, task, workflow
from volery.data import offload
from volery.engine.definitions import Definitions
from volery.ids import digest
from volery.ir.notification import Notification
from volery.ir.policy import Limits
from volery.ir.ref import Ref
from volery.ir.values import EMPTY, join_record, pack
from volery.sdk.compile import compile_entity
from volery.services.starting import LONGEST, MOST_MARKS, input_mark, prepared
from volery.store.base import NewExecution, Options


@task
def same(x: int) -> int:
    return x


@workflow
def flow(x: int) -> int:
    return same(x=x)


plan = LaunchPlan.get_or_create(flow, "starting-plan", default_inputs={"x": 1})


def definitions(**more) -> Definitions:
    """The launch plan, which says more than it does."""
    bundle = compile_entity(plan).bundle
    (spec,) = bundle.launch_plans
    return Definitions(structs.replace(bundle, launch_plans=(structs.replace(spec, **more),)))


def new(entity: Ref | None = None, **more) -> NewExecution:
    given = {"bundle": "bundle", "inputs": EMPTY, "root": "run", **more}
    ref = entity or Ref("launch_plan", "starting-plan")
    return NewExecution("run", "project", "domain", ref, **given)


def made(where: Definitions, execution: NewExecution) -> NewExecution:
    return prepared(where, execution, None, 5.0)


def test_what_is_said_of_an_execution_wins_over_its_launch_plan():
    said = definitions(labels=(("team", "plan"), ("size", "l")), annotations=(("note", "plan"),))
    found = made(said, new(labels=(("team", "own"),), annotations=(("other", "own"),)))
    assert found.labels == (("size", "l"), ("team", "own"))
    assert found.annotations == (("note", "plan"), ("other", "own"))


def test_a_launch_plan_that_says_nothing_changes_nothing():
    found = made(definitions(), new(labels=(("b", "1"), ("a", "2"))))
    assert (found.labels, found.annotations) == ((("b", "1"), ("a", "2")), ())
    assert not found.notify


def test_who_is_to_be_told_is_marked():
    told = Notification(("FAILED",), "email", ("ann@example.org",))
    assert made(definitions(notifications=(told,)), new()).notify
    child = new(root="top", parent=("top", "n0"))
    assert made(definitions(notifications=(told,)), child).notify
    assert not made(definitions(notifications=(told,)), new(Ref("workflow", flow.name))).notify


def test_small_inputs_are_what_a_root_is_found_by():
    inputs = join_record({"x": pack(1), "text": pack("a"), "long": pack("a" * LONGEST)})
    found = made(definitions(), new(inputs=inputs))
    assert found.marks == (input_mark("x", pack(1)), input_mark("text", pack("a")))
    assert input_mark("x", pack(1)) == ("input.x", digest(pack(1)))
    assert made(definitions(), new(inputs=inputs, root="top", parent=("top", "n0"))).marks == ()


def test_no_more_inputs_than_so_many_are_marked():
    inputs = join_record({f"x{number}": pack(number) for number in range(2 * MOST_MARKS)})
    assert len(made(definitions(), new(inputs=inputs)).marks) == MOST_MARKS


def test_the_limits_that_were_said_of_an_execution_are_on_its_record():
    said = Limits(running=60.0)
    found = prepared(definitions(), new(), said, 5.0)
    assert found.options.limits == said
    assert found.state.deadline == 65.0
    assert made(definitions(), new()).options.limits is None


def test_those_of_the_execution_that_has_started_it_are_not_its_own():
    child = new(root="top", parent=("top", "n0"), options=Options(limits=Limits(running=60.0)))
    assert made(definitions(), child).options.limits is None


def test_what_is_stored_elsewhere_is_not_read_to_be_marked():
    whole = offload.pack(list(range(100_000)))
    part = offload.ranges(whole)(0, 5)
    found = made(definitions(), new(inputs=join_record({"whole": whole, "part": part})))
    assert found.marks == ()
