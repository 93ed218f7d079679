"""Somebody is told how an execution has ended: here, a program that listens on this machine.

    python examples/notifications/flow.py

The address of the listener is a secret. It stands in no record, and is filled in when the notice is
sent: from the environment, as here, from a file or from the keyring.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from volery import LaunchPlan, Webhook, WorkflowExecutionPhase, task, workflow


@task
def half(n: int) -> int:
    """Half of a number."""
    if n % 2:
        message = f"{n} is odd"
        raise ValueError(message)
    return n // 2


@workflow
def halves(n: int) -> int:
    return half(n=n)


nightly = LaunchPlan.get_or_create(
    halves,
    name="nightly",
    notifications=[
        Webhook(
            phases=[WorkflowExecutionPhase.FAILED, WorkflowExecutionPhase.TIMED_OUT],
            url="${secret:example/listener}",
            subject="{entity} has {phase}, after {duration}",
            body="{code}: {failure}",
        )
    ],
)


class Listener(BaseHTTPRequestHandler):
    """Prints what it is told."""

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(told["type"], "|", told["data"]["text"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing else."""


def main() -> None:
    """Listen, and run the launch plan once so that it succeeds and once so that it fails."""
    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/ended"
        run = [sys.executable, "-m", "volery.cli", "run", __file__, "nightly", "--no-progress"]
        for n in ("4", "3"):
            subprocess.run(
                [*run, "--n", n],
                env=os.environ | {"VOLERY_SECRET_EXAMPLE_LISTENER": url},
                stderr=subprocess.DEVNULL,
                check=False,
            )
        server.shutdown()


if __name__ == "__main__":
    main()
