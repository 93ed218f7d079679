"""Fingerprints: what changes them, and what does not."""

from __future__ import annotations

import ast
import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tests.sdk.ways import WAYS

import volery
from volery.ids import digest
from volery.sdk.compile import compile_entity
from volery.sdk.fingerprint import fingerprint, fingerprinted
from volery.sdk.syntax import read

Files = dict[str, str]
Parts = dict[str, str]
Look = Callable[[Files], Parts]

STATS = """
from flows.util import scale
from volery import task


@task
def mean(values: list[float]) -> float:
    return scale(sum(values)) / len(values)
"""
UTIL = """
from flows import settings


def scale(x: float) -> float:
    return x * settings.FACTOR


def unused() -> int:
    return 1
"""
PROJECT: Files = {
    "__init__": "",
    "stats": STATS,
    "util": UTIL,
    "settings": "FACTOR = 3.0\n",
}


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Look]:
    """The fingerprint of ``flows.stats.mean``, in a project of these files."""
    number = itertools.count()

    def forget() -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] == "flows"]:
            del sys.modules[name]

    def fingerprint_of(files: Files) -> Parts:
        root = tmp_path / str(next(number))
        (root / "flows").mkdir(parents=True)
        for name, text in files.items():
            (root / "flows" / f"{name}.py").write_text(text)
        forget()
        with monkeypatch.context() as patch:
            patch.syspath_prepend(root)
            task = importlib.import_module("flows.stats").mean
            return {part.name: part.digest for part in fingerprint(task)}

    yield fingerprint_of
    forget()


def changed(before: Parts, after: Parts) -> set[str]:
    names = before.keys() | after.keys()
    return {name for name in names if before.get(name) != after.get(name)}


