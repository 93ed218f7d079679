"""The helper of a container that knows nothing of Volery, in a pod whose folders nobody else sees.

    python -m volery.worker.files get URI FOLDER [json|yaml]    makes the inputs files, and ends
    python -m volery.worker.files put URI FOLDER [json|yaml]    waits until it is told to end
                                        (SIGTERM); then it stores the outputs and writes the outcome

The second one can be told so from when there is a file ``volery-ready`` among the temporary files
of its container. Before that the signal is lost.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import Final, cast

import msgspec

from volery.data import documents
from volery.data.current import establish
from volery.data.storage import Storage
from volery.errors import VoleryError
from volery.ir.invocation import REFUSED, SUCCEEDED, UNREACHABLE, Invocation
from volery.worker.folders import Form, collect, lay
from volery.worker.reading import Refusal, read_invocation

READY: Final = "volery-ready"
"""The file that is there when it can be told to end."""

_VERBS: Final = ("get", "put")
_ENDS: Final = (signal.SIGTERM, signal.SIGINT)


def main(arguments: Sequence[str]) -> int:
    """Do what the words of a command line say; returns the exit status."""
    match arguments:
        case [verb, uri, folder, *rest] if verb in _VERBS and rest in ([], ["json"], ["yaml"]):
            form = cast("Form", rest[0] if rest else "json")
            return _told(verb, uri, Path(folder), form)
        case _:
            _say("usage: python -m volery.worker.files get|put URI FOLDER [json|yaml]")
            return REFUSED


def _told(verb: str, uri: str, folder: Path, form: Form) -> int:
    try:
        if verb == "put":
            Path(gettempdir(), READY).touch()
            signal.sigwait(_ENDS)
        invocation = read_invocation(uri, Invocation)
        establish(Storage(invocation.storage))
        if verb == "get":
            lay(invocation, folder, form)
        else:
            outcome = collect(invocation, folder, form)
            documents.write_once(invocation.outcome, msgspec.json.encode(outcome))
    except Refusal as refusal:
        _say(str(refusal))
        return refusal.status
    except VoleryError as error:
        _say(str(error))
        return UNREACHABLE
    return SUCCEEDED


def _say(text: str) -> None:
    print(f"volery: {text}", file=sys.stderr, flush=True)  # noqa: T201 - for the log


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    sys.exit(main(sys.argv[1:]))
