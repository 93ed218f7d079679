"""Running things: commands and scripts that take turns, and the environments of the peers."""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parents[1]
ENVIRONMENTS = HERE.parent / ".bench"
SCRIPTS = Path(sysconfig.get_path("scripts"))
PYTHON = SCRIPTS / "python"
PEERS = {
    "flytekit": ("flytekit>=1.16,<2", "pandas>=2.2", "pyarrow>=17"),
    "ray": ("ray>=2.50,<3",),
    "dbos": ("dbos>=3.4,<4",),
}


class Failed(Exception):
    """Something could not be measured."""


@dataclass(frozen=True)
class Bench:
    """What a benchmark works with: the peers, and how thorough to be."""

    quick: bool
    scratch: Path

    @property
    def turns(self) -> int:
        return 3 if self.quick else 7

    @property
    def long_turns(self) -> int:
        return 1 if self.quick else 3

    def environment(self) -> dict[str, str]:
        """No setting of the person who runs this, and nothing that reaches for the network.

        Without PYTHONDONTWRITEBYTECODE in particular: both sides run as installed, from bytecode.
        """
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("VOLERY_", "PYTHON"))}
        return kept | {
            "HOME": str(self.scratch),
            "TMPDIR": str(self.scratch),
            "VOLERY_HOME": str(self.scratch / "home"),
            "PYTHONPATH": str(HERE),
            "RAY_USAGE_STATS_ENABLED": "0",
        }

    def command(self, argv: Sequence[str | Path]) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [str(part) for part in argv],
            env=self.environment(),
            cwd=HERE,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            told = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            name = " ".join(Path(part).name for part in map(str, argv))
            message = f"{name}: {told}"
            raise Failed(message)
        return done.stdout

    def wall(self, argv: Sequence[str | Path]) -> float:
        """Milliseconds of a whole command, from its start to its end."""
        started = time.perf_counter()
        self.command(argv)
        return (time.perf_counter() - started) * 1e3

    def take_turns(
        self, measures: Mapping[str, Callable[[], float]], turns: int
    ) -> dict[str, float]:
        """The median of each measure, after a turn that does not count: it warms the caches."""
        taken: dict[str, list[float]] = {name: [] for name in measures}
        for turn in range(turns + 1):
            for name, measure in measures.items():
                value = measure()
                if turn:
                    taken[name].append(value)
        return {name: statistics.median(values) for name, values in taken.items()}

    def scripts(self, turns: int, /, **argv: Sequence[str | Path]) -> dict[str, dict[str, float]]:
        """Medians of what scripts report, which take turns: by script, then by measure."""
        taken: dict[str, dict[str, list[float]]] = {name: {} for name in argv}
        for _ in range(turns):
            for name, command in argv.items():
                last_line = self.command(command).strip().splitlines()[-1]
                for what, values in json.loads(last_line).items():
                    taken[name].setdefault(what, []).extend(values)
        return {
            name: {what: statistics.median(values) for what, values in measured.items()}
            for name, measured in taken.items()
        }


def make_environment(path: Path, requirements: Sequence[str]) -> None:
    """Make a virtual environment with this Python, with uv if there is one: it is much faster."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(SCRIPTS))
    python = path / "bin" / "python"
    install = (
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
        if uv
        else [python, "-m", "pip", "install", "--quiet"]
    )
    for command in [sys.executable, "-m", "venv", path], [*install, *requirements]:
        subprocess.run([str(part) for part in command], check=True)


def peer(name: str) -> Path:
    """The folder of programs of a peer's environment, which is made at first use."""
    path = ENVIRONMENTS / name
    wanted = f"{', '.join(PEERS[name])} on {platform.python_version()}"
    ready = path / "ready"
    if not ready.exists() or ready.read_text() != wanted:
        print(f"installing {name} ...", file=sys.stderr)
        shutil.rmtree(path, ignore_errors=True)
        make_environment(path, PEERS[name])
        ready.write_text(wanted)
    return path / "bin"
