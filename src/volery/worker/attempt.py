"""The program of a container that carries out one attempt: ``python -m volery.worker.attempt URI``.

The URI of the invocation may stand in the variable ``VOLERY_INVOCATION`` instead. This process is
the warden of a second one, which does the work; both have loaded the same before they part.
"""

# ruff: noqa: E402 - see below

from __future__ import annotations

import gc

gc.disable()  # until all is loaded, none of which is garbage: to look through it takes a tenth more

import os
import sys
from typing import NoReturn

from volery.ir.invocation import INVOCATION, REFUSED
from volery.worker import invoked
from volery.worker.signals import Signals, forget
from volery.worker.ties import Ends, tied
from volery.worker.warden import Warden


def main(uri: str) -> int:
    """Carry out an invocation; returns the exit status."""
    signals = Signals()
    ours, theirs = tied()
    gc.freeze()  # so that the second process shares what it does not change
    gc.enable()
    child = os.fork()
    if child == 0:
        ours.close()
        forget()
        _end(uri, theirs)
    theirs.close()
    return Warden(child, ours, signals).watch()


def _end(uri: str, ends: Ends) -> NoReturn:
    """The life of the second process; nothing of the first one is unwound in it."""
    status = REFUSED
    try:
        status = invoked.carry_out(uri, ends)
    except BaseException as error:  # noqa: BLE001 - a fault of ours, for the log
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        os._exit(status)


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get(INVOCATION, "")
    if not given:
        print(  # noqa: T201 - for whoever has started it
            f"usage: python -m volery.worker.attempt URI, or {INVOCATION}=URI", file=sys.stderr
        )
        sys.exit(REFUSED)
    ended = main(given)
    sys.stderr.flush()
    os._exit(ended)
