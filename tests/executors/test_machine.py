from __future__ import annotations

import fcntl
import subprocess
import sys

import pytest

from volery.executors import capacity
from volery.executors.capacity import processors, this_machine
from volery.executors.machine import Machine, Share, SharedMachine
from volery.ir.policy import Request

GIB = 1024**3
WHOLE = Share(4.0, 8 * GIB, ("0", "1", "2"))


def owned(folder, name):
    """The locked file of an owner, which has to be kept."""
    file = (folder / name).open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


@pytest.fixture(params=["alone", "shared"])
def machine(request, tmp_path):
    if request.param == "alone":
        yield Machine(WHOLE)
    else:
        with owned(tmp_path, "me"):
            yield SharedMachine(tmp_path, "me", WHOLE)


def test_what_was_taken_is_not_free(machine):
    assert machine.take(Request(cpu=3, mem=2 * GIB, gpu=2)) == Share(3.0, 2 * GIB, ("0", "1"))
    assert machine.free() == Share(1.0, 6 * GIB, ("2",))
    assert machine.take(Request(cpu=2)) is None
    assert machine.take(Request(mem=7 * GIB)) is None
    assert machine.take(Request(gpu=2)) is None
    assert machine.take(Request(cpu=0.5, gpu=1)) == Share(0.5, 0, ("2",))


def test_what_was_given_back_is_free(machine):
    share = machine.take(Request(cpu=4, mem=8 * GIB, gpu=3))
    machine.give_back(share)
    assert machine.take(Request(cpu=4, mem=8 * GIB, gpu=3)) == share


def test_the_same_devices_are_taken_again_or_none(machine):
    share = machine.take(Request(cpu=1, gpu=1))
    machine.give_back(share)
    other = machine.take(Request(cpu=1, gpu=1))
    assert other == share
    assert not machine.take_again(share)
    machine.give_back(other)
    assert machine.take_again(share)


def test_parts_of_processors_add_up(machine):
    assert all(machine.take(Request(cpu=0.1)) for _ in range(40))
    assert machine.take(Request(cpu=0.1)) is None


def test_a_work_that_says_nothing_of_processors_counts_as_one(machine):
    assert [bool(machine.take(Request(mem=1))) for _ in range(5)] == [True] * 4 + [False]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request(cpu=4.5), "4.5 processors, and the machine has 4"),
        (Request(mem=16 * GIB), "16.0 GiB of memory, and the machine has 8.0 GiB"),
        (Request(gpu=4), "4 GPUs, and the machine has 3"),
        (Request(cpu=4, mem=8 * GIB, gpu=3), ""),
    ],
)
def test_what_is_too_much_is_said_with_both_numbers(machine, request_, words):
    assert machine.lacks(request_) == words


def test_a_machine_without_devices_says_so():
    assert Machine(Share(1.0)).lacks(Request(gpu=1)) == "1 GPUs, and the machine has none"


# -- several processes ----------------------------------------------------------------------------


def test_what_others_took_is_not_free(tmp_path):
    with owned(tmp_path, "a"), owned(tmp_path, "b"):
        a, b = (SharedMachine(tmp_path, name, WHOLE) for name in "ab")
        share = a.take(Request(cpu=3, gpu=2))
        assert b.free() == Share(1.0, 8 * GIB, ("2",))
        assert b.take(Request(cpu=2)) is None
        assert b.take(Request(cpu=1, gpu=1)).gpus == ("2",)
        a.give_back(share)
        assert b.take(Request(cpu=3, gpu=2)) == Share(3.0, 0, ("0", "1"))


def test_what_the_dead_took_is_free(tmp_path):
    with owned(tmp_path, "b"):
        with owned(tmp_path, "a"):
            SharedMachine(tmp_path, "a", WHOLE).take(Request(cpu=4))
        assert SharedMachine(tmp_path, "b", WHOLE).take(Request(cpu=4))


def test_an_owner_that_took_nothing_does_not_count(tmp_path):
    with owned(tmp_path, "a"), owned(tmp_path, "b"):
        assert SharedMachine(tmp_path, "b", WHOLE).free() == WHOLE


def test_nothing_is_taken_while_somebody_else_takes_something(tmp_path):
    with owned(tmp_path, "a"):
        machine = SharedMachine(tmp_path, "a", WHOLE)
        with machine._alone():
            assert SharedMachine(tmp_path, "a", WHOLE).take(Request(cpu=1)) is None
        assert machine.take(Request(cpu=1))


def test_an_entry_that_is_just_being_written_counts_as_everything(tmp_path):
    with owned(tmp_path, "a") as file, owned(tmp_path, "b"):
        file.write('{"cpu":3')
        file.flush()
        assert SharedMachine(tmp_path, "b", WHOLE).take(Request(cpu=1)) is None


TAKER = """
import fcntl, pathlib, sys
from volery.executors.machine import Share, SharedMachine
from volery.ir.policy import Request

folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
file = (folder / name).open("w")
fcntl.flock(file, fcntl.LOCK_EX)
machine = SharedMachine(folder, name, Share(3.0))
sys.stdin.readline()
shares = []
for turn in range(300):
    if share := machine.take(Request(cpu=1)):
        shares.append(share)
        free = machine.free().cpu
        print("over" if free < 0 else "taken", flush=True)
    if shares and (turn % 2 or len(shares) > 1):
        machine.give_back(shares.pop())
"""


def test_processes_never_take_more_than_there_is(tmp_path):
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, tmp_path, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(3)
    ]
    for taker in takers:
        taker.stdin.write(b"go\n")
        taker.stdin.flush()
    said = [taker.communicate()[0].split() for taker in takers]
    assert all(taker.returncode == 0 for taker in takers)
    assert all(said)
    assert {word for words in said for word in words} == {b"taken"}


# -- what there is --------------------------------------------------------------------------------


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """A function that writes files of control groups, and says which one this process is in."""
    monkeypatch.setattr(capacity, "_GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(capacity, "_OWN_GROUPS", tmp_path / "own")

    def write(own, **files):
        (tmp_path / "own").write_text(own)
        for name, text in files.items():
            path = tmp_path / "cgroup" / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return write


def test_without_limits_all_of_the_machine_counts(groups):
    groups("0::/\n")
    assert this_machine().cpu == processors() >= 1
    assert this_machine().mem > 0


def test_the_narrowest_limit_of_the_groups_counts(groups):
    groups(
        "1:cpu:/elsewhere\n0::/pod/box\n",
        memory_dot_max="max\n",
        pod__memory_dot_max="2000\n",
        pod__box__memory_dot_max="3000\n",
        pod__cpu_dot_max="50000 100000\n",
    )
    assert (this_machine().mem, this_machine().cpu) == (2000, 0.5)


def test_the_older_kind_of_groups_limits_memory_too(groups):
    groups("4:memory:/box\n0::/\n", memory__box__memory_dot_limit_in_bytes="12345\n")
    assert this_machine().mem == 12345


def test_more_workers_than_processors_count_as_processors():
    assert this_machine(1000).cpu == 1000
    assert this_machine(1).cpu == processors()


@pytest.mark.parametrize(
    ("visible", "devices"),
    [("0,2", ("0", "2")), ("GPU-12ab", ("GPU-12ab",)), ("", ()), ("-1", ())],
)
def test_visible_devices_are_those_of_the_variable(monkeypatch, visible, devices):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert this_machine().gpus == devices


def test_without_the_variable_the_files_of_devices_count(monkeypatch, tmp_path):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(capacity, "_DEVICES", tmp_path)
    for name in ("nvidia10", "nvidia2", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert this_machine().gpus == ("2", "10")
