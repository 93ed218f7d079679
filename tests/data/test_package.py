"""Code packages: which files, the same archive everywhere, nothing that leads out of a folder."""

from __future__ import annotations

import gzip
import io
import os
import socket
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from volery.data.hashing import digest_of
from volery.data.ignore import Project
from volery.data.package import check, expand, pack, unpack
from volery.data.spool import Spool
from volery.errors import RegistrationError, StorageError

GOLDEN = "1a565fae0ecd2dc4cf94ebacb83a1175ad446adc47b7c799a7ccf55785a8212c"


def written(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def names(folder):
    return sorted(each.name for each in Project(folder).files())


def packed(folder, **options):
    target = io.BytesIO()
    return pack(folder, target, **options), target.getvalue()


def expanded(archive):
    spool = Spool(lambda: pytest.fail("it is small"))
    expand(io.BytesIO(archive), spool)
    return spool.held()


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), os.access(path, os.X_OK))
        for path in folder.rglob("*")
        if path.is_file()
    }


# -- which files ------------------------------------------------------------------------------


def test_what_is_no_code_is_left_out(tmp_path):
    left_out = [
        ".git/config",
        "a/__pycache__/m.cpython-311.pyc",
        "m.pyc",
        ".venv/bin/python",
        "ui/node_modules/x/index.js",
        ".env",
        ".env.local",
        "env/pyvenv.cfg",
        "env/lib/site.py",
        "cache/CACHEDIR.TAG",
        "cache/x",
        "home/volery.db",
    ]
    kept = ["flow.py", "a/__init__.py", "data/table.csv", ".gitignore"]
    written(tmp_path, dict.fromkeys([*left_out, *kept], ""))
    assert names(tmp_path) == sorted(kept)


def test_ignore_files_count_as_git_reads_them(tmp_path):
    files = {
        ".gitignore": "*.csv\n/only_here.txt\nbuild/\n",
        ".voleryignore": "!small.csv\nnotes/\n# words\n",
        "a/.gitignore": "!big.csv\nhere\n",
    }
    kept = [
        "flow.py",
        "small.csv",
        "a/big.csv",
        "a/only_here.txt",
        "b/here",
        "b/here.csv/small.csv",
    ]
    left_out = [
        "big.csv",
        "only_here.txt",
        "build/x.py",
        "a/build/small.csv",
        "notes/n.py",
        "a/here",
        "b/x.csv",
    ]
    written(tmp_path, files | dict.fromkeys([*kept, *left_out], ""))
    # A folder that is left out is not looked into, whatever is in it.
    assert names(tmp_path) == sorted([*files, *kept[:-1]])


@pytest.mark.parametrize(
    ("file", "why", "taken_back"),
    [
        ("local.py", "the line local*.py of .gitignore leaves it out", ("", "!/local.py")),
        ("a/own.py", "the line own.py of a/.voleryignore leaves it out", ("a/", "!/own.py")),
        ("a/lib/b/x.py", "the line lib/ of .gitignore leaves it out", ("", "!/a/lib/")),
        (".tox/x.py", ".tox/, which always counts, leaves it out", ("", "!/.tox/")),
        ("top.py", "the line /src/top.py of {above}/.gitignore leaves it out", ("", "!/top.py")),
    ],
)
def test_what_leaves_a_file_out_is_told_and_how_to_take_it_back(tmp_path, file, why, taken_back):
    written(tmp_path, {".git/HEAD": "", ".gitignore": "/src/top.py\n"})
    files = {".gitignore": "# mine\n\nlocal*.py\nlib/\n", "a/.voleryignore": "own.py\n"}
    folder = written(tmp_path / "src", {**files, file: ""})
    assert file not in names(folder)
    where, line = taken_back
    expected = (
        why.format(above=tmp_path),
        f"a line {line} in {where}.voleryignore takes it back",
    )
    assert Project(folder).left_out(file) == expected
    with (folder / f"{where}.voleryignore").open("a") as rules:
        rules.write(f"{line}\n")
    assert file in names(folder)


def test_a_file_may_be_left_out_for_what_is_beside_it(tmp_path):
    folder = written(tmp_path, {"env/pyvenv.cfg": "", "env/lib/x.py": "", "flow.py": ""})
    os.mkfifo(folder / "pipe.py")
    project = Project(folder)
    assert project.left_out("env/lib/x.py")[0] == "env/pyvenv.cfg marks a folder without code"
    assert project.left_out("pipe.py")[0] == "it is no regular file"


