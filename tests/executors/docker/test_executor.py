from __future__ import annotations

import os
import re
import signal
import stat
import time
from contextlib import suppress
from pathlib import Path
from threading import Event

import msgspec
import pytest
from tests.executors.docker.tasks import command, on, shell
from tests.servers.docker import BARE, PYTHON
from tests.servers.registry import registry

from volery.data.places import path_of
from volery.errors import Unavailable
from volery.executors.base import Printed, Started
from volery.executors.docker.api import Api
from volery.executors.docker.engine import Engine, Listed
from volery.executors.docker.frames import seconds
from volery.executors.docker.runs import PULLS, Runs
from volery.executors.docker.steps import STALE
from volery.ir.placement import Placement
from volery.ir.policy import Request
from volery.ir.work import Result
from volery.testing.conformance.executor_tasks import (
    SECRET,
    TIMEOUT,
    again,
    code,
    double,
    entrusted,
    grow,
    hang,
    heard,
    listen,
    output,
    results,
    run,
    speak_and_last,
    text,
    until_printed,
    until_started,
    use_secret,
    work,
)

restarts = pytest.mark.keeps_running("the engine, which belongs to a fixture, is started anew")


def until(condition):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.02)  # nobody tells when the engine has done something


def inspected(docker):
    (container,) = docker.containers()
    return docker.get(f"/containers/{container}/json")


