"""Plugins as users install them: a package with an entry point, on the path of a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

MONEY = """
class Money:
    def __init__(self, cents):
        self.cents = cents
"""

PLUGIN = """
from money import Money
from volery.types import register_type

print("loaded")
register_type(Money, via=int, to=lambda money: money.cents, of=Money)
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of packages, with a class that only a plugin knows how to handle."""
    (tmp_path / "money.py").write_text(MONEY)
    return tmp_path


def install(site: Path, name: str, value: str, module: str | None = None) -> None:
    """A distribution with a plugin."""
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[volery.plugins]\n{name} = {value}\n")
    if module is not None:
        (site / f"{value.partition(':')[0]}.py").write_text(module)


def run(site: Path, program: str) -> str:
    """What a program prints, with the folder on its path."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(site), *filter(None, sys.path)])},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


TRIP = """
    from money import Money
    from volery.types.registry import codec_for
    from volery.types.packing import pack, unpack
    codec = codec_for(list[Money])
    print(unpack(codec, pack(codec, [Money(5)]))[0].cents)
"""


def test_a_plugin_is_a_module_that_registers_its_types(site: Path):
    install(site, "money-volery", "money_volery", PLUGIN)
    assert run(site, TRIP) == "loaded\n5\n"


def test_a_plugin_may_be_a_function(site: Path):
    install(
        site,
        "money-volery",
        "money_volery:register",
        "def register():\n" + textwrap.indent(PLUGIN, "    "),
    )
    assert run(site, TRIP) == "loaded\n5\n"


def test_plugins_are_loaded_once_and_only_when_they_are_needed(site: Path):
    install(site, "money-volery", "money_volery", PLUGIN)
    program = """
        import threading
        from volery.errors import UnsupportedType
        from volery.types.registry import codec_for
        codec_for(dict[str, list[int]])
        print("so far")
        from money import Money
        threads = [threading.Thread(target=codec_for, args=(Money,)) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        class Other: pass
        for _ in range(2):
            try:
                codec_for(Other)
            except UnsupportedType as error:
                print(error.message)
    """
    refused = "no codec handles Other\n"
    assert run(site, program) == f"so far\nloaded\n{refused}{refused}"


def test_a_plugin_may_use_the_types_that_it_registers(site: Path):
    install(
        site,
        "money-volery",
        "money_volery",
        PLUGIN
        + "from volery import task\n@task\ndef pay(price: Money) -> int:\n    return price.cents\n"
        "print(pay(price=Money(3)))\n",
    )
    assert run(site, TRIP) == "loaded\n3\n5\n"


def test_a_plugin_that_fails_is_named_and_the_others_are_loaded(site: Path):
    install(site, "broken-volery", "broken_volery", "import nothing_like_that\n")
    install(site, "missing-volery", "missing_volery")
    install(site, "money-volery", "money_volery", PLUGIN)
    program = """
        from volery.errors import UnsupportedType
        from volery.types.registry import codec_for
        class Other: pass
        try:
            codec_for(Other)
        except UnsupportedType as error:
            print(error.message)
    """
    shown = run(site, textwrap.dedent(program) + textwrap.dedent(TRIP))
    assert shown.count("broken-volery (broken_volery) cannot be loaded") == 1
    assert "ModuleNotFoundError: No module named 'nothing_like_that'" in shown
    assert "missing-volery (missing_volery) cannot be loaded" in shown
    assert shown.endswith("5\n")


def test_what_a_plugin_handles_is_not_pickled(site: Path):
    install(site, "money-volery", "money_volery", PLUGIN)
    program = """
        from money import Money
        from volery.types.registry import codec_for
        print(type(codec_for(Money, pickle_untyped=True).type).__name__)
    """
    assert run(site, program) == "loaded\nCustomType\n"
