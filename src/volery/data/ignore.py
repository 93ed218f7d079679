"""Which files below a folder belong to a project: those that nothing says to leave out.

``.gitignore`` and ``.voleryignore`` say so, as git reads them: each counts for its folder and all
below, a deeper one comes first, a later line wins, and nothing is looked at below a folder that is
left out. Of one folder, ``.voleryignore`` wins.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from volery.data.faults import told
from volery.data.names import check_name
from volery.errors import RegistrationError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec
    from pathspec.util import CheckResult

OURS: Final = ".voleryignore"
FILES: Final = (".gitignore", OURS)

ALWAYS: Final = """
.git/ .hg/ .svn/ .jj/
__pycache__/ *.py[cod]
.venv/ node_modules/ *.egg-info/
.pytest_cache/ .mypy_cache/ .ruff_cache/ .hypothesis/ .tox/ .nox/ .ipynb_checkpoints/
.volery/ .idea/ .vscode/ .DS_Store
.env .env.* .netrc
"""
"""What is no part of a project, and what holds secrets, unless a file takes it back with ``!``."""

MARKS: Final = ("pyvenv.cfg", "CACHEDIR.TAG", "volery.db")
"""Files that say of their folder: a virtual environment, a cache, a home."""

_SHOWN: Final = 10


class Found(NamedTuple):
    """A file of a project.

    Attributes:
        name: from the folder, with ``/`` between its parts.
        path: where it is; never a link.
        size: in bytes.
        executable: whether its owner may execute it.
    """

    name: str
    path: Path
    size: int
    executable: bool


class _Rules(NamedTuple):
    """What a file leaves out.

    Attributes:
        spec: its lines.
        file: its path, for people; empty: they are built in.
        above: what comes before names of the project, for a file that stands above the folder.
        below: what these names begin with, for a file that stands in a folder of the project.
    """

    spec: GitIgnoreSpec
    file: str = ""
    above: str = ""
    below: str = ""

    def verdict(self, name: str) -> bool | None:
        """Whether it leaves out a name, of a folder with ``/`` at its end; None: it is silent."""
        return self._decision(name).include

    def told(self, name: str) -> str:
        """How it leaves a name out, for people."""
        index = self._decision(name).index
        line = "" if index is None else cast("Any", self.spec.patterns[index]).pattern
        where = f"the line {line} of {self.file}" if self.file else f"{line}, which always counts,"
        return f"{where} leaves it out"

    def _decision(self, name: str) -> CheckResult[str]:
        return self.spec.check_file(self.above + name.removeprefix(self.below))


class Project:
    """The files of a project.

    Args:
        folder: the import root.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.realpath(folder))
        self._astray: list[str] = []

    def files(self) -> Iterator[Found]:
        """Every file that belongs to it, by folder, in the order of names.

        A link to something inside counts as what it leads to.

        Raises:
            StorageError: something cannot be read, or has a name that cannot be used.
            RegistrationError: links lead outside or nowhere, an ignore file cannot be used, or it
                is all of a home folder or of the disk.
        """
        if self.folder in (Path(self.folder.anchor), Path(os.path.realpath(Path.home()))):
            raise RegistrationError(
                f"the code would be all of {self.folder}, which is no folder of a project",
                hint="put it into a folder of its own",
            )
        self._astray.clear()
        yield from self._below(self.folder, "", self._above, (self.folder,))
        if self._astray:
            shown = self._astray[:_SHOWN]
            more = len(self._astray) - len(shown)
            raise RegistrationError(
                f"links of {self.folder} lead outside or nowhere: {', '.join(shown)}"
                + (f" and {more} more" if more else ""),
                hint="put files in their place, or name them in .voleryignore",
            )

    def left_out(self, name: str) -> tuple[str, str]:
        """Why a file that is there is not among `files`, and what helps, for people."""
        rules, prefix = self._above, ""
        for full in _way_to(name):
            marks = [each for each in MARKS if prefix and (self.folder / prefix / each).exists()]
            if marks:
                return f"{prefix}{marks[0]} marks a folder without code", "move it elsewhere"
            rules = (*rules, *_rules_below(self.folder / prefix, prefix))
            rule, leaves_out = _decision(rules, full)
            if rule is not None and leaves_out:
                own = full.removeprefix(rule.below)
                return rule.told(full), f"a line !/{own} in {rule.below}{OURS} takes it back"
            prefix = full
        return "it is no regular file", "put one in its place"

    def _below(
        self, folder: Path, prefix: str, above: tuple[_Rules, ...], way: tuple[Path, ...]
    ) -> Iterator[Found]:
        with told("read", str(folder)):
            names = sorted(each.name for each in folder.iterdir())
        if prefix and not set(MARKS).isdisjoint(names):
            return
        rules = (*above, *_rules_below(folder, prefix))
        for name in names:
            full = prefix + name
            path = folder / name
            with told("read", str(path)):
                is_folder = path.is_dir()
            if _decision(rules, f"{full}/" if is_folder else full)[1]:
                continue
            check_name(full)
            real = Path(os.path.realpath(path)) if path.is_symlink() else path
            if not real.is_relative_to(self.folder) or not real.exists() or real in way:
                self._astray.append(full)
            elif is_folder:
                yield from self._below(real, f"{full}/", rules, (*way, real))
            else:
                yield from _file(full, real)

    @cached_property
    def _above(self) -> tuple[_Rules, ...]:
        """What holds here before any file of the folder: built in, and said by its repository."""
        from pathspec import GitIgnoreSpec

        rules = [_Rules(GitIgnoreSpec.from_lines(ALWAYS.split()))]
        for folder in _repository(self.folder):
            above = f"{self.folder.relative_to(folder).as_posix()}/"
            # Whoever registers a folder that git leaves out means what is in it.
            found = _rules_of(folder, f"{folder}{os.sep}", above=above)
            rules += [each for each in found if not each.verdict("")]
        return tuple(rules)


