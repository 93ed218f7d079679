"""Tasks of other kinds than Python functions: a sensor, a shell script, a query.

python examples/kinds/flow.py
volery run examples/kinds/flow.py common --text examples/kinds/poem.txt --path README.md
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from volery import (
    ContainerTask,
    DBConfig,
    File,
    FileSensor,
    NotebookTask,
    OutputLocation,
    ShellTask,
    SQLTask,
    kwtypes,
    task,
    workflow,
)

# Waits until the file is there; no process is held meanwhile.
arrived = FileSensor("arrived", interval=30, timeout=24 * 3600)

# Whatever the file is called, its path is one word: fields become variables, never text.
count_words = ShellTask(
    "count_words",
    script_file="count_words.sh",
    inputs=kwtypes(text=File),
    output_locs=[OutputLocation("counts", str)],
    cache=True,
)

# Inputs are parameters of the statement, and stay values.
often = SQLTask(
    "often",
    """
    SELECT json_extract(value, '$[0]') AS word, json_extract(value, '$[1]') AS times
    FROM json_each({{ .inputs.counts }})
    WHERE times >= {{ .inputs.least }}
    ORDER BY times DESC, word
    """,
    DBConfig("sqlite:///:memory:"),
    inputs=kwtypes(counts=str, least=int),
    outputs=kwtypes(results=pd.DataFrame),
)

# A program in an image that knows nothing of Volery: volery run ... count_lines --text ...
count_lines = ContainerTask(
    "count_lines",
    "busybox",
    ["sh", "-c", 'wc -l < "$0" > "$1"', "{{.inputs.text}}", "{{.outputDir}}/lines"],
    inputs=kwtypes(text=File),
    outputs=kwtypes(lines=int),
)

# A notebook, which needs volery[notebook]: volery run ... report --words 3 --title "A poem"
report = NotebookTask(
    "report",
    "report.ipynb",
    inputs=kwtypes(words=int, title=str),
    outputs=kwtypes(line=str, pages=int),
)


@task
def tell(table: pd.DataFrame) -> str:
    rows = table.itertuples(index=False, name=None)
    return ", ".join(f"{word} {times} times" for word, times in rows)


@workflow
def common(text: File, path: str, least: int = 3) -> str:
    counted = count_words(text=text)
    arrived(path=path) >> counted
    return tell(table=often(counts=counted, least=least))


if __name__ == "__main__":
    poem = Path(__file__).with_name("poem.txt")
    print(common(text=File(poem), path=str(poem)))
