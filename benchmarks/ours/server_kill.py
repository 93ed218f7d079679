"""kill -9 of a server under load, over and over, at random moments.

    python ours/server_kill.py KILLS [SEED]

Clients ask for executions, watch them, signal and abort; see tests/e2e/storm.py. In the end all
that the server has accepted has to be as it was promised, and every stream complete. Reports how
many promises were broken, and how many were made.
"""

import sys
import tempfile
import time
from pathlib import Path

from measure import report

sys.path.append(str(Path(__file__).parents[2]))
from tests.e2e.leftovers import await_ends
from tests.e2e.storm import PROJECT, broken, storm
from tests.servers.volery import VoleryServer, register


def main(kills: int, seed: int) -> None:
    print(f"seed {seed}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        register(PROJECT, Path(folder), "--home", home)
        server = VoleryServer(home, "--workers", 2)
        try:
            promises = storm(server, kills, seed)
            problems = broken(server, home, promises)
            server.stop()
        finally:
            server.close()
        await_ends(home)
    print(*problems, sep="\n", file=sys.stderr)
    report({"broken": [len(problems)], "promises": [len(promises)]})


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns())
