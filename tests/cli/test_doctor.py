"""`volery doctor`."""

from __future__ import annotations


def test_everything_is_there(volery_json):
    found = {check["name"]: check for check in volery_json("doctor")}
    assert {"python", "home", "disk", "database", "storage", "workers"} <= found.keys()
    assert all(check["ok"] for check in found.values())
    assert found["workers"]["detail"] == "start and answer"


def test_a_damaged_database_is_found_and_what_to_do_is_said(volery, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "volery.db").write_bytes(b"this is no database, and never was one" * 100)
    done = volery("doctor", "--home", home)
    assert done.returncode == 1
    assert "no  database: " in done.stdout
    assert "is not a database" in done.stdout
    assert "hint: choose another folder" in done.stdout


def test_a_storage_that_cannot_be_reached_is_found(volery, tmp_path):
    (tmp_path / "file").touch()
    done = volery("doctor", "--storage", (tmp_path / "file" / "below").as_uri())
    assert done.returncode == 1
    assert "no  storage: " in done.stdout


def test_a_home_that_cannot_be_made_is_found(volery, tmp_path):
    (tmp_path / "file").touch()
    done = volery("doctor", "--home", tmp_path / "file" / "home")
    assert done.returncode == 1
    assert "no  home: " in done.stdout


def test_content_that_was_found_damaged_is_named(volery, volery_json, tmp_path):
    (tmp_path / "flow.py").write_text(
        "from volery import task\n\n@task\ndef long(n: int) -> list[str]:\n"
        "    return [str(at) * 20 for at in range(n)]\n"
    )
    home = tmp_path / "home"
    volery_json("run", "flow.py", "long", "--n", 5_000, "--home", home)
    (index, *_) = sorted(home.glob("blobs/*/*"), key=lambda path: path.stat().st_size)
    index.chmod(0o644)
    index.write_bytes(b"x" * index.stat().st_size)
    assert volery("doctor", "--home", home).returncode == 0
    swept = volery_json("retain", "--older-than", "1d", "--yes", "--home", home)
    assert len(swept["storage"]["damaged"]) == 1
    done = volery("doctor", "--home", home)
    assert done.returncode == 1
    (damaged,) = swept["storage"]["damaged"]
    assert f"1 object was damaged: {damaged}" in done.stdout
    assert "hint: take them from a backup" in done.stdout