def of_task(body: str, above: str = "") -> Files:
    """A project whose task has this body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    head = f"from volery import task\n{above}\n"
    return {**PROJECT, "stats": f"{head}\n@task\ndef mean(x: float) -> float:\n{lines}"}


# -- what counts -----------------------------------------------------------------------------------


def test_everything_that_the_function_uses_is_a_part(look):
    assert set(look(PROJECT)) == {
        "function flows.stats.mean",
        "function flows.util.scale",
        "constant flows.settings.FACTOR",
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("stats", "/ len(values)", "/ (len(values) - 1)", "function flows.stats.mean"),
        ("util", "x * settings", "x / settings", "function flows.util.scale"),
        ("settings", "3.0", "4.0", "constant flows.settings.FACTOR"),
        ("settings", "3.0", "3", "constant flows.settings.FACTOR"),
    ],
)
def test_a_change_anywhere_on_the_way_changes_that_part(look, file, old, new, part):
    edited = {**PROJECT, file: PROJECT[file].replace(old, new)}
    assert edited != PROJECT
    assert changed(look(PROJECT), look(edited)) == {part}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("util", "    return x *", "    # as everybody says\n    return x *"),
        ("util", "    return x *", '    """Scales."""\n    return x *'),
        ("util", "x * settings.FACTOR", "(x\n        * settings.FACTOR)"),
        ("util", "x: float) -> float", "x) -> 'float'"),
        ("util", "return 1", "return 2"),
        ("util", "def unused() -> int:\n    return 1\n", ""),
        ("util", "from flows import", "'''Helpers.'''\nimport os\nfrom flows import"),
        ("settings", "FACTOR = 3.0", "OTHER = 1\nFACTOR = 6.0 / 2"),
        ("stats", "@task\n", "@task(retries=3)\n"),
        ("stats", "import task", "import task as job"),
    ],
    ids=[
        "comment", "docstring", "line break", "annotation", "unused helper", "unused helper gone",
        "lines above", "equal value", "options of the task", "an alias of ours",
    ],
)  # fmt: skip
def test_what_means_the_same_changes_nothing(look, file, old, new):
    text = PROJECT[file].replace(old, new)
    if "task as job" in new:
        text = text.replace("@task", "@job")
    assert text != PROJECT[file]
    assert changed(look(PROJECT), look({**PROJECT, file: text})) == set()


def test_the_order_of_definitions_changes_nothing(look):
    head, scale, unused = UTIL.split("\n\n\n")
    other = {**PROJECT, "util": f"{head}\n\n\n{unused}\n\n\n{scale}"}
    assert changed(look(PROJECT), look(other)) == set()


def test_environment_variables_of_the_task_count(look):
    edited = {**PROJECT, "stats": STATS.replace("@task", '@task(environment={"MODE": "fast"})')}
    assert changed(look(PROJECT), look(edited)) == {"environment"}


# -- ways to reach something -----------------------------------------------------------------------


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_a_helper_is_followed_however_it_is_reached(look, text):
    package = "from flows.util import scale as handed_on"
    files = {**PROJECT, "__init__": package, "stats": f"from volery import task\n{text}"}
    before = look(files)
    assert "constant flows.settings.FACTOR" in before
    after = look({**files, "util": UTIL.replace("x * ", "x / ")})
    assert len(changed(before, after)) == 1
    assert look(files) == before


def test_a_wrapper_around_the_tasks_function_counts(look):
    files = of_task("return x", "from flows.util import scale\ndef loud(f):\n    return f\n")
    files["stats"] = files["stats"].replace("@task\n", "@task\n@loud\n")
    edited = {**files, "stats": files["stats"].replace("return f\n", "return f and f\n")}
    assert changed(look(files), look(edited)) == {"function flows.stats.loud"}


def test_methods_of_an_inputs_class_count(look):
    model = "from dataclasses import dataclass\n@dataclass\nclass Net:\n    size: int = 1\n"
    method = "    def score(self) -> int:\n        return self.size + 1\n"
    files = {
        **PROJECT,
        "model": model + method,
        "stats": "from flows.model import Net\nfrom volery import task\n@task\n"
        "def mean(nets: list[Net]) -> int:\n    return sum(net.score() for net in nets)\n",
    }
    after = look({**files, "model": model + method.replace("+ 1", "+ 2")})
    assert changed(look(files), after) == {"class flows.model.Net"}


def test_names_of_the_functions_own_are_nobody_elses(look):
    body = "from math import pi\nfactor = pi\nreturn [factor for factor in [x]][0]"
    above = "factor = {}\n"
    assert (
        changed(look(of_task(body, above.format(1))), look(of_task(body, above.format(2)))) == set()
    )


def test_a_name_that_is_read_before_a_comprehension_shadows_it_counts(look):
    body, above = "return sum(v for v in v)", "v = [{}]\n"
    after = look(of_task(body, above.format(2)))
    assert changed(look(of_task(body, above.format(1))), after) == {"constant flows.stats.v"}


@pytest.mark.parametrize(
    "body",
    ["return x" + " + x" * 2000, "if x:\n    pass\n" + "elif x:\n    pass\n" * 500 + "return x"],
    ids=["sum", "elif"],
)
def test_code_may_be_nested_deeply(look, body):
    limit = sys.getrecursionlimit()
    files = of_task(body)
    after = look({**files, "stats": files["stats"].replace("pass", "x").replace("+ x", "- x")})
    assert changed(look(files), after) == {"function flows.stats.mean"}
    assert sys.getrecursionlimit() == limit


def test_functions_that_use_each_other_end(look):
    above = (
        "def even(n):\n    return n == 0 or odd(n - 1)\ndef odd(n):\n    return n and even(n - {})"
    )
    body = "return float(even(x))"
    after = look(of_task(body, above.format(2)))
    assert changed(look(of_task(body, above.format(1))), after) == {"function flows.stats.odd"}


def test_tasks_of_one_program_have_the_fingerprints_that_they_have_alone(look):
    above = (
        "def make(n):\n    def inner(x):\n        return x * n\n    return inner\n"
        "double, triple = make(2), make(3)\n"
        "@task\ndef other(x: float) -> float:\n    return triple(x)\n"
        "from volery import workflow\n"
    )
    files = of_task("return double(x)", above)
    files["stats"] += "@workflow\ndef both(x: float) -> float:\n    return other(x=mean(x=x))\n"
    alone = look(files)
    module = sys.modules["flows.stats"]
    tasks = {spec.name: spec for spec in fingerprinted(compile_entity(module.both)).bundle.tasks}
    assert {part.name: part.digest for part in tasks["flows.stats.mean"].fingerprint} == alone
    assert tasks["flows.stats.other"].fingerprint == fingerprint(module.other)


# -- constants -------------------------------------------------------------------------------------

VALUES = [
    "1", "1.0", "True", "None", "'1'", "b'1'", "1j", "...", "float('nan')", "2**70", "-0.0", "0.0",
    "[1]", "(1,)", "{1}", "frozenset({1})", "{'a': 1}", "{'a': 2}", "{'a': 1, 'b': 2}",
    "[[1], [2]]",
    "Path('a')", "date(2020, 1, 1)", "Decimal('1')", "Decimal('1.0')", "re.compile('a')",
    "re.compile('a', re.I)", "Colour.RED", "Colour.BLUE", "Point(1, 2)", "Point(1, 3)",
    "Pair(1, 2)", "Slots(1)", "Slots(2)", "range(3)", "slice(1)", "partial(len, 1)",
    "partial(len, 2)", "len", "Point", "lambda: 1", "lambda: 2", "[lambda: 1, lambda: 2]",
    "[lambda: 2, lambda: 1]", "math", "re",
    "array('d', [1.0])", "array('d', [2.0])", "threading.Lock()",
]  # fmt: skip
KINDS = """
import enum, math, re, threading
from array import array
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import NamedTuple

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

@dataclass
class Point:
    x: int
    y: int

class Pair(NamedTuple):
    x: int
    y: int

class Slots:
    __slots__ = ("x",)
    def __init__(self, x):
        self.x = x
