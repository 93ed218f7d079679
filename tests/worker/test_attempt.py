"""``python -m volery.worker.attempt``: from an invocation to an outcome."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from io import BytesIO

import msgspec
import pytest

from volery._version import __version__
from volery.data import documents, offload
from volery.data.current import using
from volery.data.package import expand, pack as pack_code
from volery.data.spool import spooled
from volery.data.storage import Storage
from volery.errors import MissingContent
from volery.executors.contained import invocations
from volery.ir.codec import contract_of
from volery.ir.interface import Input, Interface, Output
from volery.ir.invocation import EXPIRED, FAILED, REFUSED, SUCCEEDED, UNREACHABLE, Outcome
from volery.ir.secret import SecretValue
from volery.ir.specs import Loader
from volery.ir.types import STR
from volery.ir.values import pack
from volery.ir.work import Place
from volery.testing.conformance.executor_tasks import TIMEOUT
from volery.worker.pump import MUCH
from volery.worker.records import KEPT, MARK, NOTE as NOTED

replace = msgspec.structs.replace


def lines_of(ran):
    """The records that a program has marked."""
    lines = [line for line in ran.stderr.split("\n") if line.startswith(MARK.decode())]
    return [msgspec.json.decode(line[1:]) for line in lines]


def until(condition):
    """Wait until something is so."""
    end = time.monotonic() + TIMEOUT
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


# -- success and failure ----------------------------------------------------------------------


def test_a_task_gives_its_outputs_and_the_program_succeeds(container):
    container.code("""
        from volery import task

        @task
        def run(x: int) -> int:
            return 2 * x
    """)
    ran = container.run(container.work(x=21))
    assert (ran.status, ran.output) == (SUCCEEDED, 42)
    assert ran.result.started <= ran.result.ended


def test_an_exception_is_in_the_outcome_and_the_program_fails(container):
    container.code("""
        from volery import task

        @task
        def run() -> None:
            raise ValueError("it is so")
    """)
    ran = container.run(container.work())
    assert ran.status == FAILED
    assert (ran.failure.code, ran.failure.kind, ran.failure.message) == (
        "ValueError",
        "USER",
        "it is so",
    )
    assert "attempted.py" in ran.failure.traceback


def test_decks_are_beside_the_outcome_also_of_what_fails(container):
    container.code("""
        from volery import Deck, task

        @task
        def run(x: int) -> int:
            Deck("Scores", f"<p>{x}</p>")
            return 6 // x
    """)
    part = replace(container.work(x=[1, 0]), path="n[4:6]", elements=2, over=("x",))
    for work, names in (
        (container.work(x=0), ["01-Scores.html"]),
        (part, ["000000401-[4] Scores.html", "000000501-[5] Scores.html"]),
    ):
        container.run(work)
        folder = f"{invocations.folder_of(work)}/deck"
        assert sorted(container.storage.names(folder)) == names
        assert b"<p>0</p>" in container.storage.get_named(f"{folder}/{names[-1]}")


def test_a_part_of_a_map_gives_an_array_and_the_failures_of_elements(container):
    container.code("""
        from volery import task

        @task
        def run(x: int, y: int) -> float:
            return y / x
    """)
    part = replace(container.work(x=[1, 0, 2], y=6), path="n[0:3]", elements=3, over=("x",))
    ran = container.run(part)
    assert ran.output == [6.0, None, 3.0]
    assert [(each.index, each.failure.code) for each in ran.result.elements] == [
        (1, "ZeroDivisionError")
    ]


def test_a_dynamic_task_leaves_its_graph(container):
    container.code("""
        from volery import dynamic, task

        @task
        def one() -> int:
            return 1

        @dynamic
        def run() -> int:
            return one()
    """)
    ran = container.run(replace(container.work(), mode="dynamic"))
    assert ran.result.failure is None
    assert b"attempted.one" in ran.result.graph


def test_an_eager_task_is_refused_with_the_executor_that_can_do_it(container):
    container.code("""
        from volery import eager

        @eager
        async def run() -> None:
            pass
    """)
    ran = container.run(replace(container.work(), mode="eager"))
    assert (ran.failure.code, ran.failure.retryable) == ("EagerElsewhere", False)
    assert "executor='process'" in ran.failure.message


def test_large_values_go_through_the_storage(container):
    container.code("""
        from volery import task

        @task
        def run(size: int) -> str:
            return "v" * size
    """)
    ran = container.run(container.work(size=1_000_000))
    assert len(ran.result.outputs) < 1_000
    assert any(container.storage.kept())


def test_a_checkpoint_of_an_attempt_is_there_for_the_next(container):
    container.code("""
        from volery import current_context, task

        @task
        def run() -> str:
            checkpoint = current_context().checkpoint
            before = checkpoint.read()
            checkpoint.write(b"from the first")
            return (before or b"nothing").decode()
    """)
    work = container.work()
    assert container.run(work).output == "nothing"
    assert container.run(replace(work, attempt=2)).output == "from the first"


def test_the_environment_is_there_when_the_module_is_imported(container):
    container.code("""
        import os
        from volery import task

        SET = os.environ["CHOSEN"]

        @task
        def run() -> str:
            return SET
    """)
    work = replace(container.work(), environment=(("CHOSEN", "this"),))
    assert container.run(work).output == "this"


# -- once, and in time ------------------------------------------------------------------------


NOTE = """
    from pathlib import Path
    from volery import task

    @task
    def run(file: str) -> str:
        with Path(file).open("a") as notes:
            notes.write("x")
        return Path(file).read_text()
