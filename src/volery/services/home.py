"""The home: the folder that holds the embedded database and what belongs to it."""

from __future__ import annotations

from pathlib import Path

from volery.errors import StoreError


class Home:
    """Where things are in a home.

    Attributes:
        folder: the home itself.
        database: the embedded database.
        owners: a locked file for each process at work.
        logs: what attempts printed.
        scratch: files of running workers, a folder for each owner.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "volery.db"
        self.owners = folder / "owners"
        self.logs = folder / "logs"
        self.scratch = folder / "scratch"

    def make(self) -> None:
        """Create the folder.

        Raises:
            StoreError: it cannot be created or written to.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.owners.mkdir(exist_ok=True)
            self.scratch.mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the home {self.folder} cannot be used: {error.strerror or error}",
                hint="choose a folder that can be written to with --home or VOLERY_HOME",
            ) from None

    def log(self, execution: str, path: str, attempt: int, stream: str) -> Path:
        """The file of what an attempt printed on ``stdout`` or ``stderr``."""
        return self.logs / execution / f"{path.replace('/', '.')}.{attempt}.{stream}"
