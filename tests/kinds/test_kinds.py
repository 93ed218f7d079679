"""Tasks of all kinds: what they do here, in worker processes, and what they say of bad input."""

from __future__ import annotations

import datetime as dt
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from tests.kinds import tasks
from tests.servers.hooks import hooks, status

from volery import (
    BaseSensor,
    ContainerTask,
    DBConfig,
    File,
    OutputLocation,
    ReusePolicy,
    ShellTask,
    SQLite3Config,
    SQLite3Task,
    SQLTask,
    WebhookTask,
    errors,
    kwtypes,
    workflow,
)
from volery.engine.model import Phase
from volery.errors import CallError, DefinitionError, RecoverableError
from volery.ir.placement import ContainerCommand
from volery.ir.specs import Loader
from volery.sdk.collect import collect
from volery.sdk.compile import compile_entity
from volery.sdk.fingerprint import fingerprint
from volery.testing.local import run_locally
from volery.testing.mocks import task_mock

NASTY = 'it\'s $(touch hacked) `touch hacked` "x" ; rm -rf / # %'


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def parts(entity):
    return {each.name.rpartition(".")[2]: each.digest for each in fingerprint(entity)}


# -- what all have in common ---------------------------------------------------------------------


def test_every_kind_says_how_it_is_carried_out_and_where_it_is():
    for name, kind in {"count": "shell", "since": "sql", "notebook": "notebook", "hook": "webhook",
                       "there": "sensor"}.items():  # fmt: skip
        spec = getattr(tasks, name).spec
        assert (spec.kind, spec.loader) == (kind, Loader("tests.kinds.tasks", name))


def test_a_task_that_no_module_has_cannot_leave_its_process():
    inner = ShellTask("inner", "true")
    assert inner.spec.loader is None
    assert "no module has a name for it" in inner.spec.unreachable
    with pytest.raises(errors.RegistrationError, match="task inner cannot run in a process of its"):
        collect([inner])


def test_a_container_needs_no_code():
    assert collect([ContainerTask("c", "busybox", ["true"])]).root is None


def test_a_mock_stands_in_for_any_kind():
    with task_mock(tasks.count) as mock:
        mock.return_value = (File("x"), 7)
        Path("x").touch()
        assert tasks.count(text="abc").size == 7


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ShellTask("a b", "true"), r"ShellTask \(.*test_kinds.py:\d+\): name= takes"),
        (lambda: ShellTask("s", "true", inputs=int), "inputs= takes names with their types"),
        (lambda: ShellTask("s", "true", inputs={"a b": int}), "cannot be the name of a value"),
        (lambda: ShellTask("s", "true", inputs=kwtypes(f=object())), "task s .*input f"),
        (lambda: ShellTask("s", "true", retrys=1), "no option retrys=(.|\n)*did you mean retries"),
        (lambda: ShellTask("s", "true", pickle_untyped=True), "pickle_untyped= is for functions"),
    ],
)  # fmt: skip
def test_what_no_kind_takes_is_refused(make, message):
    with pytest.raises(DefinitionError, match=message):
        make()


# -- containers ----------------------------------------------------------------------------------


def test_a_container_task_is_a_command_with_its_placement():
    made = ContainerTask(
        "words", "busybox:1", ["wc", "-w", "{{.inputs.text}}"], arguments=["{{ .outputDir }}/x"],
        inputs=kwtypes(text=str), outputs=kwtypes(x=int), input_data_dir="/in/",
        metadata_format="yaml", reuse=ReusePolicy(2), retries=1,
    )  # fmt: skip
    spec = made.spec
    assert spec.command == ContainerCommand(
        ("wc", "-w", "{{.inputs.text}}", "{{ .outputDir }}/x"), "/in", "/var/outputs", "yaml"
    )
    assert (spec.kind, spec.loader, spec.unreachable) == ("container", None, "")
    assert spec.policy.executor == "container"  # whichever executor runs them
    assert spec.policy.placement is not None
    assert spec.policy.placement.image == "busybox:1"


def test_the_image_and_the_words_of_a_container_count():
    def made(image="a", words=("true",)):
        return parts(ContainerTask("c", image, words))

    assert made() == made()
    assert made() != made(image="b")
    assert made() != made(words=("false",))


