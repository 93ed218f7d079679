"""Files and large values through the real command."""

from __future__ import annotations

from pathlib import Path

FLOW = Path(__file__).with_name("flows") / "content.py"


def test_a_path_becomes_a_file_and_what_comes_back_is_shown(volery, volery_json, tmp_path):
    (tmp_path / "rows.csv").write_text("x\n1\n2\n")
    done = volery("run", FLOW, "shop", "--table", "rows.csv", "--name", "mine", "--no-progress")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("o0 = file receipt.txt (7 bytes, ")
    assert "  3 rows" in lines
    assert "o1 = 3.30" in lines
    assert "o2 = (100,000 elements, 900 kB, stored)" in lines

    shown = volery("executions", "get", "mine").stdout
    assert "  table = file rows.csv (csv, 6 bytes, " in shown
    assert "  each = 1.10" in shown
    document = volery_json("executions", "get", "mine")
    assert document["inputs"]["table"]["name"] == "rows.csv"
    assert document["inputs"]["each"] == "1.10"
    assert document["outputs"]["o2"] == [float(each) for each in range(100_000)]


def test_a_file_that_is_missing_is_wrong_use_and_its_option_is_named(volery):
    done = volery("run", FLOW, "shop", "--table", "missing.csv", "--each", "1,10")
    assert done.returncode == 2
    assert "1. --table: expected a file, got 'missing.csv'" in done.stderr
    assert "2. --each: expected a decimal number (1.10), got '1,10'" in done.stderr


def test_the_help_says_where_a_file_is_expected(volery):
    shown = volery("run", FLOW, "shop", "--help").stdout
    assert "--table FILE" in shown
    assert "--each DECIMAL" in shown