def resident():
    """Megabytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def running(docker, executor, target):
    """Launch a work; what the engine says about its container when it runs."""
    executor.launch([target])
    until_started(executor, target)
    return inspected(docker)


# --- attempts that outlive their engine ----------------------------------------------------------


def test_an_attempt_that_ended_while_nobody_watched_is_not_run_again(start, docker):
    target = work(double, x=4)
    first = start()
    first.launch([target])
    until(docker.containers)
    first.close()
    until(lambda: not inspected(docker)["State"]["Running"])
    ended = seconds(inspected(docker)["State"]["FinishedAt"])
    (result,) = run(start(), [again(target)])
    assert output(result) == 8
    assert result.started <= result.ended <= ended


def test_what_an_attempt_printed_while_nobody_watched_is_read(start, docker):
    """An attempt that had left its outcome was taken as it was, and what it printed was lost."""
    target = work(speak_and_last, text="so far", seconds=0.0)
    first = start()
    first.launch([target])
    until(docker.containers)
    first.close()
    until(lambda: not inspected(docker)["State"]["Running"])
    second, later = start(), again(target)
    second.launch([later])
    (told,) = heard(second, [later])
    assert told.result.failure is None
    assert text(told.records, "stdout") == "so far\n"


def test_of_two_engines_that_launch_an_attempt_none_runs_it_twice(start, docker):
    target = work(speak_and_last, text="once", seconds=0.5)
    one, other = start(), start()
    one.launch([target])
    other.launch([target])
    assert [results(each, [target])[0].failure for each in (one, other)] == [None, None]
    assert one.poll(0) == other.poll(0) == []


def test_a_container_that_nobody_asks_for_is_removed(start, docker):
    first = start()
    running(docker, first, work(hang))
    first.close()
    asked = []

    def wanted(*attempt):
        asked.append(attempt)
        return len(asked) < 3

    start(wanted=wanted, orphans=0.1)
    until(lambda: not docker.containers())
    assert len(asked) == 3
    assert {attempt[2] for attempt in asked} == {1}


def test_a_container_that_stays_and_was_never_started_is_removed(start, docker):
    """It was taken for one that runs, and stayed for ever."""
    labels = {"volery.server": "tests", "volery.host": "some"}
    docker.ask("POST", "/containers/create", {"Image": BARE, "Labels": labels})
    executor = start(orphans=0.1)
    run(executor, [work(double, x=1)])
    until(lambda: not docker.containers())


def test_the_containers_of_others_are_left_alone(start, docker):
    described = {"Image": BARE, "Labels": {"volery.server": "another"}}
    docker.ask("POST", "/containers/create", described)
    executor = start(orphans=0.0)
    run(executor, [work(double, x=1)])
    until(lambda: len(docker.containers()) == 1)


def test_what_was_laid_out_for_containers_that_are_gone_is_removed_in_time(start, tmp_path):
    for name, age in (("old", STALE + 60), ("new", STALE - 60)):
        folder = tmp_path / "docker" / name
        (folder / "secrets").mkdir(parents=True)
        os.utime(folder, (time.time() - age,) * 2)
    start()
    until(lambda: [each.name for each in (tmp_path / "docker").iterdir()] == ["new"])


# --- engines that are away -----------------------------------------------------------------------


@restarts
def test_an_engine_that_is_killed_and_comes_back_loses_nothing(start, docker):
    executor = start()
    lasting = work(speak_and_last, text="so far", seconds=3.0)
    executor.launch([lasting])
    before = until_printed(executor, lasting)  # the engine loses what it holds when it is killed
    docker.stop(signal.SIGKILL)
    late = work(double, x=3)
    executor.launch([late])
    docker.start()
    first, second = heard(executor, [lasting, late])
    assert first.result.failure is None
    assert text([*before, *first.records], "stdout") == "so far\n"
    assert output(second.result) == 6


@restarts
def test_what_waits_for_an_engine_that_stays_away_fails_and_says_so(start, docker):
    executor = start(patience=0.5)
    docker.stop()
    try:
        (result,) = run(executor, [work(double, x=1)])
    finally:
        docker.start()
    assert code(result) == "DockerAway"
    assert result.failure
    assert "cannot be reached" in result.failure.message


@restarts
def test_an_abort_does_not_wait_for_an_engine_that_is_away(start, docker):
    executor = start(orphans=0.1)
    stuck = work(hang)
    running(docker, executor, stuck)
    docker.stop()
    try:
        executor.abort([stuck.id])
        assert code(results(executor, [stuck])[0]) == "Aborted"
    finally:
        docker.start()
    until(lambda: not docker.containers())


@restarts
def test_signals_that_an_engine_never_takes_do_not_end_the_executor(start, docker, monkeypatch):
    """The second one that failed ended its thread, and with it all that was launched later."""
    signals = []

    def counted(self, id, name, real=Engine.kill):
        signals.append(name)
        real(self, id, name)

    monkeypatch.setattr(Engine, "kill", counted)
    executor = start(image="", grace=0.05, orphans=0.1)
    stuck = on(PYTHON, work(hang))
    running(docker, executor, stuck)
    os.kill(int((docker.folder / "pid").read_text()), signal.SIGSTOP)  # it does not answer
    try:
        executor.abort([stuck.id])
        until(lambda: len(signals) > 2)
    finally:
        docker.stop(signal.SIGKILL)
        docker.start()
    assert code(results(executor, [stuck])[0]) == "Aborted"
    until(lambda: not docker.containers())
    (later,) = run(executor, [work(double, x=4)])
    assert code(later) == "NoImage"  # as it says, and needs no engine


def test_after_a_fault_of_its_own_an_executor_keeps_nobody_waiting(start):
    executor = start()
    executor._loop.call(lambda: 1 // 0)
    for _ in range(2):
        assert code(run(executor, [work(double, x=1)])[0]) == "ExecutorFault"


# --- news at the wrong moment --------------------------------------------------------------------


@pytest.fixture
def looked_at(monkeypatch, docker):
    """A function that has a container be taken for one that has ended, though it runs.

    Something is done between the look at it and the news that it runs.
    """
    monkeypatch.setattr("volery.executors.docker.runs.QUIET", 0.0)

    def look(executor, target, meanwhile):
        done = Event()

        def inspect(self, id, real=Engine.inspect):
            found = real(self, id)
            if not done.is_set():
                assert found is not None
                assert found.state.status == "running"
                meanwhile()
                done.set()
            return found

        found = running(docker, executor, target)
        monkeypatch.setattr(Engine, "inspect", inspect)
        listed = Listed(found["Id"], (found["Name"],), state="created")  # a list from before
        executor._loop.call(lambda: executor._runs._listed([listed]))
        until(done.is_set)

    return look


def calls(monkeypatch, name):
    """Whether a method of the attempts under way has been called."""
    called = Event()

    def noted(*arguments, real=getattr(Runs, name)):
        real(*arguments)
        called.set()

    monkeypatch.setattr(Runs, name, noted)
    return called.is_set


def test_a_container_that_ends_while_it_is_looked_at_has_ended(
    start, docker, monkeypatch, looked_at
):
    """Its end was heard and forgotten: the attempt never ended."""
    is_told = calls(monkeypatch, "_died")
    target, executor = on(BARE, shell("sleep 1000")), start()

    def end():
        (container,) = docker.containers()
        docker.ask("POST", f"/containers/{container}/kill")
        until(is_told)

    looked_at(executor, target, end)
    assert code(results(executor, [target])[0]) == "Killed"


def test_an_abort_while_a_container_is_looked_at_stops_it(start, monkeypatch, looked_at):
    """It was forgotten, and the attempt went on."""
    is_told = calls(monkeypatch, "stop")
    target, executor = on(BARE, shell("sleep 1000")), start()

    def abort():
        executor.abort([target.id])
        until(is_told)

    looked_at(executor, target, abort)
    assert code(results(executor, [target])[0]) == "Aborted"


def test_the_log_of_a_container_that_runs_after_all_is_read_on(start, tmp_path, looked_at):
    script = "while ! test -e /data/go; do sleep 0.1; done; echo at last"
    target = on(BARE, shell(script))
    executor = start(volumes=(f"{tmp_path}:/data",))
    looked_at(executor, target, lambda: None)
    (tmp_path / "go").touch()
    (told,) = heard(executor, [target])
    assert text(told.records, "stdout") == "at last\n"


@restarts
def test_what_is_printed_before_an_engine_is_heard_again_is_read(
    start, docker, tmp_path, monkeypatch
):
    """A container that had ended by then was removed with what it had printed."""
    monkeypatch.setattr("volery.executors.docker.runs.AGAIN", TIMEOUT)  # no log is back before
    script = "echo before; while ! test -e /data/go; do sleep 0.1; done; echo then"
    target = on(BARE, shell(script))
    executor = start(volumes=(f"{tmp_path}:/data",))
    executor.launch([target])
    before = until_printed(executor, target)

    def ended(self, label, real=Engine.list):
        real(self, label)  # it is back
        (tmp_path / "go").touch()
        until(lambda: not inspected(docker)["State"]["Running"])
        return real(self, label)

    docker.stop()
    monkeypatch.setattr(Engine, "list", ended)
    docker.start()
    (told,) = heard(executor, [target])
    assert text([*before, *told.records], "stdout") == "before\nthen\n"


def test_without_an_engine_it_does_not_open(start):
    with pytest.raises(Unavailable, match=r"no\.sock cannot be reached"):
        start(host="unix:///tmp/no.sock")


def test_a_container_that_somebody_removes_is_a_failure_of_the_system(start, docker):
    executor = start()
    stuck = work(hang)
    running(docker, executor, stuck)
    docker.clear()
    (result,) = results(executor, [stuck])
    assert code(result) in ("ContainerDeleted", "WorkerCrashed")  # the engine kills it before
    assert result.failure
    assert result.failure.kind == "SYSTEM"


# --- images --------------------------------------------------------------------------------------


@pytest.fixture
def registered():
    with registry() as started:
        yield started


def test_an_image_is_pulled_once_for_all_that_wait_for_it(start, docker, registered):
    executor = start()
    works = [on(registered.image(), shell("true")) for _ in range(3)]
    executor.launch(works)
    events = []
    while len(events) < 3:
        events += executor.poll(1.0)
    assert {each.records[0].text for each in events} == {f"pulling {registered.image()}"}
    assert all(isinstance(each, Printed) for each in events)
    registered.open.set()
    told = heard(executor, works)
    assert [each.result.failure for each in told] == [None] * 3
    assert all(each.records[-1].text.startswith("pulled ") for each in told)
    assert registered.asked["/v2/shell/manifests/1"] <= 2  # whether it is there, and then itself
    until(lambda: not docker.containers())  # else their layers stay
    docker.ask("DELETE", f"/images/{registered.image()}?force=1")


def test_an_image_that_was_removed_is_pulled_again(start, docker, registered):
    """It had been pulled once, and every later attempt failed: there was no such image."""
    registered.open.set()
    executor = start()
    for _ in range(2):
        assert run(executor, [on(registered.image(), shell("true"))])[0].failure is None
        until(lambda: not docker.containers())
        docker.ask("DELETE", f"/images/{registered.image()}?force=1")


def test_an_image_that_goes_as_often_as_it_is_pulled_is_given_up(
    start, docker, registered, monkeypatch
):
    def tidied(self, *arguments, real=Engine.create):
        with suppress(RuntimeError):  # it is not here
            docker.ask("DELETE", f"/images/{registered.image()}?force=1")
        return real(self, *arguments)

    monkeypatch.setattr(Engine, "create", tidied)
    registered.open.set()
    (result,) = run(start(), [on(registered.image(), shell("true"))])
    assert code(result) == "ImageNotFound"
    assert f"was pulled {PULLS} times, and is not here" in result.failure.message


@restarts
def test_a_pull_that_the_end_of_the_engine_breaks_off_begins_again(start, docker, registered):
    """It was taken for one that was over."""
    executor = start()
    target = on(registered.image(), shell("true"))
    executor.launch([target])
    until(lambda: sum("/blobs/" in path for path in list(registered.asked)) == 2)  # and it waits
    docker.stop(signal.SIGKILL)
    docker.start()
    registered.open.set()
    assert results(executor, [target])[0].failure is None
    until(lambda: not docker.containers())
    docker.ask("DELETE", f"/images/{registered.image()}?force=1")


def test_an_abort_while_its_image_is_pulled_does_not_wait_for_it(start, registered):
    executor = start()
    target = on(registered.image(), shell("true"))
    executor.launch([target])
    until(lambda: executor.poll(0.1))
    executor.abort([target.id])
    assert code(results(executor, [target])[0]) == "Aborted"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nothing:1", "ImageNotFound"),
        ("secret:1", "RegistryRefused"),
        ("Upper:1", "ImageInvalid"),
    ],
)
def test_why_an_image_does_not_come_is_told(start, registered, image, expected):
    (result,) = run(start(), [on(registered.image(image), shell("true"))])
    assert code(result) == expected
    assert result.failure
    assert "hint:" in result.failure.message


def test_a_registry_that_does_not_answer_may_answer_later(start):
    (result,) = run(start(), [on("127.0.0.1:9/shell:1", shell("true"))])
    assert code(result) == "RegistryAway"
    assert result.failure
    assert result.failure.retryable


def test_a_registry_that_says_nothing_any_more_is_given_up_in_time(start, registered):
    """It was waited for without an end."""
    (result,) = run(start(patience=0.5), [on(registered.image(), shell("true"))])
    assert code(result) == "RegistryAway"
    assert result.failure
    assert result.failure.retryable


def test_an_image_that_is_never_pulled_has_to_be_here(start):
    (result,) = run(start(pull="never"), [on("volery-test/none:1", shell("true"))])
    assert code(result) == "ImageNotFound"


def test_a_task_without_an_image_says_how_to_name_one(start):
    (result,) = run(start(image=""), [work(double, x=1)])
    assert code(result) == "NoImage"
    assert result.failure
    assert "container_image=" in result.failure.message


def test_an_image_without_python_is_told(start):
    (result,) = run(start(), [on(BARE, work(double, x=1))])
    assert code(result) == "ImageWithoutPython"


def test_a_python_that_is_called_python3_only_is_found(start, docker):
    """So it is on Debian; only pods found it."""
    image = "volery-test/python3:1"
    docker.alter(PYTHON, image, "rm /opt/venv/bin/python")
    (result,) = run(start(), [on(image, work(double, x=4))])
    assert output(result) == 8


def test_an_image_without_volery_is_told(start, docker):
    image = "volery-test/without:1"
    docker.alter(PYTHON, image, "rm -r /opt/venv/lib/python3*/site-packages/volery")
    (result,) = run(start(), [on(image, work(double, x=1))])
    assert code(result) == "ImageWithoutVolery"


def test_an_image_with_another_volery_is_told_with_both_versions(start, docker):
    image = "volery-test/another:1"
    folder = "/opt/venv/lib/python3*/site-packages/volery"
    docker.alter(
        PYTHON,
        image,
        f"sed -i 's/^CONTRACT: Final = 1/CONTRACT: Final = 99/' {folder}/ir/invocation.py && "
        f"sed -i 's/^__version__ = .*/__version__ = \"99.0\"/' {folder}/_version.py",
    )
    (result,) = run(start(), [on(image, work(double, x=1))])
    assert code(result) == "InvocationRefused"
    assert result.failure
    assert "this is Volery 99.0, which knows contract 99" in result.failure.message


# --- limits --------------------------------------------------------------------------------------

SMALL = Request(mem=64 << 20)


def test_a_task_that_uses_up_its_memory_is_told_so(start):
    target = msgspec.structs.replace(work(grow, text="x" * 60_000_000), requests=SMALL)
    (result,) = run(start(), [target])
    assert code(result) == "OutOfMemory"


def test_a_command_that_uses_up_its_memory_is_told_so(start):
    target = on(BARE, shell("x=$(yes); echo $x"))
    (result,) = run(start(), [msgspec.structs.replace(target, requests=SMALL)])
    assert code(result) == "OutOfMemory"


def test_limits_are_held_by_the_kernel(start, docker):
    place = work(hang).place
    assert place
    placed = msgspec.structs.replace(
        place, placement=Placement(shared_memory=32 << 20), caps=Request(cpu=0.5, mem=128 << 20)
    )
    target = msgspec.structs.replace(work(hang), place=placed)
    host = running(docker, start(), target)["HostConfig"]
    assert (host["NanoCpus"], host["Memory"], host["MemorySwap"], host["ShmSize"]) == (
        500_000_000, 128 << 20, 128 << 20, 32 << 20,
    )  # fmt: skip


def test_what_the_machine_has_not_free_waits(start, docker):
    executor = start()
    all_of_it = Request(cpu=float(docker.get("/info")["NCPU"]))
    first, second = (msgspec.structs.replace(work(hang), requests=all_of_it) for _ in range(2))
    executor.launch([first, second])
    until_started(executor, first)
    executor.abort([first.id])
    assert code(results(executor, [first])[0]) == "Aborted"
    until_started(executor, second)


def test_a_command_has_the_time_of_its_limit(start):
    target = msgspec.structs.replace(on(BARE, shell("echo here >&2; sleep 60")), limit=0.5)
    (told,) = listen(start(), [target])
    assert code(told.result) == "TimedOut"


# --- surroundings --------------------------------------------------------------------------------


def test_secrets_are_files_and_in_nothing_that_the_engine_tells(start, docker, tmp_path):
    executor = start()
    target = entrusted(on(BARE, shell("cat /run/volery/secrets/*/*; echo; sleep 60")))
    executor.launch([target])
    events = []
    while not any(isinstance(each, Printed) for each in events):
        events += executor.poll(1.0)
    (printed,) = [each for each in events if isinstance(each, Printed)]
    assert printed.records[0].text == "[secret conformance/password]"
    assert SECRET.value not in str(inspected(docker))
    (folder,) = (tmp_path / "docker").iterdir()
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    executor.abort([target.id])
    results(executor, [target])
    until(lambda: not folder.exists())


def test_a_task_finds_its_secrets_without_a_network(start):
    (result,) = run(start(), [entrusted(work(use_secret, leak=""))])
    assert output(result) == len(SECRET.value)


def test_a_container_sees_of_a_local_storage_only_what_it_needs(start, docker, storage):
    target = work(hang)
    mounts = {each["Source"] for each in running(docker, start(), target)["Mounts"]}
    home = path_of(storage.url)
    assert mounts == {f"{home}/blobs", f"{home}/attempts/{target.execution}"}


def test_nobody_in_a_container_is_somebody_else_here(start, docker):
    found = running(docker, start(), work(hang))
    assert found["Config"]["User"] == f"{os.geteuid()}:{os.getegid()}"
    assert found["HostConfig"]["SecurityOpt"] == ["no-new-privileges"]


def test_another_user_may_be_named(start):
    who = on(BARE, shell("id -u > /var/outputs/uid; echo $HOME > /var/outputs/home",
                         outputs=("uid", "home")))  # fmt: skip
    (result,) = run(start(user="1000:1000"), [who])
    assert msgspec.msgpack.decode(result.outputs or b"") == {"uid": "1000", "home": "/tmp"}


def test_volumes_stay_from_one_attempt_to_the_next(start, docker):
    executor = start(volumes=("volery-test-cache:/cache",))
    writes, reads = shell("echo kept > /cache/file"), shell("cat /cache/file")
    told = [listen(executor, [on(BARE, each)])[0] for each in (writes, reads)]
    assert told[1].text("stdout") == "kept\n"
    until(lambda: not docker.containers())
    docker.ask("DELETE", "/volumes/volery-test-cache")


# --- commands ------------------------------------------------------------------------------------


def test_a_command_reads_and_writes_files(start):
    target = on(
        BARE,
        command(
            "sh", "-c", 'tr a-z A-Z < /var/inputs/text > /var/outputs/loud; echo "$WHO: $0"',
            "{{.inputs.text}}",
            inputs={"text": "speak up"}, outputs=("loud",), environment=(("WHO", "me"),),
        ),
    )  # fmt: skip
    (told,) = listen(start(), [target])
    assert output_of(told.result, "loud") == "SPEAK UP"
    assert told.text("stdout") == "me: speak up\n"


def output_of(result, name):
    assert result.failure is None, result.failure
    return msgspec.msgpack.decode(result.outputs or b"")[name]


@pytest.mark.parametrize(
    ("script", "expected", "told"),
    [
        (
            "echo on stderr >&2; exit 3",
            "ExitStatus",
            "exit code 3\n  hint: see what it printed last",
        ),
        ("echo on stderr >&2; exit 3", "ExitStatus", "\non stderr"),
        ("kill -9 $$", "Killed", "SIGKILL"),
    ],
)
def test_how_a_command_failed_is_told(start, script, expected, told):
    (result,) = run(start(), [on(BARE, shell(script))])
    assert code(result) == expected
    assert result.failure
    assert told in result.failure.message


def test_an_input_that_fits_into_no_command_line_is_a_mistake_of_the_user(start):
    """It was told that the engine was away."""
    target = on(BARE, command("echo", "{{.inputs.text}}", inputs={"text": "x" * 200_000}))
    (result,) = run(start(), [target])
    assert (code(result), result.failure.kind) == ("TypeMismatch", "USER")
    assert not result.failure.retryable


def test_a_program_that_is_not_in_the_image_is_told(start):
    (result,) = run(start(), [on(BARE, command("fit-a-model"))])
    assert code(result) == "CommandNotFound"


# --- what it costs -------------------------------------------------------------------------------


def test_an_attempt_is_six_requests(start, docker, monkeypatch):
    executor = start()
    run(executor, [work(double, x=1)])
    until(lambda: not docker.containers())
    asked = []
    for name in ("ask", "stream"):

        def counted(self, method, path, *rest, real=getattr(Api, name)):
            asked.append(f"{method} {re.sub('[0-9a-f]{64}|conformance-[-0-9a-z]+', 'ID', path)}")
            return real(self, method, path, *rest)

        monkeypatch.setattr(Api, name, counted)
    run(executor, [work(double, x=1)])
    until(lambda: not docker.containers())
    assert asked == [
        "GET /containers/ID/json",  # somebody may have started it before
        "POST /containers/create",
        "POST /containers/ID/start",
        "GET /containers/ID/logs",
        "GET /containers/ID/json",
        "DELETE /containers/ID",
    ]


# --- many, and much ------------------------------------------------------------------------------


def test_many_containers_run_at_a_time(start, docker):
    """A hundred take most of a minute, and are in the benchmark."""
    executor = start()
    works = [on(BARE, shell("sleep 600")) for _ in range(20)]
    executor.launch(works)
    events = []
    while len(events) < len(works):
        events += executor.poll(TIMEOUT)
    assert all(isinstance(each, Started) for each in events)
    assert len(docker.containers()) == 20
    executor.abort([each.id for each in works])
    assert {code(each) for each in results(executor, works)} == {"Aborted"}
    until(lambda: not docker.containers())


def test_a_log_of_50_mb_takes_no_memory_and_is_told_to_be_cut_if_it_is(start):
    """Who watches takes what is printed as it comes, and keeps nothing of it."""
    line = "a line of a hundred characters".ljust(99, ".")
    much = f"yes '{line}' | head -n 500000"
    executor, target = start(), on(BARE, shell(f"echo first; {much}; echo last"))
    run(executor, [on(BARE, shell(f"yes '{line}' | head -n 100000"))])
    before = resident()
    executor.launch([target])
    first, last, count, cut, result = "", "", 0, False, None
    while result is None:
        for event in executor.poll(TIMEOUT):
            match event:
                case Printed(records=records):
                    count += len(records)
                    cut = cut or any("lines left out" in each.text for each in records)
                    first, last = first or records[0].text, records[-1].text
                case Result():
                    result = event
    assert result.failure is None
    assert (first, last) == ("first", "last")
    assert cut or count == 500_002
    assert resident() - before < 25