def test_a_plain_call_of_a_container_says_what_to_do():
    with pytest.raises(CallError, match=r"runs in a container(.|\n)*volery run"):
        ContainerTask("c", "busybox")()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"command": "echo x"}, r'command= takes a list of words, got(.|\n)*\["sh", "-c"'),
        ({"command": ["echo", 1]}, "one is 1"),
        (
            {"command": ["{{.inputs.xx}}"]},
            r"\{\{.inputs.xx\}\}.*nothing(.|\n)*did you mean inputs.x",
        ),
        ({"arguments": ["{{.outputdir}}"]}, "did you mean outputDir"),
        ({"input_data_dir": "in"}, "input_data_dir= takes the absolute path"),
        ({"output_data_dir": "/a/../b"}, "output_data_dir= takes the absolute path"),
        ({"output_data_dir": "/var/inputs"}, "are the same folder"),
        ({"metadata_format": "proto"}, "metadata_format= takes 'json' or 'yaml'"),
        ({"contract": 1}, "contract= takes True or False"),
        ({"container_image": "x"}, "container_image= is what image= says"),
        ({"enable_deck": True}, "enable_deck= is for tasks in Python"),
        ({"executor": "process"}, "task c is a command of an image, which no process"),
        ({"isolation": "process"}, "task c is a command of an image, which no process"),
    ],
)
def test_a_container_that_cannot_work_is_refused(given, message):
    with pytest.raises(DefinitionError, match=message):
        ContainerTask("c", "busybox", **{"command": ["true"], "inputs": kwtypes(x=int), **given})


def test_a_node_cannot_move_a_command_into_a_process():
    made = ContainerTask("c", "busybox")

    @workflow
    def body() -> None:
        made().with_overrides(executor="process")

    with pytest.raises(errors.CompileError, match="task c is a command of an image"):
        _ = body.spec


def test_an_image_that_cannot_be_is_refused():
    with pytest.raises(DefinitionError, match="'Busy Box', which cannot name an image"):
        ContainerTask("c", "Busy Box")


# -- shell ---------------------------------------------------------------------------------------


def test_a_script_gets_values_and_leaves_values(capfd):
    counted = tasks.count(text="nut")
    assert (Path(counted.copy).name, counted.size) == ("nut.txt", 3)
    assert "counted" in capfd.readouterr().err


def test_a_value_of_any_kind_stays_a_value():
    assert tasks.upper(text=NASTY) == NASTY.upper()
    assert not Path("hacked").exists()


def test_files_and_folders_go_in_and_out():
    Path("a b.txt").write_text("x")
    made = tasks.folder(file=File("a b.txt"))
    assert (Path(made) / "a b.txt").read_text() == "x"


def test_other_programs_read_the_variables():
    assert tasks.python(word=NASTY) == NASTY


@pytest.mark.parametrize("isolation", ["inline", "processes"])
def test_scripts_are_nodes_and_elements_of_maps(isolation):
    run = run_locally(tasks.measured, {"text": "abc"}, isolation=isolation)
    assert run.output == 3
    assert run_locally(tasks.sizes, {"texts": ["a", "b"]}, isolation=isolation).output == ["A", "B"]


def test_a_script_that_fails_is_tried_again_and_tells_its_last_lines():
    run = run_locally(tasks.broken)
    assert len(run.attempts["broken"]) == 2
    assert run.failure is not None
    assert run.failure.code == "ScriptFailed"
    assert run.failure.message == "the script ended with exit status 3\nbad"


def test_a_script_that_is_killed_says_by_what():
    with pytest.raises(RecoverableError, match="ended with signal SIGKILL"):
        tasks.killed()


def test_an_output_that_is_not_left_is_named():
    with pytest.raises(errors.VoleryError, match=r"has not written the output left \(int\)"):
        tasks.silent()


def test_values_that_no_program_takes_are_refused():
    with pytest.raises(errors.TypeMismatch, match="input text has a NUL"):
        tasks.upper(text="a\0b")
    with pytest.raises(errors.TypeMismatch, match=r"longer than(.|\n)*declare it as a File"):
        tasks.upper(text="a" * 100_001)


def test_no_value_leads_an_output_out_of_its_folder():
    with pytest.raises(errors.StorageError, match="refused"):
        tasks.count(text="../../x")


def test_the_script_counts_for_the_cache_and_the_rest_does_not():
    def made(script, **options):
        return parts(ShellTask("s", script, **options))

    assert made("true") == made("true", retries=3)
    assert made("true") != made("false")
    assert made("true") != made("true", shell="/bin/bash")
    assert {"script", "shell", "locations"} <= set(made("true"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "either script= or script_file="),
        ({"script": "a", "script_file": "b"}, "either script= or script_file="),
        ({"script_file": "nothing.sh"}, r"script_file= names .*nothing.sh, which is no file"),
        ({"script": "echo {inputs.xs}"}, r"there is no input xs\n  hint: did you mean x"),
        ({"script": "echo {outputs.y}"}, "there is no output y"),
        ({"script": "echo $(( {inputs.x} ))"}, "in arithmetic(.|\n)*int or a float"),
        ({"script": "{inputs.x}", "shell": "python3"}, "no shell of the Bourne(.|\n)*INPUT_x"),
        ({"script": "a", "output_locs": ["x"]}, "output_locs= takes a list of OutputLocation"),
        (
            {"script": "a", "output_locs": [OutputLocation("a"), OutputLocation("a")]},
            "the same name",
        ),
        ({"script": "a", "output_locs": [OutputLocation("a", File, "{inputs.z}")]}, "no input z"),
    ],
)
def test_a_script_that_cannot_work_is_refused(given, message):
    with pytest.raises(DefinitionError, match=message):
        ShellTask("s", inputs=kwtypes(x=str), **given)


