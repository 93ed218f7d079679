"""Failures with the user's code around them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.services import flows_that_fail
from tests.services.conftest import ROOT
from tests.services.test_browsing import browsing_of, start

from volery.errors import NotFound
from volery.services.engine import Engine
from volery.services.failing import AROUND, Failing, Sources
from volery.services.packages import Packages
from volery.services.tracebacks import Call, last_of
from volery.wire.access import LOCAL, Identity

pytestmark = pytest.mark.keeps_running("the workers of the warm engine")


# -- tracebacks -------------------------------------------------------------------------------


def formatted(raises: Callable[[], object]) -> str:
    try:
        raises()
    except BaseException:  # noqa: BLE001 - whatever it is
        return traceback.format_exc()
    raise AssertionError


def inner(text: str) -> None:
    raise ValueError(text)


def chained() -> None:
    try:
        inner("first\nand more")
    except ValueError as error:
        raise KeyError("second") from error


def deep(depth: int) -> None:
    if depth == 0:
        inner("the end")
    deep(depth - 1)


def grouped() -> None:
    raise ExceptionGroup("several", [ValueError("a"), ValueError("b")])


def test_the_last_exception_is_told_with_its_frames():
    raised = last_of(formatted(chained))
    assert raised is not None
    assert raised.exception == "KeyError: 'second'"
    assert [(call.function, call.text) for call in raised.calls][-1] == (
        "chained",
        'raise KeyError("second") from error',
    )


def test_calls_of_itself_that_python_leaves_out_do_not_disturb():
    raised = last_of(formatted(lambda: deep(50)))
    assert raised is not None
    assert raised.calls[-1].function == "inner"
    assert raised.exception == "ValueError: the end"


def test_a_group_is_told_without_its_members():
    raised = last_of(formatted(grouped))
    assert raised is not None
    assert raised.exception == "ExceptionGroup: several (2 sub-exceptions)"
    assert [call.function for call in raised.calls][-1] == "grouped"


def test_code_that_is_none_is_no_frame():
    raised = last_of(formatted(lambda: compile("1 +", "some.py", "exec")))
    assert raised is not None
    assert raised.exception == "SyntaxError: invalid syntax"


@pytest.mark.parametrize("text", ["", "nothing", "Traceback", '  File "x", line 1, in y'])
def test_what_is_no_traceback_has_no_frames(text):
    assert last_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):",
        'Traceback (most recent call last):\n  File "',
        'Traceback (most recent call last):\n  File "x", line 99999999999, in y\nE: z',
        "Traceback (most recent call last):\n\n\n    ^^^^\n... 12 characters left out ...\n",
    ],
)
def test_what_has_been_cut_off_is_read_as_far_as_it_goes(text):
    raised = last_of(text)
    assert raised is not None
    assert raised.calls == ()


# -- sources ----------------------------------------------------------------------------------


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "train.py").write_text("".join(f"line_{n}\n" for n in range(1, 10)))
    (tmp_path / "secret.py").write_text("password = 1\n")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    return folder


def numbers(folder: Path, file: str, line: int, text: str) -> tuple[str, list[int]]:
    frame = Sources([folder]).frame(Call(file, line, "fit", text))
    return frame.file, [each.number for each in frame.lines]


def test_a_line_has_those_around_it_wherever_it_was_unpacked(code):
    everything = list(range(5 - AROUND, 6 + AROUND))
    for file in (str(code / "flows" / "train.py"), "/elsewhere/abc/flows/train.py"):
        assert numbers(code, file, 5, "line_5") == ("flows/train.py", everything)
    assert numbers(code, "flows/train.py", 1, "line_1")[1] == [1, 2, 3, 4]
    assert numbers(code, "flows/train.py", 9, "line_9")[1] == [6, 7, 8, 9]


def test_a_file_that_was_edited_since_is_not_shown(code):
    for line, text in ((5, "line_6"), (5, ""), (99, "line_5"), (0, "line_5")):
        assert numbers(code, "flows/train.py", line, text) == ("flows/train.py", [])


@pytest.mark.parametrize(
    "file",
    ["../secret.py", "{folder}/../secret.py", "{folder}/link.py", "/etc/passwd", "", "/", "a\0b"],
)
def test_nothing_outside_of_the_folder_is_read(code, file):
    asked = file.format(folder=code)
    assert numbers(code, asked, 1, "password = 1") == (asked, [])


# -- reports ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def failing(warm: Engine) -> Iterator[Failing]:
    with closing(warm.home.open()) as store:
        packages = Packages(warm.home, warm.storage)
        yield Failing(browsing_of(warm, store).sight, packages)


def test_a_report_shows_the_users_line(warm, failing):
    id = start(warm, flows_that_fail.dividing, {"x": 0}, import_root=ROOT)
    warm.drain(id)
    report = failing.report(LOCAL, id, "n0/n0", 0)
    assert report.exception == "ZeroDivisionError: division by zero"
    frame = report.frames[-1]
    assert (frame.file, frame.function) == ("tests/services/flows_that_fail.py", "divide")
    assert [each.text for each in frame.lines if each.number == frame.line] == [
        "    return 1 / x  # the line that is shown"
    ]
    assert len(frame.lines) > AROUND
    assert report.origin is None
    for path in ("", "n0"):
        above = failing.report(LOCAL, id, path, 0)
        assert above.frames == report.frames
        assert above.origin is not None
        assert (above.origin.execution, above.origin.path) == (id, "n0/n0")


def test_what_has_not_failed_has_no_report(warm, failing):
    id = start(warm, flows_that_fail.dividing, {"x": 1})
    warm.drain(id)
    for path in ("", "n0", "n9"):
        with pytest.raises(NotFound, match="not failed"):
            failing.report(LOCAL, id, path, 0)
    with pytest.raises(NotFound, match=f"no execution {id}"):
        failing.report(Identity("stranger", "admin", ("elsewhere",)), id, "", 0)
