"""The programs that build images: they take the same arguments, so one class speaks to each."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from volery.errors import ConfigError, VoleryError
from volery.images.dockerfile import dockerfile, secret_id
from volery.sdk.image import ImageSpec
from volery.sdk.image_check import BUILDERS

SHOWN: Final = 20
"""So many of the last lines are in an error."""
_STEP: Final = re.compile(r"(?:#\d+ \[[^\]]*\d+/\d+\]|Step \d+/\d+ :|STEP \d+/\d+:) .+")

Say = Callable[[str], None]
"""Told each line that a builder prints."""


class BuildFailed(VoleryError):
    """An image could not be built or pushed."""


class Builder(Protocol):
    """Builds images. `testing.conformance.builder` says the same as tests."""

    name: str

    def exists(self, reference: str) -> bool:
        """Whether the image is where this builder keeps them."""
        ...

    def build(self, spec: ImageSpec, say: Say) -> None:
        """Build an image under its tag; when it fails there is none.

        Raises:
            BuildFailed: says which step has failed, and its last lines.
        """
        ...

    def push(self, reference: str, say: Say) -> None:
        """Send an image to its registry. Raises BuildFailed."""
        ...


class CommandBuilder:
    """A program with the command line of ``docker``.

    Args:
        name: one of `BUILDERS`.
        network: that the steps of a build use, such as ``host``; empty: the builder's own.
    """

    def __init__(self, name: str, network: str = "") -> None:
        self.name = name
        self._network = network

    def exists(self, reference: str) -> bool:
        words = ("inspect", "--type", "image") if self.name == "buildah" else ("image", "inspect")
        done = subprocess.run([self.name, *words, reference], capture_output=True, check=False)
        return done.returncode == 0

    def build(self, spec: ImageSpec, say: Say) -> None:
        with tempfile.TemporaryDirectory(prefix="volery-image-") as name:
            folder = Path(name)
            _lay(spec, folder)
            words = ["build", "--tag", spec.tag, "--file", str(folder / "Dockerfile")]
            if spec.platform:
                words += ["--platform", spec.platform]
            if self._network:
                words += ["--network", self._network]
            if spec.force:
                words.append("--no-cache")
            for number, (source, _) in enumerate(spec.pip_secret_mounts):
                file = Path(spec.folder or "") / source
                words += ["--secret", f"id={secret_id(number)},src={file}"]
            self._do(f"build {spec.tag}", [*words, str(folder)], say)

    def push(self, reference: str, say: Say) -> None:
        self._do(f"push {reference}", ["push", reference], say)

    def _do(self, what: str, words: Sequence[str], say: Say) -> None:
        last: deque[str] = deque(maxlen=SHOWN)
        step = ""
        with subprocess.Popen(
            [self.name, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            for line in map(str.rstrip, process.stdout):
                if _STEP.match(line):
                    step = line
                last.append(line)
                say(line)
        if process.returncode:
            at = f" at {step}" if step else ""
            told = "".join(f"\n  {line}" for line in last)
            raise BuildFailed(f"{self.name} could not {what}{at}{told}")


def builder_named(name: str | None, network: str = "") -> Builder:
    """A builder; None: the first that is installed.

    Raises:
        ConfigError: it is not installed, or none is.
    """
    for each in (name,) if name else BUILDERS:
        if shutil.which(each):
            return CommandBuilder(each, network)
    raise ConfigError(
        f"{name} is not installed" if name else "no program that builds images is installed",
        hint=f"install {name or 'one of ' + ', '.join(BUILDERS)}",
    )


def _lay(spec: ImageSpec, folder: Path) -> None:
    """Put what a builder is given into a folder."""
    (folder / "Dockerfile").write_text(dockerfile(spec), encoding="utf-8")
    for part in spec.parts:
        target = folder / part.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(part.path, target)
        target.chmod(0o755 if part.executable else 0o644)