@pytest.mark.parametrize("location", ["/tmp/x", "../x"])
def test_an_output_belongs_into_the_folder_of_its_attempt(location):
    with pytest.raises(DefinitionError, match="outside of the script's own folder"):
        OutputLocation("a", File, location)


# -- SQL -----------------------------------------------------------------------------------------


@pytest.fixture
def _weather():
    with closing(sqlite3.connect("weather.db")) as opened:
        opened.execute("CREATE TABLE days (place TEXT, day TEXT, heat REAL)")
        rows = [("Bath", "2020-01-01", 3.5), ("Cork", "2020-02-01", 5.0)]
        opened.executemany("INSERT INTO days VALUES (?, ?, ?)", rows)
        opened.commit()
    with zipfile.ZipFile("weather.zip", "w") as archive:
        archive.write("weather.db")


@pytest.mark.usefixtures("_weather")
def test_a_query_gives_a_table():
    frame = tasks.since(day=dt.date(2020, 1, 15), but="Bath")
    assert frame.to_dict("records") == [{"place": "Cork", "heat": 5.0}]


@pytest.mark.usefixtures("_weather")
def test_a_query_of_an_archive_gives_a_dataset():
    import pyarrow as pa

    assert tasks.everything().open(pa.Table).all().num_rows == 2


@pytest.mark.usefixtures("_weather")
@pytest.mark.parametrize("place", ["x'); DELETE FROM days; --", "a%s :day {{ .inputs.heat }}"])
def test_parameters_are_never_part_of_the_statement(place):
    tasks.add(place=place, heat=1.0)
    frame = tasks.since(day=dt.date(2020, 1, 15), but="Cork")
    assert frame.place.tolist() == [place]
    assert len(tasks.since(day=dt.date(1, 1, 1), but="")) == 3


@pytest.mark.usefixtures("_weather")
def test_an_sqlite_task_only_reads():
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        tasks.write()


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(errors.StorageError, match=r"no SQLite file at weather\.db"):
        tasks.since(day=dt.date(2020, 1, 15), but="Bath")


@pytest.mark.parametrize(
    ("query", "given", "message"),
    [
        ("SELECT {{.inputs.y}}", {}, "there is no input y"),
        ("SELECT 1", {}, "does not use the input x"),
        ("SELECT '{{.inputs.x}}'", {}, "in quotes(.|\n)*take the quotes away"),
        ("SELECT {{.inputs.x}}", {"outputs": kwtypes(a=int)}, "one table called results"),
        ("", {}, "query_template= takes a statement"),
    ],
)
def test_a_query_that_cannot_work_is_refused(query, given, message):
    with pytest.raises(DefinitionError, match=message):
        SQLite3Task("q", query, SQLite3Config("x.db"), inputs=kwtypes(x=int), **given)


@pytest.mark.parametrize(
    ("url", "message"),
    [("mysql://x", "url= begins with postgresql://"), ("postgresql://a:b@c/d", "a password in it")],
)
def test_a_database_that_cannot_be_used_is_refused(url, message):
    with pytest.raises(DefinitionError, match=message):
        DBConfig(url)


def test_a_query_of_postgres_binds_its_parameters(postgres):
    url = postgres.store()
    made = SQLTask(
        "pg", "SELECT {{.inputs.x}}::text AS x, 'a%' AS y", DBConfig(url), inputs=kwtypes(x=str)
    )
    import pyarrow as pa

    table = made(x="'; --%").open(pa.Table).all()
    assert table.to_pylist() == [{"x": "'; --%", "y": "a%"}]


# -- sensors -------------------------------------------------------------------------------------


def test_a_sensor_waits_without_holding_anything():
    run = run_locally(tasks.waiting, {"tally": "tally"})
    assert run.output == 1
    first, second, third = run.attempts["n1"]
    assert [each.phase for each in (first, second, third)][-1] == "SUCCEEDED"
    assert Path("tally").read_text() == "xxx"


