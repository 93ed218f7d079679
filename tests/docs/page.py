"""A page of documentation as a program: its blocks run in order, and show what really comes out.

- ``python`` blocks share one namespace. One with ``title=flow.py`` is that file.
- ``text`` right after a python block is what the block prints, and the error that it ends with.
- ``console`` blocks hold commands after ``$``, each followed by lines of its output. Commands other
  than `volery` and `python` are for people only.

``...`` stands for any text, see `shown`. Commands may print more lines than are shown.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import linecache
import os
import re
import shlex
import subprocess
import sys
import types
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from tests.docs.shown import matches, missing

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = {"volery": [sys.executable, "-m", "volery.cli"], "python": [sys.executable]}


class Block(NamedTuple):
    """A fenced block and the line on which its content begins."""

    language: str
    title: str
    content: str
    line: int


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page."""
    return [
        Block(
            match[1],
            match[2].strip().removeprefix("title="),
            match[3],
            text.count("\n", 0, match.start(3)) + 1,
        )
        for match in FENCE.finditer(text)
    ]


SURROUNDINGS = {
    "PYTHONUNBUFFERED": "1",
    "COLUMNS": "100",
    "PYTHONDONTWRITEBYTECODE": "1",  # see `without_bytecode`
}
"""Of the commands of a page."""


@contextlib.contextmanager
def without_bytecode() -> Iterator[None]:
    """Keep Python from taking the next text of a module for this one.

    It does where both are of the same second and size, and pages change single digits.
    """
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


class Page:
    """A page that is being carried out in a folder of its own.

    Args:
        path: of the page.
        folder: where its files are made and its commands run.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self.folder = folder
        self.module = types.ModuleType("page")
        (folder / "examples").symlink_to(ROOT / "examples")
        (folder / ".voleryignore").write_text("examples\n")

    def run(self) -> None:
        """Run all blocks; an AssertionError tells which one does not do what it shows."""
        found = blocks(self.path.read_text())
        with self._at_home():
            for block, following in zip_longest(found, found[1:]):
                shown = following.content if following and following.language == "text" else ""
                if block.language == "python":
                    self._check(block, self._execute(block), shown)
                elif block.language == "console":
                    self._commands(block)

    @contextlib.contextmanager
    def _at_home(self) -> Iterator[None]:
        """In the folder, with its files importable and the page's module known by name.

        Of launch plans it knows its own: another test's may have the same names.
        """
        modules = dict(sys.modules)
        sys.modules["page"] = self.module
        sys.path.insert(0, str(self.folder))
        try:
            with (
                contextlib.chdir(self.folder),
                mock.patch.dict("volery.sdk.launch_plan._named", clear=True),
            ):
                yield
        finally:
            sys.path.remove(str(self.folder))
            for name in sys.modules.keys() - modules.keys():
                if str(self.folder) in str(getattr(sys.modules[name], "__file__", "")):
                    del sys.modules[name]
            sys.modules.pop("page", None)

    def _execute(self, block: Block) -> str:
        """What a block prints, and the error that it ends with."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                (self._import if block.title else self._exec)(block)
            except Exception as error:  # noqa: BLE001 - what it raises is what it shows
                printed.write(f"{type(error).__name__}: {error}")
        return printed.getvalue()

    def _import(self, block: Block) -> None:
        """Make the file of a block, and what it defines known to the page."""
        file = self.folder / block.title
        file.write_text(block.content)
        with without_bytecode():
            made = vars(importlib.import_module(file.stem))
        names = (name for name in made if not name.startswith("_"))
        vars(self.module).update({name: made[name] for name in names})

    def _exec(self, block: Block) -> None:
        """Run a block as if it stood alone in the page, so that errors show lines of the page."""
        name, text = self.path.name, self.path.read_text()
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile("\n" * (block.line - 1) + block.content, name, "exec"), vars(self.module))

    def _check(self, block: Block, came: str, shown: str) -> None:
        assert matches(shown.strip(), came.strip()), (
            f"{self.path.name}, line {block.line}: the block shows\n{shown}\nbut gives\n{came}"
        )

    def _commands(self, block: Block) -> None:
        for written in re.split(r"^\$ ", block.content, flags=re.MULTILINE)[1:]:
            command, _, shown = written.partition("\n")
            if (words := shlex.split(command, comments=True))[0] in RUN:
                self._command(block, command, [*RUN[words[0]], *words[1:]], shown)

    def _command(self, block: Block, command: str, arguments: list[str], shown: str) -> None:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=os.environ | SURROUNDINGS,
        )
        place = f"{self.path.name}, line {block.line}, $ {command}"
        assert done.returncode == 0 or "error:" in shown, f"{place} failed:\n{done.stdout}"
        line = missing(filter(str.strip, shown.splitlines()), done.stdout)
        assert line is None, f"{place}: no line {line!r} (in this order) in\n{done.stdout}"
