"""The canonical form, byte for byte.

A difference here means that stored bundles, digests and other versions are affected. When that is
meant, write the files anew and look at what changed:

    UPDATE_GOLDEN=1 .venv/bin/pytest tests/ir/test_golden.py
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from tests.ir.kinds import TREE

from volery.ir import (
    bindings,
    failure,
    interface,
    invocation,
    nodes,
    notification,
    placement,
    policy,
    predicates,
    ref,
    schedule,
    specs,
    types,
    work,
)
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
from volery.ir.codec import canonical, contract_of, digest_of, read_bundle
from volery.ir.failure import Failure
from volery.ir.interface import Constraint, Input, Interface, Output
from volery.ir.invocation import Code, Invocation, MapPart, Outcome
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
from volery.ir.notification import Notification
from volery.ir.placement import Accelerator, ContainerCommand, Placement, PodShape, Reuse
from volery.ir.policy import Backoff, Caching, Limits, Policy, Request
from volery.ir.predicates import And, Comparison, IsNone, Or
from volery.ir.ref import Ref, Source
from volery.ir.schedule import Cron, Rate, Schedule
from volery.ir.secret import SecretValue
from volery.ir.specs import (
    SCHEMA_VERSION,
    Bundle,
    Concurrency,
    Given,
    LaunchPlanSpec,
    Loader,
    Part,
    SecretRef,
    TaskSpec,
    WorkflowSpec,
)
from volery.ir.types import (
    BOOL,
    BYTES,
    COMPLEX,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    FLOAT,
    INT,
    NONE,
    PATH,
    STR,
    TIME,
    UUID,
    ChoiceType,
    ContentType,
    CustomType,
    EnumMember,
    EnumType,
    Field,
    FrameType,
    JsonType,
    ListType,
    MapType,
    RecordType,
    RecursiveType,
    SetType,
    TupleType,
    UnionType,
)
from volery.ir.values import pack
from volery.ir.work import Call, CallEnded, ElementFailure, Place, Result, Work

FOLDER = Path(__file__).with_name("golden")
OLDER = FOLDER / "older"
"""Bundles as they were stored with earlier schemas."""

COLOR = EnumType(
    "flows.Color", (EnumMember("RED", "red"), EnumMember("BLUE", "blue"), EnumMember("ODD"))
)
BOOK = RecordType("flows.Book", (Field("author", RecursiveType("flows.Author")),))
AUTHOR = RecordType(
    "flows.Author", (Field("books", ListType(RecursiveType("flows.Book"))),), (BOOK,)
)
SCALARS = TupleType((NONE, BOOL, INT, FLOAT, STR, BYTES, DATETIME, DATE, TIME, DURATION))

PLACEMENT = Placement(
    image="birds:1",
    code="image",
    interruptible=True,
    accelerator=Accelerator("tpu-v5p", partition="half", topology="2x2", kind="tpu"),
    shared_memory=1 << 30,
    template="large",
    pod=PodShape('{"containers":[]}', "main", (("team", "birds"),), (("why", "it is due"),)),
    labels=(("team", "birds"),),
    annotations=(("why", "it is due"),),
    reuse=Reuse((1, 4), idle_ttl=60.0, concurrency=2),
)

TASK = TaskSpec(
    name="flows.fit",
    interface=Interface(
        (
            Input("rows", ListType(FLOAT), description="what to fit"),
            Input("degree", INT, default=pack(2)),
        ),
        (Output("model", TREE), Output("error", FLOAT, "sum of squares")),
    ),
    loader=Loader("flows", "fit"),
    policy=Policy(retries=3, environment=(("OMP_NUM_THREADS", "1"),)),
    description="Fit a model.",
    source=Source("flows.py", 12),
)

DYNAMIC = TaskSpec(
    name="flows.grow",
    interface=Interface(),
    policy=Policy(
        retries=2,
        backoff=Backoff(first=0.5, factor=3.0, most=60.0, jitter=0.25),
        limits=Limits(queued=10.0, running=20.0, total=90.0),
        cache=Caching("3", serialize=True, ignored=("degree",), salt="s", ttl=3600.0),
        requests=Request(cpu=0.5, mem=1 << 30, gpu=1, ephemeral_storage=10**9),
        caps=Request(cpu=2.0),
        priority=-1,
        executor="docker",
        placement=PLACEMENT,
    ),
    mode="dynamic",
    fingerprint=(Part("flows.grow", "d1"),),
    secrets=(
        SecretRef("password", group="database", env_var="PASSWORD"),
        SecretRef("key.pem", file=True),
    ),
)

COMMAND = ContainerCommand(
    ("sort", "{{.inputs.rows}}"), input_dir="/in", output_dir="/out", form="yaml", contract=True
)

UNREACHABLE = TaskSpec(
    name="flows.main.<locals>.inner",
    interface=Interface(
        (
            Input("scalars", SCALARS),
            Input("color", COLOR),
            Input("mode", ChoiceType(("fast", 1, True, None))),
            Input("author", AUTHOR),
            Input("by_name", MapType(STR, UnionType((INT, STR, NONE)))),
        ),
    ),
    kind="shell",
    unreachable="it is defined inside a function",
)

CONTAINER = TaskSpec(
    name="flows.sort",
    interface=Interface((Input("rows", ListType(FLOAT)),), (Output("sorted", ListType(FLOAT)),)),
    kind="container",
    command=COMMAND,
)

CONSTRAINED = TaskSpec(
    name="flows.bake",
    interface=Interface(
        (
            Input("degree", FLOAT, constraints=(Constraint(ge=50, le=300.5, multiple_of=0.5),)),
            Input(
                "names",
                ListType(STR),
                constraints=(
                    Constraint(min_length=1),
                    Constraint(at=("[]",), max_length=8, pattern="^[a-z]"),
                ),
            ),
            Input("share", MapType(STR, FLOAT), constraints=(Constraint(("{}",), gt=0, lt=1),)),
        ),
    ),
)

DATA = TaskSpec(
    name="flows.read",
    interface=Interface(
        (
            Input("exact", TupleType((DECIMAL, COMPLEX, UUID, PATH))),
            Input("labels", SetType(STR)),
            Input("settings", TupleType((JsonType(), JsonType("list"), JsonType("dict")))),
            Input("file", ContentType("file", "csv")),
            Input("price", CustomType("flows.Money", TupleType((DECIMAL, STR)))),
        ),
        (
            Output("table", FrameType((Field("x", FLOAT), Field("name", STR)), "parquet")),
            Output("any_table", FrameType()),
            Output("folder", ContentType("directory")),
        ),
    ),
)

ARM = Graph(
    (Node("n2", TaskTarget("flows.fit"), (Bound("rows", InputRef("rows")),)),),
    (Bound("model", OutputRef("n2", "model")),),
)
BRANCH = BranchTarget(
    (
        Arm(
            And(
                Comparison(">", InputRef("n0.error"), Constant(pack(0.5))),
                Or(
                    IsNone(InputRef("limit")),
                    Comparison("!=", InputRef("color"), Constant(pack("RED"))),
                ),
            ),
            graph=ARM,
        ),
        Arm(fail="nothing fits"),
    ),
    name="quality",
)
WORKFLOW = WorkflowSpec(
    name="flows.pipeline",
    interface=Interface(
        (Input("rows", ListType(FLOAT)), Input("color", COLOR)),
        (Output("errors", ListType(UnionType((FLOAT, NONE)))), Output("color", STR)),
    ),
    graph=Graph(
        (
            Node(
                "n0",
                TaskTarget("flows.fit"),
                (
                    Bound("rows", ListBinding((InputRef("rows", (0,)), Constant(pack(1.5))))),
                    Bound("degree", Constant(pack(3))),
                ),
                policy=Policy(retries=0),
                source=Source("flows.py", 31),
            ),
            Node("n1", BRANCH, (Bound("n0.error", OutputRef("n0", "error")),), after=("n0",)),
            Node(
                "n3",
                MapTarget(Ref("task", "flows.fit"), ("rows",), 8, 0.5, 2),
                (Bound("rows", ListBinding((InputRef("rows"),))),),
            ),
            Node(
                "n4",
                WorkflowTarget("flows.other"),
                (
                    Bound(
                        "table",
                        MapBinding(
                            (Entry(pack("left"), OutputRef("n0", "model", ("left", "value"))),)
                        ),
                    ),
                ),
            ),
            Node("n5", LaunchPlanTarget("flows.daily")),
            Node(
                "n6",
                GateTarget("approve", "release", 86400.0, STR),
                (Bound("o0", InputRef("color")),),
                policy=Policy(uncached=True),
            ),
        ),
        (
            Bound("errors", OutputRef("n3", "error")),
            Bound("color", Cast(InputRef("color"), COLOR, STR)),
        ),
    ),
    failure_policy="fail_after_executable_nodes_complete",
    description="Fit and report.",
    source=Source("flows.py", 28),
    on_failure=Node(
        "@on_failure", TaskTarget("flows.clean"), (Bound("err", FailureRef()),), after=()
    ),
    max_parallelism=4,
    limits=Limits(running=600.0),
)

LAUNCH_PLAN = LaunchPlanSpec(
    name="flows.daily",
    workflow="flows.pipeline",
    interface=Interface((Input("color", COLOR, default=pack("RED")),), ()),
    fixed=(Given("rows", pack([1.0, 2.0])),),
    description="Every day.",
    max_parallelism=2,
    concurrency=Concurrency(1, "replace"),
    overwrite_cache=True,
    schedule=Schedule(
        Cron("0 9 * * *", "Europe/Berlin"), argument="at", misfire=3, overlap="queue"
    ),
    notifications=(
        Notification(
            ("FAILED", "TIMED_OUT"), "email", ("team@example.org",), "{entity}", "{failure}"
        ),
    ),
    auto_activate=True,
    labels=(("team", "birds"),),
    annotations=(("why", "it is due"),),
)

HOURLY = LaunchPlanSpec(
    name="flows.hourly",
    workflow="flows.pipeline",
    interface=Interface(),
    executor="kubernetes",
    schedule=Schedule(Rate(3600.0)),
)

FAILURE = Failure(
    "ValueError",
    "USER",
    "no rows",
    "Traceback ...",
    "fit[3]",
    "abc",
    retryable=False,
    cause=Failure("KeyError", "USER", "'rows'"),
)

GOLDEN: dict[str, msgspec.Struct] = {
    "task": TASK,
    "task_unreachable": UNREACHABLE,
    "task_data": DATA,
    "task_constrained": CONSTRAINED,
    "task_container": CONTAINER,
    "task_dynamic": DYNAMIC,
    "workflow": WORKFLOW,
    "launch_plan": LAUNCH_PLAN,
    "launch_plan_hourly": HOURLY,
    "bundle": Bundle((TASK, UNREACHABLE), (WORKFLOW,), (LAUNCH_PLAN,), package="5" * 64),
    "bundle_empty": Bundle(),
    "failure": FAILURE,
    "work": Work(
        7,
        "abc",
        "fit",
        2,
        "flows.fit",
        TASK.loader,
        b"\x80",
        3,
        ("rows",),
        (("A", "1"),),
        "d1",
        mode="eager",
        limit=20.0,
        requests=Request(cpu=1.0),
        recovers="abb",
        most_nodes=10,
        code="/packages/d1",
        secrets=(SecretValue("g", "k", "secret", env_var="K", file=True),),
        executor="docker",
        place=Place(
            "birds",
            "production",
            TASK.interface,
            "d1",
            "t1",
            PLACEMENT,
            Request(cpu=2.0),
            COMMAND,
            1,
            1e9,
        ),
    ),
    "invocation": Invocation(
        execution="abc",
        path="fit",
        attempt=2,
        token="t1",
        task="flows.fit",
        interface=TASK.interface,
        inputs={"degree": msgspec.Raw(b"2")},
        outputs="file:///storage/abc/attempts/fit/2",
        outcome="file:///storage/abc/attempts/fit/2/outcome.json",
        record=b"\x80",
        mode="dynamic",
        code=Code(TASK.loader, "d1", "file:///storage/blobs/d1", "d2"),
        heartbeat="file:///storage/abc/attempts/fit/2/heartbeat",
        beat=5.0,
        expires=1e9,
        limit=20.0,
        environment=(("A", "1"),),
        secrets=(SecretRef("k", "g"),),
        storage="file:///storage",
        part=MapPart(3, ("rows",)),
        recovers="abb",
        most_nodes=10,
        version="1.2.3",
    ),
    "outcome": Outcome(
        {"model": msgspec.Raw(b"{}")},
        b"\x80",
        b"{}",
        FAILURE,
        (ElementFailure(1, FAILURE),),
        1.5,
        2.5,
        returned=2.25,
    ),
    "result": Result(
        7, None, FAILURE, (ElementFailure(1, FAILURE),), 1.5, 2.5, b"{}", returned=2.25
    ),
    "call": Call(7, "fit-1", Ref("task", "flows.fit"), b"{}", b"\x80"),
    "call_ended": CallEnded(7, "fit-1", b"\x80", FAILURE),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_canonical_form_is_the_golden_file(name):
    file = FOLDER / f"{name}.json"
    text = canonical(GOLDEN[name]) + b"\n"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_bytes(text)
    assert text == file.read_bytes()


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_file_reads_back_as_what_it_was_written_from(name):
    spec = GOLDEN[name]
    data = (FOLDER / f"{name}.json").read_bytes()
    assert msgspec.json.decode(data, type=type(spec)) == spec


def test_there_is_no_golden_file_of_anything_else():
    assert {file.stem for file in FOLDER.glob("*.json")} == GOLDEN.keys()


@pytest.mark.parametrize("schema", range(1, SCHEMA_VERSION))
def test_a_bundle_of_an_older_schema_is_read(schema):
    bundle = read_bundle((OLDER / f"bundle_{schema}.json").read_bytes())
    assert (bundle.schema, bundle.package) == (schema, "")
    assert bundle.workflows[0].graph.nodes[0] == WORKFLOW.graph.nodes[0]
    assert [task.name for task in bundle.tasks] == [TASK.name, UNREACHABLE.name]


def test_constraints_are_no_part_of_what_callers_rely_on():
    interface = CONSTRAINED.interface
    plain = tuple(Input(each.name, each.type) for each in interface.inputs)
    assert contract_of(interface) == contract_of(Interface(plain))


def test_the_golden_files_cover_every_struct():
    modules = [
        *(types, interface, bindings, predicates, nodes, policy, ref, specs, failure, work),
        *(schedule, notification, placement, invocation),
    ]
    declared = {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, msgspec.Struct)
        and not each.__name__.startswith("_")
    }
    only_read = {invocation.Attempt}
    assert declared - only_read == set(map(type, _instances(GOLDEN)))


def test_the_golden_files_have_a_value_for_every_field():
    """A field that stands at its default everywhere could be renamed unnoticed."""
    fields = [
        (f"{type(each).__name__}.{field.name}", getattr(each, field.name) == field.default)
        for each in _instances(GOLDEN)
        for field in msgspec.structs.fields(each)
    ]
    seen = {name for name, is_default in fields if not is_default}
    assert {name for name, _ in fields} - seen == {
        *("Bundle.schema", "Invocation.contract", "Outcome.contract")
    }


def test_a_bundle_says_its_schema_version():
    assert SCHEMA_VERSION == 3
    assert msgspec.json.decode((FOLDER / "bundle.json").read_bytes())["schema"] == 3
    assert read_bundle((FOLDER / "bundle.json").read_bytes()) == GOLDEN["bundle"]


def test_digests_stay_what_they_are():
    assert digest_of(Bundle()) == "15e70bdce4d4f4370f876d12fe6b9540"
    assert digest_of(GOLDEN["bundle"]) == "3e93c7008d138705f55728cdbf932451"


def _instances(value):
    """All structs in a tree."""
    match value:
        case msgspec.Struct():
            yield value
            yield from _instances(msgspec.structs.astuple(value))
        case dict():
            yield from _instances(tuple(value.values()))
        case tuple():
            for each in value:
                yield from _instances(each)
