"""`volery debug`: an attempt is made again in this process, with its real inputs, under pdb."""

from __future__ import annotations

import bdb
import pdb  # noqa: T100 (it is what the command is for)
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from volery.cli import options, there
from volery.cli.document import failure_document, failure_text
from volery.cli.errors import FAILED
from volery.cli.named import ExecutionName, NodePath
from volery.cli.output import print_json, say
from volery.errors import ConfigError, NotFound, suggest
from volery.ir.codec import read_bundle
from volery.ir.failure import Failure

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.ir.specs import Bundle, TaskSpec
    from volery.sdk.task import Task
    from volery.wire.backend import Backend
    from volery.wire.executions import Execution

HELP = """Make an attempt again, in this process and with its real inputs, under pdb.

NODE is the path of a task, as volery executions get shows it. pdb stops at the first line of the
task's function, and where an exception has ended it. Nothing is recorded, and nothing else of the
execution runs. The code is that of the execution: its package, or the folder that it was run from.
Without a terminal it just runs.

\b
  volery debug nightly train/fit                 the newest attempt
  volery debug nightly train/fit < /dev/null     without pdb
"""


@click.command(
    "debug",
    params=[
        click.Argument(["execution"], type=ExecutionName()),
        click.Argument(["node"], type=NodePath()),
        options.attempt(),
        there.server(),
        options.home(),
        options.output(),
    ],
    help=HELP,
    short_help="Make an attempt again here, with its real inputs, under pdb.",
)
def debug(execution: str, node: str, *, attempt: int | None, **given: Any) -> int:
    """See `HELP`."""
    with there.backend(given, reading=True) as backend:
        found = backend.execution(execution)
        inputs = backend.inputs(execution, node).record
        shown = backend.node(execution, node)
        bundle = read_bundle(backend.bundle(found.bundle))
        spec = _spec(bundle, shown.entity, node)
        number = attempt or max(1, shown.attempt)
        if number > max(1, shown.attempt):
            raise NotFound(
                f"node {node} of execution {execution} has no attempt {number}",
                hint=f"attempts of it: {shown.attempt}",
            )
        with there.storage(backend, given, found) as storage:
            task = _task(spec, _root(backend, found, bundle, storage, given))
            say(f"attempt {number} of {node}: task {spec.name}")
            with _surroundings(spec, found, node, number, given):
                ended = _made(task, inputs)
    if given["output"] == "json":
        place = {"execution": found.id, "path": node, "attempt": number, "task": spec.name}
        failure = failure_document(ended.failure)
        print_json(place | {"returned": ended.returned, "failure": failure})
    return FAILED if ended.returned is None else 0


# -- what is run -------------------------------------------------------------------------------


def _spec(bundle: Bundle, name: str, path: str) -> TaskSpec:
    """The task that a node execution carries out. Raises ConfigError: none that can run here."""
    spec = next((each for each in bundle.tasks if each.name == name), None)
    if spec is None:
        names = [each.name for each in bundle.tasks]
        raise ConfigError(
            f"{path} is no task of this execution: it is {name or 'none'}",
            hint=suggest(name, names),
        )
    if spec.command is not None or spec.mode == "eager":
        what = (
            "calls others and waits for them" if spec.command is None else "is no Python function"
        )
        raise ConfigError(f"task {name} {what}: it cannot be debugged in one process")
    return spec


def _root(
    backend: Backend, execution: Execution, bundle: Bundle, storage: Storage, given: dict[str, Any]
) -> str:
    """Where the modules of an execution are; empty: wherever this process finds modules."""
    from volery.services.home import Home
    from volery.services.packages import Packages

    if bundle.package:
        return str(Packages(Home(there.settings_of(given).home), storage).unpacked(bundle.package))
    if execution.code_folder or not execution.parent:
        return execution.code_folder
    above = backend.execution(execution.parent)
    return _root(backend, above, read_bundle(backend.bundle(above.bundle)), storage, given)


def _task(spec: TaskSpec, root: str) -> Task[..., Any]:
    """The task, from its code. Raises ConfigError: that does not import."""
    from volery.worker.load import load, prepend

    prepend([root or ""])
    with redirect_stdout(sys.stderr):
        found = load(spec.loader, spec.name)
    if isinstance(found, Failure):
        raise ConfigError(failure_text(found))
    return found


# -- how it is run -----------------------------------------------------------------------------


@contextmanager
def _surroundings(
    spec: TaskSpec, execution: Execution, path: str, attempt: int, given: dict[str, Any]
) -> Generator[None]:
    """What an attempt finds: its context, variables and secrets. What it prints goes to stderr."""
    from volery.data.workplace import working_at
    from volery.sdk.context import Context, environment
    from volery.sdk.secret import provided
    from volery.services.secrets import Secrets

    secrets = Secrets(there.settings_of(given)).values(spec.secrets) if spec.secrets else ()
    context = Context(execution.id, spec.name, path, attempt, execution.recovers)
    context.decks.kept = False  # those of the attempt itself are to stay
    with (
        environment(spec.policy.environment),
        context,
        working_at(context),
        provided(context, secrets),
        redirect_stdout(sys.stderr),
    ):
        yield


class _Ended(NamedTuple):
    """How an attempt ended: with what it returned, as Python shows it, or why not, if not quit."""

    returned: str | None = None
    failure: Failure | None = None


def _made(task: Task[..., Any], inputs: bytes) -> _Ended:
    """Call the function of a task, and tell how that ends."""
    watched = sys.stdin.isatty() and sys.stderr.isatty()
    try:
        arguments = task.unpack(inputs)
        call: Callable[[], Any] = lambda: task.invoke(arguments)  # noqa: E731 (it runs in two ways)
        returned = _stopping(task, call) if watched else call()
    except bdb.BdbQuit:
        return _Ended()
    except Exception as error:  # noqa: BLE001 - whatever the user's code raises is shown
        return _Ended(failure=_failed(error, watched=watched))
    shown = repr(returned)
    say(f"it returned {shown}")
    return _Ended(shown)


def _stopping(task: Task[..., Any], call: Callable[[], Any]) -> Any:
    """What a call gives, with a stop at the first line of the task's function."""
    import inspect

    debugger = pdb.Pdb(nosigint=True)
    code = inspect.unwrap(task.called).__code__
    debugger.rcLines += [f"tbreak {code.co_filename}:{_first_line(code)}", "continue"]
    return debugger.runcall(call)


def _first_line(code: Any) -> int:
    """The first line of a function's body."""
    import dis

    lines = sorted({line for _, line in dis.findlinestarts(code) if line})
    return next((line for line in lines if line > code.co_firstlineno), lines[0])


def _failed(error: Exception, *, watched: bool) -> Failure:
    from volery.worker.failures import failure_of

    failure = failure_of(error)
    say(failure_text(failure))
    if watched:
        pdb.post_mortem(error.__traceback__)
    return failure
