"""kill -9 of a server under load, at any moment: all that it has accepted is done."""

from __future__ import annotations

import os

from tests.e2e.leftovers import await_ends
from tests.e2e.storm import PROJECT, broken, storm
from tests.servers.volery import VoleryServer, register

KILLS = 100 if "VOLERY_PROOF" in os.environ else 4
SEED = int(os.environ.get("VOLERY_SEED", "20"))


def test_a_killed_server_keeps_what_it_has_accepted_and_its_clients_go_on(volery_home, tmp_path):
    print(f"VOLERY_SEED={SEED}")
    register(PROJECT, tmp_path, "--home", volery_home)
    server = VoleryServer(volery_home, "--workers", 2)
    try:
        promises = storm(server, KILLS, SEED)
        assert broken(server, volery_home, promises) == []
        assert server.stop() == 0
    finally:
        server.close()
    await_ends(volery_home)
