"""What is different in the text of a file, as the web UI shows it between two versions."""

from __future__ import annotations

import pytest

from volery.services.edits import LONGEST, MOST_LINES, edit_of
from volery.services.packages import FileChange


@pytest.fixture
def edited(tmp_path):
    """Writes both states of a file, of which None is none, and tells what is different."""

    def told(before, now):
        paths = [tmp_path / "before.py", tmp_path / "now.py"]
        for path, content in zip(paths, (before, now), strict=True):
            if content is not None:
                path.write_bytes(content)
        there = [path if path.exists() else None for path in paths]
        return edit_of(FileChange("flow.py", *there))

    return told


def test_lines_that_are_other_ones_are_told_with_those_around_them(edited):
    edit = edited(b"a\nb\nc\n", b"a\nB\nc\n")
    assert (edit.path, edit.change, edit.complete) == ("flow.py", "changed", True)
    assert edit.lines == ("@@ -1,3 +1,3 @@", " a", "-b", "+B", " c")


@pytest.mark.parametrize(
    ("before", "now", "change", "lines"),
    [
        (None, b"x = 1\n", "added", ("@@ -0,0 +1 @@", "+x = 1")),
        (b"x = 1\n", None, "removed", ("@@ -1 +0,0 @@", "-x = 1")),
    ],
)
def test_a_file_that_is_new_or_gone_is_told_whole(edited, before, now, change, lines):
    edit = edited(before, now)
    assert (edit.change, edit.lines) == (change, lines)


@pytest.mark.parametrize("now", [b"\0binary", b"\xff\xfe", b"x" * (LONGEST + 1)])
def test_what_is_no_text_or_too_long_has_no_lines(edited, now):
    edit = edited(b"a\n", now)
    assert (edit.change, edit.lines) == ("changed", ())


def test_of_very_many_lines_the_first_are_told(edited):
    edit = edited(None, b"x\n" * (2 * MOST_LINES))
    assert (len(edit.lines), edit.complete) == (MOST_LINES, False)
