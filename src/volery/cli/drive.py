"""An execution is driven to its end on this terminal: watched, interrupted, its end told."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click

from volery.cli import options
from volery.cli.document import execution_document, failure_text, place_of
from volery.cli.errors import FAILED, INTERRUPTED, Terminated, complain
from volery.cli.gates import GateWatch
from volery.cli.glance import glance
from volery.cli.labels import Labels
from volery.cli.notices import tell
from volery.cli.output import phase, print_json, say, seconds, styled
from volery.cli.plain import QuietView
from volery.cli.view import view_of
from volery.data.current import using
from volery.engine.model import Phase
from volery.errors import LeaseLost, VoleryError
from volery.ir.ref import Ref
from volery.ir.values import EMPTY

# Early, like all of ours: once the user's folder is on the path, a random.py there is in the way.
from volery.services import shown
from volery.services.engine import embedded
from volery.services.executors import executors_of
from volery.services.records import interface_of
from volery.services.secrets import Secrets
from volery.types.written.showing import SCREENFUL, cut, record_json, record_previews

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.ir.specs import Bundle
    from volery.services.engine import Engine
    from volery.services.home import Home
    from volery.store.base import ExecutionRecord


def drive(
    start: Callable[[Engine], str],
    bundle: Bundle,
    entity: Ref,
    given: Mapping[str, Any],
    *,
    home: Home,
    storage: Storage,
    document: Callable[[dict[str, Any]], None] = print_json,
    roots: Sequence[str] | None = None,
) -> int:
    """Drive an execution to its end, on an engine of its own; returns the exit status.

    Args:
        start: makes the engine the owner of the execution, and returns its name.
        bundle: of the execution.
        entity: what of it runs.
        given: the command's options.
        home: where it is recorded.
        storage: where its values are.
        document: takes what ``--output json`` shows.
        roots: where its modules are; by default where this process finds modules.
    """
    driver = _Driver(bundle, entity, given, document)
    chosen = options.settings_of(given)
    with embedded(
        home.folder,
        database=home.url,
        storage=storage,
        workers=chosen.workers,
        import_roots=roots,
        on_print=driver.view.printed,
        bounds=options.bounds(chosen),
        vault=Secrets(chosen),
        executors=executors_of(chosen),
    ) as engine:
        status = driver.drive(engine, start(engine))
    tell(bundle, home, chosen)
    return status


class _Driver:
    """Drives an execution and tells of it.

    Args:
        bundle: of the execution.
        entity: what of it runs.
        given: the command's options.
        document: see `drive`.
    """

    def __init__(
        self,
        bundle: Bundle,
        entity: Ref,
        given: Mapping[str, Any],
        document: Callable[[dict[str, Any]], None],
    ) -> None:
        labels = Labels(bundle, entity)
        self.view = QuietView() if given["no_progress"] else view_of(entity.name, labels)
        self._bundle = bundle
        self._outputs = interface_of(bundle, entity).outputs
        self._as_json = given["output"] == "json"
        self._document = document
        self._home_flag = options.home_flag(given)

    def drive(self, engine: Engine, execution: str) -> int:
        """Drive an execution to its end.

        Ctrl-C aborts it; a second one, or SIGTERM, ends all at once, and it may be resumed.

        Args:
            engine: of the home with the execution, which it owns.
            execution: its name.

        Returns the exit status.
        """
        with (
            self.view as view,
            _Interrupt(engine, execution, view.say) as interrupt,
            GateWatch(engine, self._bundle, view, self._home_flag) as watch,
        ):
            try:
                record = engine.drain(execution, watch.lines)
            except LeaseLost:
                raise  # others may have finished it: the error says where to look
            except BaseException:
                resume = f"volery executions resume {execution}{self._home_flag}"
                view.say(f"{execution} has not ended; finish it: {resume}")
                raise
        try:
            with using(engine.storage):
                self._tell_outputs(record, engine.outputs(execution) or EMPTY)
        finally:  # stdout may be of no use; the record is there all the same
            self._tell_end(record, engine.home.place)
        if record.phase is Phase.SUCCEEDED:
            return 0
        return INTERRUPTED if interrupt.asked else FAILED

    def _tell_outputs(self, record: ExecutionRecord, outputs: bytes) -> None:
        if self._as_json:
            told = execution_document(shown.execution(record, driven=True))
            self._document(told | {"outputs": record_json(self._outputs, outputs)})
            return
        for name, tree in record_previews(self._outputs, outputs).items():
            for each in glance(name, tree):
                click.echo(cut(each, SCREENFUL))

    def _tell_end(self, record: ExecutionRecord, database: str) -> None:
        took = seconds((record.ended or record.created) - record.created)
        more = f"see volery executions get {record.id}{self._home_flag}"
        kept = styled(f"  recorded in {database}", sys.stderr, dim=True)
        failure = record.failure
        if failure is None:
            say(f"{record.id} {phase(record.phase, sys.stderr)} in {took}")
            say(f"  {styled(more, sys.stderr, dim=True)}")
        elif record.phase is Phase.ABORTED:
            complain(f"{record.id} was aborted after {took}: {failure.message}", more)
        else:
            say(failure_text(failure))
            complain(f"{record.id} failed after {took}{place_of(failure, record.id)}", more)
        say(kept)


class _Interrupt:
    """Turns the first Ctrl-C into an abort, and leaves the second one as it is.

    SIGTERM says that the machine wants its place back, not that the execution is not wanted.
    """

    def __init__(self, engine: Engine, execution: str, say: Callable[[str], None]) -> None:
        self.asked = False
        self._engine = engine
        self._execution = execution
        self._say = say
        # The main thread may be anywhere, also inside a transaction or holding a lock of the view.
        # Another one can wait for the end of that; a signal handler cannot.
        self._asking = threading.Thread(target=self._ask)
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        handlers = {signal.SIGINT: self._interrupted, signal.SIGTERM: _terminated}
        self._before = {each: signal.signal(each, handler) for each, handler in handlers.items()}
        return self

    def __exit__(self, *exception: object) -> None:
        for each, before in self._before.items():
            signal.signal(each, before)
        if self.asked:
            self._asking.join()

    def _interrupted(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 (signal's signature)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._asking.start()
        self.asked = True

    def _ask(self) -> None:
        self._say("stopping; Ctrl-C again to end at once")
        try:
            self._engine.request_abort(self._execution, "interrupted with Ctrl-C")
        except VoleryError as error:
            self._say(str(error))


def _terminated(signum: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 (signal's signature)
    raise Terminated