def test_what_is_built_in_can_be_taken_back(tmp_path):
    written(tmp_path, {".voleryignore": "!.env\n", ".env": "", "flow.py": ""})
    assert names(tmp_path) == [".env", ".voleryignore", "flow.py"]


def test_ignore_files_of_the_repository_count_below_it(tmp_path):
    written(tmp_path, {".git/HEAD": "", ".gitignore": "*.log\n/src/top\nlib/\n"})
    written(tmp_path / "src", {"flow.py": "", "a.log": "", "top": "", "a/top": "", "lib/x.py": ""})
    assert names(tmp_path / "src") == ["a/top", "flow.py"]


def test_ignore_files_above_what_is_no_repository_do_not_count(tmp_path):
    written(tmp_path, {".gitignore": "*.py\n", "src/flow.py": ""})
    assert names(tmp_path / "src") == ["flow.py"]


def test_a_folder_that_git_leaves_out_can_be_packed(tmp_path):
    written(tmp_path, {".git/HEAD": "", ".gitignore": "made/\n", "made/flow.py": ""})
    assert names(tmp_path / "made") == ["flow.py"]


def test_a_link_to_something_inside_counts_as_what_it_leads_to(tmp_path):
    written(tmp_path, {"a/x.py": "x", "flow.py": ""})
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "y.py").symlink_to(tmp_path / "a" / "x.py")
    assert names(tmp_path) == ["a/x.py", "b/x.py", "flow.py", "y.py"]


def test_links_that_lead_outside_nowhere_or_in_a_circle_are_refused_together(tmp_path):
    root = written(tmp_path / "root", {"flow.py": ""})
    (root / "outside").symlink_to(tmp_path)
    (root / "nowhere").symlink_to("gone")
    (root / "round").symlink_to(".")
    (root / "ignored").symlink_to("/etc")
    (root / ".gitignore").write_text("ignored\n")
    with pytest.raises(RegistrationError, match="nowhere, outside, round") as caught:
        names(root)
    assert ".voleryignore" in caught.value.hint


def test_what_is_no_file_is_left_out(tmp_path):
    written(tmp_path, {"flow.py": ""})
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
        assert names(tmp_path) == ["flow.py"]


def test_a_name_that_not_every_system_takes_is_refused(tmp_path):
    written(tmp_path, {"a\\b.py": ""})
    with pytest.raises(StorageError):
        names(tmp_path)


# -- packing ----------------------------------------------------------------------------------

parts = st.text("abcxyz0189_-. é", min_size=1, max_size=8).filter(
    lambda part: part.strip(". ") == part
)
files = st.dictionaries(
    st.lists(parts, min_size=1, max_size=3).map("/".join),
    st.tuples(st.binary(max_size=2000), st.booleans()),
    min_size=1,
    max_size=6,
)