"""


def test_an_attempt_that_has_an_outcome_is_not_made_again(container, tmp_path):
    container.code(NOTE)
    work = container.work(file=str(tmp_path / "notes"))
    assert container.run(work).output == "x"
    again = container.run(work)
    assert (again.status, again.output) == (SUCCEEDED, "x")
    assert (tmp_path / "notes").read_text() == "x"


def test_whoever_is_late_does_not_write_over_an_outcome(container, tmp_path):
    container.code(f"""
        from pathlib import Path
        from volery import task

        @task
        def run() -> int:
            here = Path({str(tmp_path)!r})
            (here / "begun").touch()
            while not (here / "go").exists():
                pass
            return 1
    """)
    work = container.work()
    process = container.start(work)
    until((tmp_path / "begun").exists)
    first = Outcome(record=pack({"o0": 2}))
    uri = container.storage.named_uri(invocations.outcome_name(work))
    assert documents.write_once(uri, msgspec.json.encode(first))
    (tmp_path / "go").touch()
    assert container.ended(process, work).output == 2


def test_what_has_expired_does_nothing(container, tmp_path):
    container.code(NOTE)
    work = container.work(file=str(tmp_path / "notes"))
    interface = Interface((Input("file", STR),))
    place = Place("p", "d", interface, expires=time.time() - 60)
    ran = container.run(replace(work, place=place))
    assert ran.status == EXPIRED
    assert "has expired 60 s ago" in ran.stderr
    assert ran.failure.code == "Expired"
    assert not (tmp_path / "notes").exists()


# -- what it is given -------------------------------------------------------------------------


def test_a_contract_that_is_not_known_is_refused_with_both_versions(container):
    uri = (container.folder / "invocation.json").as_uri()
    documents.write(uri, b'{"contract": 2, "version": "9.1", "execution": {"other": 1}}')
    process = container.start_at(uri)
    _, stderr = process.communicate(timeout=TIMEOUT)
    assert process.returncode == REFUSED
    assert "contract 2" in stderr
    assert "Volery 9.1" in stderr
    assert f"Volery {__version__}" in stderr


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"contract": 1}', b"[" * 100_000])
def test_what_is_no_invocation_is_refused(container, data):
    uri = (container.folder / "invocation.json").as_uri()
    documents.write(uri, data)
    process = container.start_at(uri)
    process.communicate(timeout=TIMEOUT)
    assert process.returncode == REFUSED


def test_an_invocation_that_is_not_there_is_said_to_be_so(container):
    process = container.start_at((container.folder / "nothing.json").as_uri())
    _, stderr = process.communicate(timeout=TIMEOUT)
    assert process.returncode == UNREACHABLE
    assert "the invocation cannot be read: nothing is at file://" in stderr


def test_the_uri_may_stand_in_the_variable(container):
    container.code("from volery import task\n\n@task\ndef run() -> int:\n    return 1\n")
    work = container.work()
    container.environment["VOLERY_INVOCATION"] = invocations.write(work, container.storage).uri
    container.program = (*container.program[:-1], "volery.worker.attempt")
    process = subprocess.Popen(
        container.program, stdout=-1, stderr=-1, text=True, env=os.environ | container.environment
    )
    assert container.ended(process, work).output == 1


def test_without_a_uri_it_says_how_it_is_used(container):
    ran = subprocess.run(container.program, check=False, capture_output=True, text=True)
    assert ran.returncode == REFUSED
    assert "usage: python -m volery.worker.attempt URI" in ran.stderr


def test_another_interface_is_refused_and_both_versions_are_said(container):
    container.code("from volery import task\n\n@task\ndef run() -> int:\n    return 1\n")
    work = replace(container.work(), interface=contract_of(Interface(outputs=(Output("o0", STR),))))
    written = invocations.write(work, container.storage)
    foreign = replace(written.invocation, version="9.1")
    documents.write(written.uri, msgspec.json.encode(foreign))
    ran = container.ended(container.start_at(written.uri), work)
    assert (ran.failure.code, ran.failure.retryable) == ("InterfaceChanged", False)
    assert f"the engine is Volery 9.1, the image has {__version__}" in ran.failure.message


def test_code_comes_as_a_package_and_is_unpacked_once(container, tmp_path):
    code = tmp_path / "project"
    code.mkdir()
    (code / "packaged.py").write_text(
        "from volery import task\n\n@task\ndef run() -> str:\n    return __file__\n"
    )
    archive = BytesIO()
    packed = pack_code(code, archive)
    archive.seek(0)
    with spooled(container.storage.scratch) as spool:
        expand(archive, spool)
        assert container.storage.keep(spool).digest == packed.digest
    container.environment["VOLERY_CODE"] = str(tmp_path / "unpacked")
    work = replace(
        container.work(),
        task="packaged.run",
        loader=Loader("packaged", "run"),
        place=Place("p", "d", Interface(outputs=(Output("o0", STR),)), package=packed.digest),
    )
    file = tmp_path / "unpacked" / packed.digest / "packaged.py"
    assert container.run(work).output == str(file)
    since = file.parent.stat().st_mtime_ns
    assert container.run(replace(work, attempt=2)).output == str(file)
    assert file.parent.stat().st_mtime_ns == since


def test_a_package_that_is_not_there_is_a_failure_of_the_system(container):
    place = Place("p", "d", Interface(), package="ab" * 32)
    ran = container.run(replace(container.work(), place=place))
    assert (ran.failure.code, ran.failure.kind) == ("PackageUnavailable", "SYSTEM")


# -- secrets ----------------------------------------------------------------------------------

SECRET = SecretValue("db", "password", "hunter2-and-more", "PASSWORD")


@pytest.fixture
def entrusted(container):
    """A container with a secret, and how a work asks for it."""
    folder = container.folder / "secrets" / "db"
    folder.mkdir(parents=True)
    (folder / "password").write_text(SECRET.value)
    container.environment["VOLERY_SECRETS"] = str(folder.parent)

    def ask(**inputs):
        return replace(container.work(**inputs), secrets=(SECRET,))

    return ask


def test_a_secret_is_in_no_document_and_reaches_the_task(container, entrusted):
    container.code("""
        import os
        from volery import current_context, task

        @task
        def run() -> int:
            value = current_context().secrets.get("db", "password")
            assert os.environ["PASSWORD"] == value
            return len(value)
    """)
    work = entrusted()
    written = invocations.write(work, container.storage)
    assert SECRET.value.encode() not in documents.read(written.uri)
    assert container.run(work).output == len(SECRET.value)


def test_what_is_printed_shows_no_secret(container, entrusted):
    container.code("""
        import logging, os, subprocess, sys
        from volery import current_context, task

        @task
        def run() -> None:
            value = current_context().secrets.get("db", "password")
            print("out", value)
            print("err", value, file=sys.stderr)
            logging.getLogger("mine").warning("log %s", value)
            subprocess.run(["sh", "-c", "echo child $PASSWORD; printf 'end '$PASSWORD"])
            raise ValueError(value)
    """)
    ran = container.run(entrusted())
    assert SECRET.value not in ran.stdout + ran.stderr
    assert (
        ran.stdout
        == "out [secret db/password]\nchild [secret db/password]\nend [secret db/password]"
    )
    assert "err [secret db/password]\n" in ran.stderr
    assert ran.failure.message == "[secret db/password]"


def test_a_large_log_with_secrets_is_complete(container, entrusted):
    container.code("""
        from volery import task

        @task
        def run() -> None:
            for number in range(100_000):
                print(number)
    """)
    ran = container.run(entrusted())
    assert ran.stdout.split() == list(map(str, range(100_000)))


def test_a_secret_that_is_not_there_is_named(container):
    container.code("from volery import task\n\n@task\ndef run() -> int:\n    return 1\n")
    container.environment["VOLERY_SECRETS"] = str(container.folder)
    ran = container.run(replace(container.work(), secrets=(SECRET,)))
    assert ran.failure.code == "NotFound"
    assert "the secret db/password is not in the container" in ran.failure.message


# -- logs -------------------------------------------------------------------------------------


def test_prints_stay_plain_and_logs_keep_their_level(container):
    container.code("""
        import logging, sys
        from volery import task

        @task
        def run() -> None:
            print("plain")
            print("to stderr", file=sys.stderr)
            logging.getLogger("mine").warning("careful")
    """)
    ran = container.run(container.work())
    assert ran.stdout == "plain\n"
    began, warning = lines_of(ran)
    assert began["stream"] == "began"
    assert (warning["level"], warning["logger"], warning["text"]) == ("WARNING", "mine", "careful")
    assert "to stderr\n" in ran.stderr


# -- time, signals and death ------------------------------------------------------------------


@pytest.mark.parametrize(
    "how", ["time.sleep(60)", "sum(range(10**12))", "subprocess.run(['sleep', '60'])"]
)
def test_who_takes_too_long_is_stopped_whatever_he_does(container, how):
    container.code(f"""
        import subprocess, time
        from volery import task

        @task
        def run() -> None:
            {how}
    """)
    began = time.monotonic()
    ran = container.run(replace(container.work(), limit=0.3))
    assert (ran.status, ran.failure.code, ran.failure.kind) == (FAILED, "TimedOut", "USER")
    assert ran.failure.message == "ran longer than 0.3 s"
    assert time.monotonic() - began < TIMEOUT / 2


HANGING = """
    import time
    from volery import task

    time.sleep(60)

    @task
    def run() -> None: ...
