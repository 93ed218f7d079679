"""The build hook: puts the web UI into what is built, so that whoever installs it has it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebUI(BuildHookInterface[Any]):
    """Builds ui/ into the package; an archive of the sources brings it built.

    An editable installation does without: `make ui` builds it there.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Called before anything is packed."""
        sources = Path(self.root, "ui")
        if version == "editable" or not sources.is_dir():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                "the web UI cannot be built: there is no npm. Install Node.js 20 or newer, or "
                "install Volery from a wheel"
            )
        for command in (["ci"], ["run", "build"]):
            subprocess.run([npm, *command], cwd=sources, check=True)
