"""Tasks of all kinds, as a worker finds them: names of a module."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from volery import (
    BaseSensor,
    DBConfig,
    Directory,
    File,
    FileSensor,
    NotebookTask,
    OutputLocation,
    Secret,
    ShellTask,
    SQLite3Config,
    SQLite3Task,
    SQLTask,
    WebhookTask,
    kwtypes,
    map_task,
    task,
    workflow,
)

count = ShellTask(
    "kinds.count",
    "printf %s {inputs.text} | tee {outputs.copy} | wc -c > {outputs.size}; echo counted >&2",
    inputs=kwtypes(text=str),
    output_locs=[OutputLocation("copy", File, "{inputs.text}.txt"), OutputLocation("size", int)],
    cache=True,
)
upper = ShellTask(
    "kinds.upper",
    script_file="upper.sh",
    inputs=kwtypes(text=str),
    output_locs=[OutputLocation("result", str)],
)
folder = ShellTask(
    "kinds.folder",
    "mkdir {outputs.made}; cp {inputs.file} {outputs.made}/; ls {outputs.made}",
    inputs=kwtypes(file=File),
    output_locs=[OutputLocation("made", Directory)],
)
broken = ShellTask("kinds.broken", "echo first; echo bad >&2; exit 3", retries=1)
killed = ShellTask("kinds.killed", "kill -9 $$")
silent = ShellTask("kinds.silent", "true", output_locs=[OutputLocation("left", int)])
asleep = ShellTask("kinds.asleep", 'echo $$ > "$INPUT_pid"; sleep 600', inputs=kwtypes(pid=str))
python = ShellTask(
    "kinds.python",
    "import os\nprint(os.environ['INPUT_word'], file=open(os.environ['OUTPUT_said'], 'w'))",
    shell="python3",
    inputs=kwtypes(word=str),
    output_locs=[OutputLocation("said", str)],
)


@workflow
def sizes(texts: list[str]) -> list[str]:
    return map_task(upper)(text=texts)


@workflow
def measured(text: str) -> int:
    counted = count(text=upper(text=text))
    return counted.size


DATABASE = Path("weather.db").absolute()  # tests run in folders of their own

since = SQLite3Task(
    "kinds.since",
    "SELECT place, heat FROM days WHERE day >= {{ .inputs.day }} AND place <> {{.inputs.but}}",
    SQLite3Config("weather.db"),
    inputs=kwtypes(day=dt.date, but=str),
    outputs=kwtypes(results=pd.DataFrame),
)
everything = SQLite3Task(
    "kinds.everything", "SELECT * FROM days", SQLite3Config("weather.zip", compressed=True)
)
add = SQLTask(
    "kinds.add",
    "INSERT INTO days VALUES ({{ .inputs.place }}, '2020-05-05', {{ .inputs.heat }})",
    DBConfig("sqlite:///weather.db"),
    inputs=kwtypes(place=str, heat=float),
    outputs={},
)
write = SQLite3Task("kinds.write", "DELETE FROM days", SQLite3Config("weather.db"), outputs={})

there = FileSensor("kinds.there", interval=60, timeout=3600)


class Counted(BaseSensor):
    """Is there at the third look."""

    def poke(self, tally: str, least: int = 3) -> bool:
        looks = Path(tally)
        text = looks.read_text() if looks.exists() else ""
        looks.write_text(text + "x")
        return len(text) + 1 >= least


third = Counted("kinds.third", interval=30)


class Cursed(BaseSensor):
    """Raises when it looks."""

    def poke(self) -> bool:
        raise ValueError("cursed")


cursed = Cursed("kinds.cursed")


@task
def after() -> int:
    return 1


@workflow
def waiting(tally: str) -> int:
    done = after()
    third(tally=tally) >> done
    return done


notebook = NotebookTask(
    "kinds.notebook",
    "report.ipynb",
    inputs=kwtypes(words=int, path=File),
    outputs=kwtypes(line=str, table=pd.DataFrame, sizes=dict[str, int]),
)

hook = WebhookTask(
    "kinds.hook",
    "http://127.0.0.1:7/{inputs.name}?q={inputs.name}",
    headers={"Authorization": "Bearer {secrets.hooks.token}"},
    data={"rows": "{inputs.rows}", "text": "about {inputs.name}", "n": 1},
    dynamic_inputs=kwtypes(name=str, rows=list[int]),
    secret_requests=[Secret("hooks", "token")],
    retries=3,
)