def test_a_sensor_that_waits_too_long_fails():
    run = run_locally(tasks.there, {"path": "nothing"})
    assert run.phase is Phase.FAILED
    assert len(run.attempts["there"]) > 50
    assert run.failure is not None
    assert run.failure.code == "NotYet"


def test_a_sensor_finds_a_file():
    Path("here").touch()
    assert tasks.there(path="here") is None


def test_an_exception_ends_a_sensor():
    run = run_locally(tasks.cursed)
    assert len(run.attempts["cursed"]) == 1
    assert run.failure is not None
    assert run.failure.code == "ValueError"


def test_a_sensor_has_to_say_how_it_looks():
    class Bare(BaseSensor):
        pass

    class Untyped(BaseSensor):
        async def poke(self, x) -> bool:
            return x

    with pytest.raises(DefinitionError, match="nothing says how to look"):
        Bare("bare")
    with pytest.raises(DefinitionError, match=r"parameter x of poke\(\) has no annotation"):
        Untyped("untyped")


# -- webhooks ------------------------------------------------------------------------------------


@pytest.fixture
def hook(monkeypatch):
    monkeypatch.setenv("VOLERY_SECRET_HOOKS_TOKEN", "s3cr3t-s3cr3t")
    with hooks() as server:
        monkeypatch.setattr(tasks.hook, "_url", server.url + "/{inputs.name}?q={inputs.name}")
        yield server


def test_a_request_carries_inputs_and_secrets(hook):
    assert tasks.hook(name="a/b &c", rows=[1, 2]) == (200, "ok")
    sent = hook.received[0]
    assert sent.path == "/a%2Fb%20%26c?q=a%2Fb%20%26c"
    assert sent.headers["Authorization"] == "Bearer s3cr3t-s3cr3t"
    assert sent.json == {"rows": [1, 2], "text": "about a/b &c", "n": 1}


def test_a_server_that_fails_is_asked_again_with_the_same_key(hook):
    hook.answer(503, 429)
    run = run_locally(tasks.hook, {"name": "x", "rows": []})
    assert run.outputs == {"status": 200, "body": "ok"}
    assert len({each.headers["Idempotency-Key"] for each in hook.received}) == 1
    assert len(hook.received) == 3


@pytest.mark.parametrize("answer", [404, 302])
def test_a_refusal_is_final_and_redirects_are_not_followed(hook, answer):
    hook.answer(status(answer, location=hook.url))
    with pytest.raises(errors.VoleryError, match=f"was answered with {answer}") as caught:
        tasks.hook(name="x", rows=[])
    assert not tasks.hook.retryable(caught.value)
    assert len(hook.received) == 1


def test_an_error_has_no_secret_in_it():
    made = WebhookTask("w", "http://127.0.0.1:1/x?k={inputs.k}", dynamic_inputs=kwtypes(k=str))
    with pytest.raises(RecoverableError) as caught:
        made(k="hidden")
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"url": "ftp://x"}, "url= takes an address"),
        ({"url": "https://{inputs.x}/"}, "the host of url= has a field"),
        ({"url": "https://a:b@c/"}, "a password in it"),
        ({"url": "https://a/{inputs.y}"}, "stands for no input"),
        ({"headers": {"A": "{secrets.a.b}"}}, "does not ask for(.|\n)*secret_requests"),
        ({"headers": {"A": 1}}, "headers= takes a dict of strings"),
        ({"method": "PSOT"}, "did you mean POST"),
    ],
)
def test_a_request_that_cannot_work_is_refused(given, message):
    with pytest.raises(DefinitionError, match=message):
        WebhookTask("w", **{"url": "https://a", "dynamic_inputs": kwtypes(x=str), **given})


# -- notebooks -----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_notebook_runs_with_its_parameters():
    Path("line.txt").write_text("a line")
    run = run_locally(tasks.notebook, {"words": 4, "path": File("line.txt")}, isolation="processes")
    outputs = run.outputs
    assert outputs["line"] == "a line"
    assert outputs["table"].n.tolist() == [4]
    assert outputs["sizes"] == {"words": 4}
    for name in ("notebook", "html"):
        assert "written by 0.25" in Path(outputs[name]).read_text()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_cell_that_raises_is_told():
    Path("line.txt").touch()
    run = run_locally(tasks.notebook, {"words": 0, "path": File("line.txt")}, isolation="processes")
    assert run.failure is not None
    assert run.failure.code == "NotebookFailed"
    assert "report.ipynb raised ZeroDivisionError: division by zero" in run.failure.message


def test_every_program_compiles_and_has_fingerprints():
    program = compile_entity(tasks.waiting)
    assert {each.kind for each in program.bundle.tasks} == {"python", "sensor"}
    assert any("Counted" in each.name for each in fingerprint(tasks.third))
