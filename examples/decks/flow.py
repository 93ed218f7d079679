"""A task that shows its work: `Deck`.

`volery run examples/decks/flow.py survey`, then `volery executions decks NAME n0 --save shown`, or
the tab Deck of the node in the web UI.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Annotated

from volery import Deck, DeckField, task, workflow


class Bars:
    """Shows counts as bars, wherever a type says so."""

    def to_html(self, counts: Mapping[str, int]) -> str:
        most = max(counts.values(), default=1)
        rows = (
            f"<tr><td>{name}</td><td>{count}</td>"
            f"<td><hr style='width: {count / most * 300:.0f}px; border: 6px solid #8ab'></td></tr>"
            for name, count in counts.items()
        )
        return f"<table>{''.join(rows)}</table>"


@task(enable_deck=True, deck_fields=(DeckField.INPUT, DeckField.OUTPUT))
def roll(times: int, seed: int) -> Annotated[dict[str, int], Bars()]:
    """Roll a die, and show how that goes while it goes on."""
    die, counts = random.Random(seed), Counter[str]()  # noqa: S311 - it guards nothing
    progress = Deck("Progress", "<h2>So far</h2>")
    for number in range(1, times + 1):
        counts[str(die.randint(1, 6))] += 1
        if number % 250 == 0:
            progress.append(f"<p>{number} of {times}: a six {counts['6'] / number:.1%}</p>")
            Deck.publish()
    return dict(sorted(counts.items()))


@workflow
def survey(times: int = 1000, seed: int = 1) -> dict[str, int]:
    """Is the die a fair one?"""
    return roll(times=times, seed=seed)


if __name__ == "__main__":
    print(sum(survey().values()), "times")
