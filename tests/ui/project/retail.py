"""What the tests in a browser run: small, and with everything that a page can show."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from volery import (
    CronSchedule,
    Deck,
    File,
    LaunchPlan,
    approve,
    conditional,
    current_context,
    dynamic,
    map_task,
    task,
    wait_for_input,
    workflow,
)

log = logging.getLogger(__name__)


@dataclass
class Model:
    """What training gives."""

    kind: str
    weights: list[float]
    error: float


@task
def load(rows: int) -> list[float]:
    """Load sales.

    Args:
        rows: how many.
    """
    log.info("loading %d rows", rows)
    print(f"\x1b[32mloaded\x1b[0m {rows} rows")
    return [float(each % 17) for each in range(rows)]


@task(cache=True)
def clean(values: list[float]) -> list[float]:
    """Leave out what is nothing."""
    time.sleep(0.3)
    return [each for each in values if each]


@task
def fit(value: float, factor: float) -> float:
    """Fit one fold."""
    if value == 13.0:
        raise ValueError(f"singular matrix: no inverse of {value}")
    return value * factor


@task
def whole(parts: list[float | None], kind: str) -> Model:
    """Put a model together."""
    Deck("Folds", folds(parts))
    return Model(kind, [each or 0.0 for each in parts][:3], 0.25)


def folds(parts: list[float | None]) -> str:
    """A bar for each fold, and a gap for one that could not be fitted."""
    heights = [4 * (part or 0.0) for part in parts]
    bars = "".join(
        f'<rect x="{16 * place}" y="{100 - height}" width="12" height="{height}"/>'
        for place, height in enumerate(heights)
    )
    left_out = sum(part is None for part in parts)
    return f"""
        <h2>Folds</h2>
        <svg viewBox="0 0 {16 * len(parts)} 100" fill="#5b7fbd">{bars}</svg>
        <table>
          <tr><td>fitted</td><td>{len(parts) - left_out}</td></tr>
          <tr><td>left out</td><td>{left_out}</td></tr>
          <tr><td>the largest</td><td>{max(part or 0.0 for part in parts):g}</td></tr>
        </table>"""


@task
def enough(values: list[float]) -> int:
    return len(values)


@task
def thorough(model: Model) -> str:
    return f"{model.kind}: looked at all of it"


@task
def quick(model: Model) -> str:
    return f"{model.kind}: looked at some of it"


@task(retries=2)
def publish(report: str) -> str:
    """Publish a report; the first try fails."""
    if current_context().attempt < 2:
        log.warning("the shop does not answer")
        raise TimeoutError("the shop does not answer")
    log.info("published")
    return f"published: {report}"


@workflow
def score(model: Model, size: int) -> str:
    """Look at a model: at all of it where it is small."""
    return (
        conditional("size")
        .if_(size < 100)
        .then(thorough(model=model))
        .else_()
        .then(quick(model=model))
    )


@workflow
def train_and_score(rows: int = 40, model: str = "xgb", factor: float = 1.5) -> str:
    """Train a model on sales, look at it, and publish what was seen.

    A fold that cannot be fitted is left out, as long as half of them can.

    Args:
        rows: of sales to train on.
        model: what kind of model.
        factor: by which each fold counts.
    """
    values = clean(values=load(rows=rows))
    folds = map_task(partial(fit, factor=factor), min_success_ratio=0.5)(value=values)
    made = whole(parts=folds, kind=model)
    return publish(report=score(model=made, size=enough(values=values)))


# -- started by others, or by itself -----------------------------------------------------------

quarterly = LaunchPlan.get_or_create(
    train_and_score,
    name="quarterly",
    default_inputs={"rows": 60},
    fixed_inputs={"model": "xgb"},
)
nightly = LaunchPlan.get_or_create(
    train_and_score,
    name="nightly",
    schedule=CronSchedule("30 2 * * *", timezone="Europe/Berlin"),
    labels={"team": "sales"},
)


@task
def compare(reports: list[str]) -> str:
    return f"{len(reports)} reports"


@dynamic
def each_quarter(quarters: int) -> str:
    """As many executions of a launch plan as there are quarters."""
    return compare(reports=[quarterly(rows=20 + each) for each in range(quarters)])


@workflow
def year(quarters: int = 2) -> str:
    """All quarters of a year."""
    return each_quarter(quarters=quarters)


# -- what waits for somebody -------------------------------------------------------------------


@task
def send(text: str) -> str:
    return f"sent: {text}"


@workflow
def announce(draft: str) -> str:
    """Announce something, when somebody has given a headline and another one has agreed."""
    headline = wait_for_input("headline", timeout=timedelta(days=3), expected_type=str)
    agreed = approve(headline, "release", timeout=timedelta(days=3))
    return send(text=agreed)


# -- what fails, and what goes on --------------------------------------------------------------


@task(retries=1)
def invert(matrix: list[list[float]]) -> list[list[float]]:
    """Invert a matrix of two rows."""
    (a, b), (c, d) = matrix
    determinant = a * d - b * c
    log.info("determinant: %s", determinant)
    return [[d / determinant, -b / determinant], [-c / determinant, a / determinant]]


@workflow
def solve(matrix: list[list[float]]) -> list[list[float]]:
    """Solve equations; it fails where they have no solution."""
    return invert(matrix=matrix)


@task
def watch(seconds: float) -> int:
    """Look at the shop twice a second."""
    looks = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        looks += 1
        print(f"look {looks}: open", flush=True)
        time.sleep(0.5)
    return looks


@workflow
def watch_shop(seconds: float) -> int:
    """Watch the shop for a while."""
    return watch(seconds=seconds)


# -- what runs every hour, and not always well -------------------------------------------------


@task(retries=1)
def fetch(hour: int) -> File:
    """Fetch what an hour has sold; at some hours the shop answers the second time only."""
    if hour % 5 == 3 and current_context().attempt < 2:
        raise TimeoutError("the shop does not answer")
    sold = File.new("sold.csv")
    with sold.open("w") as lines:
        lines.write("article,sold\n")
        lines.writelines(f"{article},{article * hour % 23}\n" for article in range(40))
    print(f"fetched {hour:02}:00")
    return sold


@task
def check(sold: File, hour: int) -> int:
    """Count articles; an hour in which too little was sold is wrong."""
    time.sleep(hour % 7 / 100)
    if hour % 9 == 4:
        raise ValueError(f"too little was sold at {hour:02}:00")
    return Path(sold).read_text().count("\n") - 1


@task
def add_up(sold: File, articles: int) -> File:
    """Add up what was sold."""
    total = File.new("total.txt")
    lines = Path(sold).read_text().splitlines()[1:]
    with total.open("w") as text:
        text.write(f"{sum(int(line.split(',')[1]) for line in lines)} of {articles} articles")
    return total


@workflow
def refresh(hour: int) -> File:
    """Bring the numbers of an hour up to date."""
    sold = fetch(hour=hour)
    return add_up(sold=sold, articles=check(sold=sold, hour=hour))