"""


def test_an_import_that_hangs_is_stopped(container):
    container.code(HANGING)
    container.program = (sys.executable, "-P", "-c", IMPATIENT)
    ran = container.run(replace(container.work(), limit=0.1))
    assert (ran.status, ran.failure.code, ran.failure.kind) == (FAILED, "TimedOut", "USER")
    assert ran.failure.message == "its module was still being imported after 0.5 s"


IMPATIENT = """
import sys
from volery.worker import attempt, warden
warden.IMPORT_LIMIT = 0.5
sys.exit(attempt.main(sys.argv[1]))
"""


def test_an_import_does_not_count_as_running(container):
    container.code("""
        import time
        from volery import task

        time.sleep(1.6)

        @task
        def run() -> int:
            return 1
    """)
    assert container.run(replace(container.work(), limit=1.5)).output == 1


def test_each_element_has_the_time_of_the_limit(container):
    container.code("""
        import time
        from volery import task

        @task
        def run(seconds: float) -> float:
            time.sleep(seconds)
            return seconds
    """)
    part = replace(container.work(seconds=[1.0] * 4), path="n[0:4]", elements=4, over=("seconds",))
    assert container.run(replace(part, limit=3.5)).output == [1.0] * 4


def test_when_it_is_told_to_end_the_task_cleans_up_and_there_is_no_outcome(container, tmp_path):
    container.code(f"""
        import time
        from pathlib import Path
        from volery import task

        @task
        def run() -> None:
            here = Path({str(tmp_path)!r})
            try:
                (here / "begun").touch()
                time.sleep(60)
            finally:
                (here / "cleaned").touch()
    """)
    work = container.work()
    process = container.start(work)
    until((tmp_path / "begun").exists)
    process.send_signal(signal.SIGTERM)
    ran = container.ended(process, work)
    assert ran.status == 128 + signal.SIGTERM
    assert (tmp_path / "cleaned").exists()
    assert ran.failure.code == "Terminated"
    with pytest.raises(MissingContent):
        documents.read(container.storage.named_uri(invocations.outcome_name(work)))


def test_an_interrupt_that_the_task_raises_itself_is_its_failure(container):
    container.code("""
        from volery import task

        @task
        def run() -> None:
            raise KeyboardInterrupt
    """)
    assert container.run(container.work()).failure.code == "KeyboardInterrupt"


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        ("os._exit(7)", 7, "exit code 7"),
        ("os._exit(0)", 0, "died"),
        ("os.kill(os.getpid(), 9)", 128 + 9, "SIGKILL"),
        ("os.abort()", 128 + 6, "SIGABRT"),
    ],
)
def test_a_process_that_dies_leaves_its_status_and_its_last_words(container, how, status, said):
    container.code(f"""
        import os, sys
        from volery import task

        @task
        def run() -> None:
            print("last words", file=sys.stderr)
            {how}
    """)
    ran = container.run(container.work())
    assert ran.status == status
    assert (ran.failure.code, ran.failure.kind) == ("WorkerCrashed", "SYSTEM")
    assert said in ran.failure.message
    assert "last words" in ran.failure.message


def test_a_process_that_user_code_has_forked_writes_no_outcome(container):
    container.code("""
        import os
        from volery import task

        @task
        def run() -> str:
            child = os.fork()
            if child == 0:
                return "child"
            os.waitpid(child, 0)
            return "parent"
    """)
    assert container.run(container.work()).output == "parent"


def test_nothing_is_left_running_when_the_warden_is_killed(container, tmp_path):
    container.code(f"""
        import os, time
        from pathlib import Path
        from volery import task

        @task
        def run() -> None:
            (Path({str(tmp_path)!r}) / "pid").write_text(str(os.getpid()))
            time.sleep(60)
    """)
    process = container.start(container.work())
    pid = until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    process.kill()
    process.communicate(timeout=TIMEOUT)

    def gone():
        try:
            status = (tmp_path.__class__("/proc") / pid / "stat").read_text()
        except OSError:
            return True
        return status.rpartition(")")[2].split()[0] == "Z"

    until(gone)


def test_a_heartbeat_is_written_where_it_is_asked_for(container, tmp_path):
    container.code(f"""
        from pathlib import Path
        from volery import task

        @task
        def run() -> None:
            while not (Path({str(tmp_path)!r}) / "go").exists():
                pass
    """)
    work = container.work()
    written = invocations.write(work, container.storage, heartbeat=True)
    quick = replace(written.invocation, beat=0.05)
    documents.write(written.uri, msgspec.json.encode(quick))
    process = container.start_at(written.uri)

    def beat():
        try:
            return msgspec.json.decode(documents.read(quick.heartbeat))["at"]
        except MissingContent:
            return 0.0

    first = until(beat)
    assert until(lambda: beat() > first)
    (tmp_path / "go").touch()
    assert container.ended(process, work).result.failure is None


# -- what was printed, for who does not read the log ------------------------------------------

SPEAK = """
    import sys
    from volery import task

    @task
    def run(lines: int) -> None:
        print("first", file=sys.stderr)
        for _ in range(lines):
            print("x" * 99)