@settings(max_examples=50)
@given(files)
def test_what_is_packed_comes_out_again(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("project")
    for name, (content, executable) in files.items():
        path = folder / name
        if any(parent.is_file() for parent in path.parents) or path.is_dir():
            continue  # it cannot be beside another of these
        written(folder, {name: content})
        path.chmod(0o755 if executable else 0o644)
    made, archive = packed(folder)
    whole = expanded(archive)
    assert (made.digest, made.size) == (digest_of(whole), len(whole))
    check(io.BytesIO(whole))
    target = tmp_path_factory.mktemp("target")
    unpack(io.BytesIO(whole), target)
    as_read = {name: content for name, (content, _) in contents(folder).items()}
    assert {name: content for name, (content, _) in contents(target).items()} == as_read
    modes = {name: (target / name).stat().st_mode & 0o777 for name in as_read}
    assert modes == {
        name: 0o555 if (folder / name).stat().st_mode & 0o100 else 0o444 for name in as_read
    }
    assert made.files == len(as_read)


def test_a_package_is_the_same_everywhere(tmp_path):
    """On every machine and with every Python: stored packages are known by this digest."""
    long = "/".join(["a_folder_with_a_long_name"] * 8) + "/module.py"
    files = {"flow.py": "x = 1\n", "b/é.py": "", long: "y = 2\n", "run.sh": "#!/bin/sh\n"}
    written(tmp_path, files)
    (tmp_path / "run.sh").chmod(0o700)
    os.utime(tmp_path / "flow.py", (1, 1))
    made, _ = packed(tmp_path)
    assert made == (GOLDEN, 10240, 4)


def test_times_and_rights_of_others_do_not_count(tmp_path):
    written(tmp_path, {"flow.py": "x"})
    before, _ = packed(tmp_path)
    os.utime(tmp_path / "flow.py", (5, 5))
    (tmp_path / "flow.py").chmod(0o600)
    assert packed(tmp_path)[0] == before
    (tmp_path / "flow.py").chmod(0o700)
    assert packed(tmp_path)[0] != before


def test_a_package_that_is_too_large_names_its_largest_files(tmp_path):
    sizes = {f"data/{size}.bin": b"0" * size for size in (900_000, 800_000, 3)}
    written(tmp_path, {"flow.py": "", **sizes})
    with pytest.raises(RegistrationError) as caught:
        packed(tmp_path, most=1_000_000)
    lines = caught.value.message.splitlines()
    assert lines[0].startswith("the package has 1.7 MB, and 1.0 MB are allowed")
    assert [line.split()[-1] for line in lines[1:3]] == ["data/900000.bin", "data/800000.bin"]
    assert ".voleryignore" in caught.value.hint


def test_an_empty_package_is_refused(tmp_path):
    written(tmp_path, {"a/m.pyc": ""})
    with pytest.raises(RegistrationError, match="has no files"):
        packed(tmp_path)


@pytest.mark.parametrize("folder", ["/", "~"])
def test_nobodys_whole_disk_is_packed(folder):
    with pytest.raises(RegistrationError, match="no folder of a project"):
        packed(Path(folder).expanduser())


# -- what comes from outside ------------------------------------------------------------------


def tar(*members: tarfile.TarInfo) -> io.BytesIO:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for each in members:
            archive.addfile(each, io.BytesIO(b"x" * each.size))
    made.seek(0)
    return made


def member(name, type=tarfile.REGTYPE, **fields):
    info = tarfile.TarInfo(name)
    info.type = type
    for field, value in fields.items():
        setattr(info, field, value)
    return info


EVIL = {
    "absolute": [member("/etc/passwd")],
    "upwards": [member("a/../../b")],
    "dots": [member("..")],
    "here": [member("./a")],
    "backslash": [member("a\\b")],
    "symbolic link": [member("a", tarfile.SYMTYPE, linkname="/etc/passwd")],
    "hard link": [member("a", tarfile.LNKTYPE, linkname="/etc/passwd")],
    "device": [member("a", tarfile.CHRTYPE)],
    "pipe": [member("a", tarfile.FIFOTYPE)],
    "folder": [member("a", tarfile.DIRTYPE)],
    "twice": [member("a"), member("a")],
    "file and folder": [member("a"), member("a/b")],
    "folder and file": [member("a/b"), member("a")],
    "long": [member("a" * 300)],
}


@pytest.mark.parametrize("members", EVIL.values(), ids=EVIL.keys())
def test_what_could_lead_out_of_a_folder_is_refused(members, tmp_path):
    with pytest.raises(RegistrationError):
        check(tar(*members))
    with pytest.raises((RegistrationError, StorageError)):
        unpack(tar(*members), tmp_path / "there")


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr("volery.data.package.MOST_FILES", 2)
    with pytest.raises(RegistrationError, match="more than 2 files"):
        check(tar(member("a"), member("b"), member("c")))


WHOLE = gzip.compress(b"x" * 9000, mtime=0)


@pytest.mark.parametrize(
    "archive",
    [b"", b"no archive", WHOLE[:-20], WHOLE[:20]],
    ids=["nothing", "no archive", "cut at its end", "cut at its head"],
)
def test_what_is_no_archive_is_refused(archive):
    def both():
        check(io.BytesIO(expanded(archive)))

    with pytest.raises(RegistrationError):
        both()


def test_what_expands_beyond_the_limit_is_stopped_there(tmp_path):
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    spool = Spool(lambda: tmp_path / "spooled")
    try:
        with pytest.raises(RegistrationError, match="are allowed"):
            expand(io.BytesIO(bomb), spool, most=1_000_000)
        assert spool.size < 60_000_000
    finally:
        spool.discard()
