"""What is left when the process that drives an execution dies, and how it goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.services.conftest import ROOT

from volery.engine.model import Phase
from volery.errors import ConfigError
from volery.services.engine import embedded
from volery.services.home import Home
from volery.services.owners import Owner, is_alive
from volery.testing import pictures

DRIVER = """
import sys
from pathlib import Path
from tests.services import flows
from volery.ir.values import pack
from volery.sdk.compile import compile_entity
from volery.services.engine import embedded

home, folder = map(Path, sys.argv[1:])
with embedded(home, import_roots=[{root!r}]) as engine:
    program = compile_entity(flows.interrupted)
    inputs = pack({{"folder": str(folder)}})
    engine.submit(program, flows.interrupted.ref, inputs, name="interrupted")
    engine.drain("interrupted")
"""


@pytest.fixture
def killed(tmp_path: Path, volery_home: Path) -> Path:
    """A home in which an execution was driven by a process that died in its second node."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER.format(root=ROOT), volery_home, tmp_path], cwd=ROOT
    )
    with pipe.open("w"):  # opens when the second node does
        driver.kill()
        driver.wait()
    return volery_home


def test_an_interrupted_execution_goes_on_without_repeating_what_committed(killed, tmp_path):
    with embedded(killed, import_roots=[ROOT]) as engine:
        # Regular from now on, so that the second try of the waiting task reads it at once.
        (tmp_path / "pipe").unlink()
        (tmp_path / "pipe").write_text("through")
        record = engine.resume("interrupted")
        assert record.phase is Phase.SUCCEEDED
        attempts = {each.path: each.number for each in engine.store.attempts("interrupted")}
        assert attempts == {"n0": 1, "n1": 2}
        pictures.check(engine.store, "interrupted")
    assert (tmp_path / "first").read_text() == "ran\n"


def test_the_record_says_that_its_driver_is_gone(killed):
    with embedded(killed) as engine:
        record = engine.store.execution("interrupted")
        assert record.phase is Phase.RUNNING
        assert not is_alive(engine.home, record.owner)


def test_an_execution_that_somebody_drives_is_not_taken_over(volery_home, tmp_path):
    with embedded(volery_home) as one, embedded(volery_home) as other:
        from tests.engine import corpus

        from volery.sdk.compile import compile_entity

        execution = one.submit(compile_entity(corpus.chain), corpus.chain.ref)
        with pytest.raises(ConfigError, match="living process"):
            other.resume(execution)
        assert one.drain(execution).phase is Phase.SUCCEEDED


def test_an_owner_lives_as_long_as_it_is_open(volery_home):
    home = Home(volery_home)
    home.make()
    with Owner(home) as owner:
        assert is_alive(home, owner.id)
    assert not is_alive(home, owner.id)


def test_what_a_dead_owner_left_is_removed(volery_home):
    home = Home(volery_home)
    home.make()
    (home.owners / "123-dead").touch()
    (home.scratch / "123-dead").mkdir()
    assert not is_alive(home, "123-dead")
    assert not (home.owners / "123-dead").exists()
    assert not (home.scratch / "123-dead").exists()