"""


def noted(container, tmp_path, lines):
    """What the file says after an attempt, and what is kept."""
    container.code(SPEAK)
    container.environment["VOLERY_ONE_STREAM"] = str(tmp_path / "note")
    work = container.work(lines=lines)
    assert container.run(work).status == SUCCEEDED
    note = (tmp_path / "note").read_text() if (tmp_path / "note").exists() else ""
    return note, container.storage.get_named(invocations.log_name(work))


def test_a_little_that_was_printed_is_in_a_file(container, tmp_path):
    note, kept = noted(container, tmp_path, 2)
    assert note.startswith(NOTED)
    assert note.count("x" * 99) == 2
    assert kept is None


def test_more_that_was_printed_is_kept_beside_the_outcome_with_times(container, tmp_path):
    before = time.time()
    note, kept = noted(container, tmp_path, 100)
    assert note == KEPT
    lines = [each.partition(b" ") for each in kept.removesuffix(b"\n").split(b"\n")]
    assert [text for _, _, text in lines].count(b"x" * 99) == 100
    assert b'"text":"first"' in kept
    assert all(before <= float(at) <= time.time() for at, _, _ in lines)


def test_too_much_that_was_printed_is_in_the_log_alone(container, tmp_path):
    assert noted(container, tmp_path, MUCH // 100 + 1) == ("", None)


# -- elsewhere --------------------------------------------------------------------------------


def test_all_of_it_may_be_in_a_bucket(container, s3, tmp_path):
    container.code("""
        from volery import task

        @task
        def run(text: str) -> str:
            return text + "x"
    """)
    container.storage = Storage(f"{s3.url}/attempts-{tmp_path.name}", s3.options)
    container.environment |= s3.environment
    ran = container.run(container.work(text="v" * 200_000))
    assert ran.status == SUCCEEDED, ran.stderr
    with using(container.storage):
        assert offload.unpack(ran.result.outputs)["o0"] == "v" * 200_000 + "x"


def test_a_storage_that_cannot_be_reached_is_said_to_be_so(container):
    container.environment |= {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "VOLERY_STORAGE_OPTIONS": '{"s3": {"max_retries": "0"}}',
    }
    process = container.start_at("s3://bucket/invocation.json")
    _, stderr = process.communicate(timeout=TIMEOUT)
    assert process.returncode == UNREACHABLE
    assert "the invocation cannot be read: cannot read s3://bucket/invocation.json" in stderr


# -- what it costs ----------------------------------------------------------------------------


def test_it_loads_little_beyond_a_worker():
    script = """
import sys
import volery.worker.__main__
before = set(sys.modules)
import volery.worker.attempt
print(*sorted(name for name in set(sys.modules) - before if not name.startswith("volery")))
"""
    ran = subprocess.run(
        [sys.executable, "-P", "-c", script], check=True, capture_output=True, text=True
    )
    assert set(ran.stdout.split()) <= {"gc", "select"}


def test_a_small_attempt_loads_few_modules(container):
    container.code("from volery import task\n\n@task\ndef run(x: int) -> int:\n    return x\n")
    container.program = (*container.program[:2], "-X", "importtime", *container.program[2:])
    ran = container.run(container.work(x=1))
    assert ran.output == 1
    told = (line for line in ran.stderr.splitlines() if line.startswith("import time:"))
    loaded = {line.rpartition("|")[2].strip() for line in told}
    assert len([name for name in loaded if name.startswith("volery")]) <= 75
    dear = {"pathlib", "urllib.parse", "logging", "subprocess", "tempfile", "asyncio", "obstore"}
    assert not loaded & dear
