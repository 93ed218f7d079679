"""Engines that share their work: any number of processes, on one PostgreSQL database.

    export DATABASE=postgresql://user:password@host/database
    python examples/replicas/engine.py serve    # as often as you like, on any machine
    python examples/replicas/engine.py          # runs a workflow, with the help of the others

Without DATABASE it is one engine on the database of the home.
"""

from __future__ import annotations

import contextlib
import os
import sys

from flow import squares

from volery.config import settings
from volery.data.storage import Storage
from volery.services.engine import embedded


def main(role: str = "") -> None:
    """Be an engine of the pool.

    Args:
        role: ``serve`` to work for others until Ctrl-C; otherwise run a workflow.
    """
    chosen = settings()
    with embedded(
        chosen.home,
        database=os.environ.get("DATABASE", ""),
        storage=Storage(chosen.storage) if chosen.storage else None,
        pool="examples",
    ) as engine:
        if role == "serve":
            engine.serve(lambda: False)
        run = engine.run(squares, {"numbers": list(range(20))})
        print(run.phase, run.outputs)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(*sys.argv[1:2])
