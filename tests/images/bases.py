"""Images to build on that need no registry."""

from __future__ import annotations

import importlib.metadata
import re
import sysconfig
import tarfile
from pathlib import Path

from tests.servers import docker as server

PIP = "volery-test/pip:1"
"""An image with this Python and pip."""
WHOLE = "volery-test/whole:1"
"""And all that servers need besides this Volery."""


PATH = f"PATH={server.VENV}/bin:/bin"
"""The variable that they have."""


def load(engine, image):
    """Make one of the images in an engine."""
    archive = engine.folder / "base.tar"
    write(archive, image)
    engine.load(image, archive, f"ENV {PATH}")
    archive.unlink()


def write(archive, image):
    """Write the files of one of them."""
    with tarfile.open(archive, "w") as tar:
        server.add_shell(tar)
        server.add_python(tar, () if image == PIP else _OF_WORKERS)
        _add(tar, {"pip"} if image == PIP else {"pip", *_needed("volery", {"postgres"})})


_OF_WORKERS = {*server.PACKAGES} - {"volery"}


def _add(tar, names):
    folder = Path(sysconfig.get_path("purelib"))
    packages = f"{server.VENV}/lib/{folder.parent.name}/site-packages"
    for name in sorted(names):
        for each in sorted(_tops(name)):
            if (folder / each).exists():
                tar.add(folder / each, f"{packages}/{each}", filter=server.needed)


def _needed(name, extras, seen=None):
    """The names of what a distribution needs, and of what that needs."""
    seen = set() if seen is None else seen
    for line in importlib.metadata.requires(name) or []:
        match = re.match(r"([\w.-]+)(?:\[([^\]]*)\])?", line)
        wanted = not (extra := re.search(r"extra == ['\"]([^'\"]+)", line)) or extra[1] in extras
        if match is None or not wanted:
            continue
        needed = re.sub(r"[-_.]+", "-", match[1]).lower()
        try:
            importlib.metadata.distribution(needed)
        except importlib.metadata.PackageNotFoundError:
            continue  # of another platform
        if needed not in seen:
            seen.add(needed)
            _needed(needed, set((match[2] or "").split(",")), seen)
    return seen


def _tops(name):
    """The files and folders of a distribution that are not in the image already."""
    files = importlib.metadata.distribution(name).files or []
    return {each.parts[0] for each in files} - {"..", "bin", "__pycache__", *server.PACKAGES}
