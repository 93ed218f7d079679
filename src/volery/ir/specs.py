"""Specs: the IR of tasks, workflows and launch plans, and the bundle that holds them together."""

from __future__ import annotations

from typing import Literal

import msgspec

from volery.ir.bindings import Bound, InputRef, OutputRef
from volery.ir.interface import Interface
from volery.ir.nodes import Graph, Node, TaskTarget
from volery.ir.notification import Notification
from volery.ir.placement import ContainerCommand
from volery.ir.policy import Limits, Policy
from volery.ir.ref import Source
from volery.ir.schedule import Schedule

SCHEMA_VERSION = 3
"""Version of the canonical form. A reader refuses a newer one."""

FailurePolicy = Literal["fail_immediately", "fail_after_executable_nodes_complete"]


class Loader(msgspec.Struct, frozen=True):
    """How another process finds a task again: ``getattr(import_module(module), attribute)``."""

    module: str
    attribute: str


TaskMode = Literal["", "dynamic", "eager"]


class Part(msgspec.Struct, frozen=True, array_like=True):
    """Something that a fingerprint is made of: what it is, for people, and its digest."""

    name: str
    digest: str


class SecretRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """A secret that a task asks for. Its value stands in no record.

    Attributes:
        env_var: the variable that has the value while the task runs; empty: none has.
        file: the value is also in a file, whose path is what the variable has.
    """

    key: str
    group: str = ""
    env_var: str = ""
    file: bool = False


class TaskSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """A task.

    Attributes:
        kind: how it is carried out; an open set (``python`` is the one that every install has).
        loader: where its function is; None when only this process can reach it, and then
            `unreachable` says why.
        mode: ``dynamic``: its function gives a graph; ``eager``: it calls entities and awaits them.
        fingerprint: of its code: the function and everything of the project that it uses. Empty
            until a program is made ready for a durable run.
        secrets: what it asks for; without one of them no attempt starts.
        command: what runs in its container, if it is no Python function.
    """

    name: str
    interface: Interface
    kind: str = "python"
    loader: Loader | None = None
    unreachable: str = ""
    policy: Policy = Policy()
    description: str = ""
    source: Source | None = None
    mode: TaskMode = ""
    fingerprint: tuple[Part, ...] = ()
    secrets: tuple[SecretRef, ...] = ()
    command: ContainerCommand | None = None


class WorkflowSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """A workflow.

    Attributes:
        on_failure: what runs when it has failed, timed out or was aborted; its inputs are bound to
            inputs of the workflow, and to the failure (`FailureRef`).
        max_parallelism: of an execution of it: most attempts under way at once; None: no limit.
        limits: how long an execution of it, or a node that it is, may take.
    """

    name: str
    interface: Interface
    graph: Graph
    failure_policy: FailurePolicy = "fail_immediately"
    description: str = ""
    source: Source | None = None
    on_failure: Node | None = None
    max_parallelism: int | None = None
    limits: Limits | None = None


class Given(msgspec.Struct, frozen=True):
    """A name and a packed value."""

    name: str
    value: bytes


WhenFull = Literal["queue", "skip", "replace"]


class Concurrency(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many executions of a launch plan may run at once, and what becomes of one too many.

    ``queue``: it waits for its turn; ``skip``: it is refused; ``replace``: the oldest is aborted.
    """

    most: int
    when_full: WhenFull = "skip"


class LaunchPlanSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """A launch plan: a workflow with some of its inputs bound.

    Attributes:
        interface: of the launch plan itself: fixed inputs are gone, defaults are its own.
        fixed: inputs that a caller cannot change.
        max_parallelism: of an execution of it; None: as its workflow says.
        overwrite_cache: its executions look nothing up in the cache, and fill it.
        schedule: when it starts by itself while it is active.
        notifications: who is told how its executions end.
        auto_activate: registering it makes it active.
        labels, annotations: of its executions.
        executor: of their attempts, where tasks and nodes name none; empty: none is said.
    """

    name: str
    workflow: str
    interface: Interface
    fixed: tuple[Given, ...] = ()
    description: str = ""
    max_parallelism: int | None = None
    concurrency: Concurrency | None = None
    overwrite_cache: bool = False
    schedule: Schedule | None = None
    notifications: tuple[Notification, ...] = ()
    auto_activate: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    executor: str = ""


class Bundle(msgspec.Struct, frozen=True):
    """Specs that belong together, closed under reference, and the code that they are about.

    Each tuple is sorted by name, so that equal content has equal canonical form.

    Attributes:
        package: digest of the code package; empty: the code is where the execution is submitted.
    """

    tasks: tuple[TaskSpec, ...] = ()
    workflows: tuple[WorkflowSpec, ...] = ()
    launch_plans: tuple[LaunchPlanSpec, ...] = ()
    package: str = ""
    schema: int = SCHEMA_VERSION


def single_task(task: TaskSpec) -> Graph:
    """The graph of one task run by itself: a node of the task's own short name."""
    node = Node(
        id=task.name.rpartition(".")[2],
        target=TaskTarget(task.name),
        inputs=tuple(Bound(each.name, InputRef(each.name)) for each in task.interface.inputs),
    )
    outputs = tuple(
        Bound(each.name, OutputRef(node.id, each.name)) for each in task.interface.outputs
    )
    return Graph((node,), outputs)


def unreachable(task: TaskSpec) -> str | None:
    """Why no other process can run a task; None: one can."""
    if task.command is not None or task.loader is not None:
        return None
    reason = task.unreachable or "nothing says where its function is"
    return f"task {task.name} cannot run in a process of its own: {reason}"
