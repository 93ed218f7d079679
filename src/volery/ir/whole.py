"""Checks a bundle as a whole: whatever it comes from, what it holds can be registered and run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from volery.errors import suggest
from volery.ir import addresses
from volery.ir.check import check_workflow
from volery.ir.interface import Interface
from volery.ir.nodes import BranchTarget, GateTarget, Graph, all_nodes, entity_of
from volery.ir.placeholder import NAME, is_variable
from volery.ir.problem import describe
from volery.ir.ref import Ref
from volery.ir.schedule_check import schedule_flaws
from volery.ir.specs import Bundle, LaunchPlanSpec, SecretRef, TaskSpec, WorkflowSpec, unreachable
from volery.ir.template import unknown
from volery.ir.types import show

Spec = TaskSpec | WorkflowSpec | LaunchPlanSpec

MAX_NAME: Final = 500
"""Characters of an entity's name."""

_NAME: Final = re.compile(r"[^\s/\\?#%]([^/\\?#%]*[^\s/\\?#%])?")
"""What may stand in a URL, and is seen."""


def specs_of(bundle: Bundle) -> dict[Ref, Spec]:
    """Every spec of a bundle."""
    return {
        **{Ref("task", each.name): each for each in bundle.tasks},
        **{Ref("workflow", each.name): each for each in bundle.workflows},
        **{Ref("launch_plan", each.name): each for each in bundle.launch_plans},
    }


def owner_of(ref: Ref) -> str:
    """An entity as people call it."""
    return f"{ref.kind.replace('_', ' ')} {ref.name}"


def bundle_problems(bundle: Bundle) -> list[str]:
    """What is wrong with a bundle, but for the graphs of its workflows."""
    specs = specs_of(bundle)
    problems = list(_name_problems(bundle))
    problems += filter(None, map(unreachable, bundle.tasks))
    for task in bundle.tasks:
        problems += (f"task {task.name}: {each}" for each in _secret_problems(task.secrets))
    for plan in bundle.launch_plans:
        problems += (f"launch plan {plan.name}: {each}" for each in _plan_problems(plan, specs))
    circle = _circle({ref: tuple(references(spec)) for ref, spec in specs.items()})
    if circle:
        told = " -> ".join(ref.name for ref in circle)
        problems.append(f"{owner_of(circle[0])} contains itself: {told}")
    return problems


def graph_problems(bundle: Bundle) -> list[str]:
    """What is wrong with the graphs of a bundle's workflows."""
    interfaces = {ref: spec.interface for ref, spec in specs_of(bundle).items()}
    return [
        f"workflow {spec.name}: {problem}"
        for spec in bundle.workflows
        for problem in _graph_problems(spec, interfaces)
    ]


def references(spec: Spec) -> Iterator[Ref]:
    """The entities that a spec names."""
    match spec:
        case TaskSpec():
            return
        case LaunchPlanSpec():
            yield Ref("workflow", spec.workflow)
        case WorkflowSpec():
            handler = () if spec.on_failure is None else all_nodes(Graph((spec.on_failure,)))
            for node in (*all_nodes(spec.graph), *handler):
                if not isinstance(node.target, BranchTarget | GateTarget):
                    yield entity_of(node.target)


def _graph_problems(spec: WorkflowSpec, interfaces: Mapping[Ref, Interface]) -> list[str]:
    file = spec.source.file if spec.source else None
    try:
        return [describe(each, file) for each in check_workflow(spec, interfaces)]
    except RecursionError:
        return ["its conditionals lie too deep in each other"]


def _name_problems(bundle: Bundle) -> Iterator[str]:
    for kind, specs in (
        ("task", bundle.tasks),
        ("workflow", bundle.workflows),
        ("launch plan", bundle.launch_plans),
    ):
        names = [spec.name for spec in specs]
        if names != sorted(names):
            yield f"the {kind}s are not sorted by name"
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{count} {kind}s are named {name}"
            if len(name) > MAX_NAME or not name.isprintable() or not _NAME.fullmatch(name):
                yield (
                    f"{name[:100]!r} cannot name a {kind}: expected up to {MAX_NAME} printable "
                    "characters without / \\ ? # %, and no space around them"
                )


def _secret_problems(secrets: Iterable[SecretRef]) -> Iterator[str]:
    """What is wrong with the secrets that a task asks for; they name files and variables."""
    for (group, key), count in Counter((each.group, each.key) for each in secrets).items():
        if not (NAME.fullmatch(key) and NAME.fullmatch(group or key)):
            yield (
                f"{f'{group}/{key}'[:100]!r} cannot name a secret: expected letters, digits, "
                "'_', '-' and '.'"
            )
        elif count > 1:
            yield f"it asks {count} times for the secret {group and f'{group}/'}{key}"
    for each in secrets:
        if each.env_var and not is_variable(each.env_var):
            yield f"{each.env_var[:100]!r} cannot name the variable of a secret"


def _plan_problems(plan: LaunchPlanSpec, specs: Mapping[Ref, Spec]) -> Iterator[str]:
    workflow = specs.get(Ref("workflow", plan.workflow))
    if workflow is None:
        names = [ref.name for ref in specs if ref.kind == "workflow"]
        hint = suggest(plan.workflow, names)
        yield f"there is no workflow {plan.workflow} in its bundle\n   hint: {hint}"
    else:
        yield from _binding_problems(plan, workflow)
    for message, hint in schedule_flaws(plan):
        yield f"its schedule: {message}" + (f"\n   hint: {hint}" if hint else "")
    for each in plan.notifications:
        for to in each.to:
            if flaw := addresses.problem(each.channel, to):
                yield f"an address of its notifications: {flaw.message}\n   hint: {flaw.hint}"
        for part in (*unknown(each.subject), *unknown(each.body)):
            yield f"its notifications have {part!r}, which is no field"


def _binding_problems(plan: LaunchPlanSpec, workflow: Spec) -> Iterator[str]:
    """What is wrong with the interface of a launch plan, as that of its workflow is."""
    inputs = {each.name: each.type for each in workflow.interface.inputs}
    own = {each.name: each.type for each in plan.interface.inputs}
    given = Counter([*(each.name for each in plan.fixed), *own])
    for name, count in given.items():
        if name not in inputs:
            yield f"{name} is no input of workflow {plan.workflow}"
        elif count > 1:
            yield f"{name} is given {count} times"
        elif name in own and own[name] != inputs[name]:
            yield f"{name} is {show(own[name])}, and {show(inputs[name])} in its workflow"
    for name in inputs:
        if name not in given:
            yield f"it lacks the input {name} of workflow {plan.workflow}"
    if plan.interface.outputs != workflow.interface.outputs:
        yield f"its outputs are not those of workflow {plan.workflow}"


def _circle(graph: Mapping[Ref, Iterable[Ref]]) -> tuple[Ref, ...]:
    """A way through a graph that comes back to where it began; empty: there is none."""
    done: set[Ref] = set()
    for start in graph:
        way: dict[Ref, Iterator[Ref]] = {} if start in done else {start: iter(graph[start])}
        while way:
            ref, ahead = next(reversed(way.items()))
            following = next((each for each in ahead if each not in done and each in graph), None)
            if following is None:
                done.add(ref)
                del way[ref]
            elif following in way:
                refs = list(way)
                return (*refs[refs.index(following) :], following)
            else:
                way[following] = iter(graph[following])
    return ()