"""


DEFINITIONS = frozenset({"len", "Point", "lambda: 1", "lambda: 2", "math", "re"})
"""Of the values: those that are no constants."""


def test_constants_count_by_their_value(look):
    names = {f"constant flows.stats.C{number}": text for number, text in enumerate(VALUES)}
    body = f"return [{', '.join(f'C{number}' for number in range(len(VALUES)))}]"
    above = KINDS + "".join(f"C{number} = {text}\n" for number, text in enumerate(VALUES))
    parts = look(of_task(body, above))
    found = {names[name]: digest for name, digest in parts.items() if name in names}
    assert set(VALUES) - set(found) == DEFINITIONS
    assert len(set(found.values())) == len(found)
    assert look(of_task(body, above)) == parts


def test_numpy_arrays_count_by_their_data(look):
    pytest.importorskip("numpy")
    above = "import numpy\nWEIGHTS = numpy.arange(6.0).reshape(2, 3){}\n"
    plain, same, copied, turned = (
        look(of_task("return WEIGHTS.sum() * x", above.format(more)))
        for more in ("", "", ".copy()", ".T")
    )
    assert changed(plain, same) == changed(plain, copied) == set()
    assert changed(plain, turned) == {"constant flows.stats.WEIGHTS"}


def test_an_object_that_cannot_be_pickled_counts_by_how_it_is_made(look):
    above = (
        "import threading\n"
        "class Pool:\n"
        "    def __init__(self, n):\n"
        "        self.lock = threading.Lock()\n"
        "POOL = Pool({})\n"
    )
    body = "with POOL.lock:\n    return x"
    after = look(of_task(body, above.format(2)))
    assert changed(look(of_task(body, above.format(1))), after) == {"constant flows.stats.POOL"}


def test_a_value_that_holds_itself_ends(look):
    above = "LOOP = [1]\nLOOP.append(LOOP)\n"
    assert "constant flows.stats.LOOP" in look(of_task("return float(LOOP[0])", above))


def test_a_constant_is_named_after_the_module_that_it_comes_from(look):
    files = of_task(
        "return x * F + G", "from flows import FACTOR as F\nfrom flows.settings import *\nG = 1"
    )
    files["__init__"] = "from flows.settings import FACTOR\n"
    assert set(look(files)) == {
        "function flows.stats.mean",
        "constant flows.settings.FACTOR",
        "constant flows.stats.G",
    }


def test_what_is_installed_does_not_count(look):
    body = "import statistics\nreturn statistics.mean([x]) + pi + float(loads('1'))"
    parts = look(of_task(body, "from math import pi\nfrom json import loads"))
    assert set(parts) == {"function flows.stats.mean"}


# -- programs --------------------------------------------------------------------------------------


@volery.task
def plain(x: int) -> int:
    return x


def test_a_program_is_done_once():
    program = compile_entity(plain)
    done = fingerprinted(program)
    assert fingerprinted(program) is done
    assert fingerprinted(done) is done
    assert program.bundle.tasks[0].fingerprint == ()
    assert done.bundle.tasks[0].fingerprint == fingerprint(plain)


# -- syntax ----------------------------------------------------------------------------------------

OURS = sorted(Path(volery.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("file", OURS[::4], ids=lambda file: file.stem)
def test_formatting_says_nothing(file: Path):
    tree = ast.parse(file.read_text())
    written_anew = ast.parse(ast.unparse(tree))
    assert read(written_anew) == read(tree)


@given(st.data())
def test_comments_and_empty_lines_say_nothing(data):
    text = f"{STATS}\n{UTIL}\n{KINDS}"
    lines = text.splitlines()
    at = data.draw(st.lists(st.integers(0, len(lines)), max_size=5))
    for place in sorted(at, reverse=True):
        lines.insert(place, data.draw(st.sampled_from(["", "# a remark", "        # another"])))
    assert read(ast.parse("\n".join(lines))) == read(ast.parse(text))


def test_digests_are_the_same_in_every_version_of_python(look):
    """The digests stand here, and the tests run on all versions."""
    above = KINDS + (
        "import functools\nNAMES = {'b', 'a'}\nHERE = Path('data') / 'x.csv'\n"
        "HALF = functools.partial(pow, 2)\nORIGIN = Point(0, 0)\nPLACE = Pair(1, 2)\n"
        "@functools.cache\ndef squares(n: int) -> list[int]:\n"
        "    return [i * i for i in range(n)]\n"
    )
    body = (
        'try:\n    match x:\n        case 1.0: return f"{x!r:>{3}}"\n        case _: pass\n'
        "finally:\n    del above\n"
        "return [NAMES, HERE, HALF, ORIGIN, PLACE, Colour.RED, squares(3), re.compile('a+')]"
    )
    parts = look(of_task(body, above))
    assert len(parts) == 10
    assert digest(repr(sorted(parts.items())).encode()) == "3a20c13a8d4b4938d5a7db192bb9d11f"