def _repository(folder: Path) -> list[Path]:
    """The folders above one that belong to the same repository of git, from its top."""
    for count, each in enumerate((folder, *folder.parents)):
        if (each / ".git").exists():
            return list(reversed(folder.parents[:count]))
    return []


def _rules_below(folder: Path, prefix: str) -> Iterator[_Rules]:
    """What the files of a folder in the project say; its names begin with `prefix`."""
    return _rules_of(folder, prefix, below=prefix)


def _rules_of(folder: Path, shown: str, above: str = "", below: str = "") -> Iterator[_Rules]:
    """What a folder's own files say; that which wins comes last. `shown`: it, for people."""
    from pathspec import GitIgnoreSpec

    for name in FILES:
        file = folder / name
        if not file.is_file():
            continue
        with told("read", str(file)):
            lines = file.read_text("utf-8-sig", errors="replace").splitlines()
        try:
            spec = GitIgnoreSpec.from_lines(lines)
        except ValueError as error:
            raise RegistrationError(f"{file} cannot be used: {error}") from None
        yield _Rules(spec, f"{shown}{name}", above, below)


def _file(name: str, path: Path) -> Iterator[Found]:
    with told("read", str(path)):
        status = path.stat()
    if stat.S_ISREG(status.st_mode):  # a socket or a pipe is no code
        yield Found(name, path, status.st_size, bool(status.st_mode & stat.S_IXUSR))


def _decision(rules: tuple[_Rules, ...], name: str) -> tuple[_Rules | None, bool]:
    """Which of these, the deepest last, decides about a name, and whether it is left out."""
    for rule in reversed(rules):
        verdict = rule.verdict(name)
        if verdict is not None:
            return rule, verdict
    return None, False


def _way_to(name: str) -> Iterator[str]:
    """The folders that lead to a file, each with ``/`` at its end, and then the file."""
    parts = name.split("/")
    yield from ("/".join(parts[:count]) + "/" for count in range(1, len(parts)))
    yield name
