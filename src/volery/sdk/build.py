"""From the body of a workflow to its IR, checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from typing import Any, cast

import msgspec

from volery.errors import CompileError, DefinitionError, TypeMismatch, VoleryError
from volery.ir.bindings import Constant
from volery.ir.check import check_workflow
from volery.ir.compare import may_be_none
from volery.ir.interface import Interface
from volery.ir.nodes import Node
from volery.ir.policy import Policy
from volery.ir.problem import Problem, describe
from volery.ir.ref import Source
from volery.ir.specs import WorkflowSpec
from volery.ir.types import TupleType, show as show_type
from volery.ir.values import NIL
from volery.sdk.entity import Compiled
from volery.sdk.expression import Expression, expression
from volery.sdk.graph import graph_of
from volery.sdk.interface import Signature
from volery.sdk.promise import Origin, Part, Promise, Void
from volery.sdk.source import show
from volery.sdk.trace import Draft, Recording, Scope
from volery.sdk.workflow import AnyWorkflow

Returns = Callable[[], Source]
"""Where a body gives its outputs back; only errors ask."""


def build(
    workflow: AnyWorkflow,
    body: Callable[..., Any],
    problems: list[Problem],
    returns: Returns,
    most: int | None = None,
) -> Compiled:
    """Run a body that calls entities, and make the IR of what it does.

    Args:
        workflow: what the body belongs to.
        body: takes a promise for each input.
        problems: what is known to be wrong with it.
        returns: where it gives its outputs back.
        most: so many nodes there may be; None: any number.

    Raises:
        DefinitionError: a conditional is left open.
        CompileError: the graph has problems; all are listed.
        PromiseError: a promise is used so that the body cannot go on. As on all that the body
            raises, a note lists what else is wrong so far.
    """
    recording = Recording(workflow.signature.owner, most)
    promises = {
        name: Promise(Part(Origin(recording.root, None, name, each.annotation), each.codec.type))
        for name, each in workflow.signature.inputs.items()
    }
    try:
        with recording.active():
            returned = body(**promises)
    except (Exception, SystemExit) as error:
        if not isinstance(error, VoleryError):
            error.add_note(
                f"in the body of {workflow.signature.owner}, which runs to be compiled: what tasks "
                "give back there are promises, not values"
            )
        _add_problems(error, workflow, recording, problems, returns)
        raise
    outputs = _returned(workflow.signature, returned, recording.root, returns, problems)
    return finish(workflow, recording, outputs, problems, returns)


def finish(
    workflow: AnyWorkflow,
    recording: Recording,
    outputs: Mapping[str, Expression],
    problems: list[Problem],
    returns: Returns,
) -> Compiled:
    """Make the IR of what was recorded, and check it.

    Args:
        workflow: what the recording belongs to.
        recording: the nodes.
        outputs: what the workflow gives back.
        problems: what is known to be wrong besides what the recording found.
        returns: where the outputs are given back.

    Raises:
        DefinitionError: a conditional is left open.
        CompileError: the graph has problems; all are listed.
    """
    place = f"{workflow.signature.owner} ({show(workflow.source)})"
    if workflow.on_failure is not None:
        recording.refer(workflow.on_failure)
    if workflow.interruptible is not None:
        from volery.sdk.placement import inherit

        inherit(recording.drafts, workflow.interruptible)
    if recording.scope is not recording.root:
        error = DefinitionError(
            f"{place}: {recording.scope.name} is left open",
            hint="close it with .then(...) or .fail(...)",
        )
        _add_problems(error, workflow, recording, problems, returns)
        raise error
    spec = _spec(workflow, workflow.interface, recording, outputs)
    told = _listed(_found(spec, recording, problems), returns)
    if told:
        count = "1 problem" if len(told) == 1 else f"{len(told)} problems"
        raise CompileError(f"{place} has {count}\n{_numbered(told)}", told)
    recording.root.ended = True
    return Compiled(spec, recording.entities)


def _add_problems(
    error: BaseException,
    workflow: AnyWorkflow,
    recording: Recording,
    problems: list[Problem],
    returns: Returns,
) -> None:
    """Add to an error that ended a body what else is wrong with the part that has been recorded."""
    without_outputs = Interface(workflow.interface.inputs)
    spec = _spec(workflow, without_outputs, recording, {})
    told = _listed(_found(spec, recording, problems), returns)
    if told:
        error.add_note(f"also wrong in {workflow.signature.owner}:\n{_numbered(told)}")


def _spec(
    workflow: AnyWorkflow,
    interface: Interface,
    recording: Recording,
    outputs: Mapping[str, Expression],
) -> WorkflowSpec:
    return WorkflowSpec(
        name=workflow.name,
        interface=interface,
        graph=graph_of(recording.root, outputs),
        failure_policy=workflow.failure_policy.value,
        description=workflow.description,
        source=workflow.source,
        on_failure=_handler(workflow),
        max_parallelism=workflow.max_parallelism,
        limits=workflow.limits,
    )


def _handler(workflow: AnyWorkflow) -> Node | None:
    """The node of its failure handler; few have one."""
    if workflow.on_failure is None:
        return None
    from volery.sdk.handler import handler_node

    return handler_node(workflow, workflow.on_failure)


def _found(spec: WorkflowSpec, recording: Recording, problems: list[Problem]) -> list[Problem]:
    interfaces = {ref: each.interface for ref, each in recording.entities.items()}
    found = [*problems, *recording.problems, *check_workflow(spec, interfaces)]
    for draft in recording.drafts:
        if draft.policy != Policy():
            found.extend(_flaws(draft))
    return found


def _flaws(draft: Draft) -> Iterator[Problem]:
    """What of the policy of a node cannot work. What its task says by itself has been judged."""
    from volery.sdk.policy import flaws

    own = Policy() if draft.entity is None else draft.entity.policy
    for message, hint in flaws(draft.entity, draft.policy.over(own)):
        yield Problem(message=message, hint=hint, node=str(draft), consumer=draft.source)


def _returned(
    signature: Signature, returned: Any, scope: Scope, at: Returns, problems: list[Problem]
) -> dict[str, Expression]:
    """What the body gives back, by output; what is wrong with it goes to `problems`."""
    if not signature.outputs and isinstance(returned, Void):
        return {}
    outputs: dict[str, Expression] = dict.fromkeys(signature.outputs, Constant(NIL))
    try:
        values = _split(signature, returned)
    except TypeMismatch as error:
        problems.append(Problem(message=error.message, hint=error.hint, consumer=at()))
        return outputs
    for each, value in zip(signature.outputs.values(), values, strict=True):
        try:
            outputs[each.name] = expression(value, each.annotation, each.codec, scope)
        except TypeMismatch as error:
            problems.append(
                Problem(message=error.message, hint=error.hint, output=each.name, consumer=at())
            )
    return outputs


def _split(signature: Signature, returned: Any) -> tuple[Any, ...]:
    """What the body returned, by output."""
    declared = next(iter(signature.outputs.values()), None)
    if signature.several is None and declared is not None:
        kind = declared.codec.type
        if returned is None and not may_be_none(kind):
            raise TypeMismatch(
                f"{signature.owner} declares {show_type(kind)}, but its body returns nothing",
                hint="write return before what it gives back",
            )
        if type(returned) is tuple and not isinstance(kind, TupleType):
            raise TypeMismatch(
                f"{signature.owner} declares one output, {show_type(kind)}, "
                f"but returned a tuple of {len(cast('Sized', returned))}",
                hint="declare several outputs as -> tuple[...], or return one value",
            )
    return signature.split(returned)


def _listed(problems: list[Problem], returns: Returns) -> tuple[str, ...]:
    """Problems as text, in the order of the code; those of outputs at `returns`."""
    if not problems:
        return ()
    last = returns()
    located = [(each.consumer or last, each) for each in problems]
    # First the workflow's own file; then others, such as those of functions that the body calls.
    located.sort(key=lambda pair: (pair[0].file != last.file, pair[0].file, pair[0].line))
    return tuple(
        describe(msgspec.structs.replace(each, consumer=at), last.file) for at, each in located
    )


def _numbered(told: tuple[str, ...]) -> str:
    lines = (f"  {number}. {each}".replace("\n", "\n  ") for number, each in enumerate(told, 1))
    return "\n".join(lines)
