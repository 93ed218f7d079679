"""`volery lineage`: from files, executions and digests to what has made and used them."""

from __future__ import annotations

from pathlib import Path

import pytest

FLOW = Path(__file__).parent / "flows" / "traced.py"
TEXT = "a text that is like no other"


@pytest.fixture
def made(volery) -> None:
    """Two executions: one has made a file of this text, one has taken such a file."""
    done = volery("run", FLOW, "making", "--text", TEXT, "--name", "maker")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def used(volery, made, tmp_path: Path) -> Path:
    file = tmp_path / "mine.txt"
    file.write_text(TEXT)
    done = volery("run", FLOW, "using", "--file", file, "--name", "user")
    assert done.returncode == 0, done.stderr
    return file


def test_a_file_leads_to_what_has_made_it(volery, used):
    done = volery("lineage", "mine.txt")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    made = next(line for line in lines if "made by maker/n0" in line)
    assert "made.txt (28 bytes)" in made
    assert "traced.write" in made
    taken = next(line for line in lines if "taken by maker " in line)
    assert taken.strip().startswith(f'text = "{TEXT}"')
    assert lines.index(made) < lines.index(taken)


def test_downstream_is_what_has_used_it(volery, used):
    done = volery("lineage", used, "--downstream")
    assert done.returncode == 0, done.stderr
    assert f"o0 = {len(TEXT)}  made by user/n0" in done.stdout


def test_an_execution_leads_to_others(volery_json, used):
    found = volery_json("lineage", "user")
    assert found["complete"]
    assert {use["execution"] for use in found["uses"]} == {"maker", "user"}
    uses = found["uses"]
    (last,) = [
        use for use in uses if (use["path"], use["execution"]) == ("n0", "user") and use["made"]
    ]
    assert last["entity"]["name"].endswith("traced.length")
    assert last["preview"] == str(len(TEXT))
    assert all(len(edge) == 2 for edge in found["edges"])
    by_digest = volery_json("lineage", last["digest"], "--depth", "1")
    assert {use["execution"] for use in by_digest["uses"]} >= {"user"}


def test_a_node_of_an_execution_may_be_named(volery_json, made):
    found = volery_json("lineage", "maker/n0", "--downstream")
    assert {use["path"] for use in found["uses"]} == {"n0", ""}


def test_a_folder_and_a_file_in_it_lead_to_what_has_made_them(volery, volery_json, tmp_path):
    done = volery("run", FLOW, "splitting", "--text", "one two", "--name", "splitter")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "copied"
    folder.mkdir()
    for number, word in enumerate(["one", "two"]):
        (folder / f"{number}.txt").write_text(word)
    for what, name in (("./copied", "o0"), ("copied/1.txt", "o0/1.txt")):
        found = volery_json("lineage", what)
        names = {use["name"] for use in found["uses"] if use["made"] and use["path"] == "n0"}
        assert name in names
        assert "text" in {use["name"] for use in found["uses"]}


def test_what_nothing_is_known_of_is_said(volery, made, tmp_path):
    (tmp_path / "other.txt").write_text("nobody has made this")
    for what in ("other.txt", "nowhere", "maker/n9", "0" * 64, "s3://bucket/key"):
        done = volery("lineage", what)
        assert done.returncode == 2, done.stdout
        assert what.partition("/")[2] or what in done.stderr


def test_it_says_when_there_is_more(volery, used):
    done = volery("lineage", "user", "--depth", "1")
    assert done.returncode == 0
    assert "there is more: --depth 2" in done.stderr
    assert volery("lineage", "user", "--depth", "0").returncode == 2
