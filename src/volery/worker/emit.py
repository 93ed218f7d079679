"""Programs that come up while a task runs: graphs of dynamic tasks, calls of eager ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from volery.errors import RegistrationError
from volery.ir.codec import canonical
from volery.ir.specs import unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from volery.ir.specs import Bundle
    from volery.sdk.program import Program
    from volery.sdk.task import Task


class Emission(NamedTuple):
    """What a dynamic task has emitted: a bundle in canonical form, and its tasks by name."""

    bundle: bytes
    tasks: Mapping[str, Task[..., Any]]


def emission(
    task: Task[..., Any], arguments: Mapping[str, Any], most_nodes: int, *, elsewhere: bool
) -> Emission:
    """Run the function of a dynamic task.

    Args:
        task: the task.
        arguments: of its function.
        most_nodes: see `Work`.
        elsewhere: other processes run what it emits.

    Raises:
        CompileError: what it emits has problems; all are listed.
        RegistrationError: no other process can reach a task that it calls.
    """
    from volery.sdk.emit import emit

    program = emit(task, arguments, most_nodes)
    return Emission(bundle_of(program, elsewhere=elsewhere), program.tasks)


def bundle_of(program: Program, *, elsewhere: bool) -> bytes:
    """The bundle of a program in canonical form, made ready for a durable run `elsewhere`.

    Raises:
        RegistrationError: other processes are to run it, and cannot reach one of its tasks.
    """
    if elsewhere:
        from volery.sdk.fingerprint import fingerprinted

        require_loaders(program.bundle)
        program = fingerprinted(program)
    return canonical(program.bundle)


def require_loaders(bundle: Bundle) -> None:
    """Refuse what only this process can run.

    Raises:
        RegistrationError: a task cannot be reached from another process.
    """
    for task in bundle.tasks:
        reason = unreachable(task)
        if reason is not None:
            raise RegistrationError(
                reason,
                hint="move it to the top level of its module; a plain call works as it is",
            )
