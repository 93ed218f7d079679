"""What a benchmark yields: rows of the table, some with a target."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A value to reach: at least or at most `value`, by Volery alone or relative to the peer."""

    value: float
    at_least: bool = False
    of_ratio: bool = False

    def passed(self, ours: float, ratio: float | None) -> bool | None:
        """Whether it is reached; None if the peer that it refers to was not measured."""
        measured = ratio if self.of_ratio else ours
        if measured is None:
            return None
        return measured >= self.value if self.at_least else measured <= self.value

    def show(self, unit: str) -> str:
        """The target as it stands in the table."""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {number(self.value)} {'times' if self.of_ratio else unit}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `ratio` says how many times better Volery is than the peer, whichever direction is better.
    """

    what: str
    unit: str
    ours: float
    target: Target | None = None
    peer: str = ""
    theirs: float | None = None

    @property
    def ratio(self) -> float | None:
        if not self.theirs or not self.ours:
            return None
        higher_is_better = self.unit.endswith("/s")
        return self.ours / self.theirs if higher_is_better else self.theirs / self.ours

    @property
    def passed(self) -> bool | None:
        return self.target.passed(self.ours, self.ratio) if self.target else None

    def cells(self) -> list[str]:
        verdict = {True: "pass", False: "MISS", None: ""}[self.passed]
        return [
            self.what,
            f"{number(self.ours)} {self.unit}",
            f"{number(self.theirs)} {self.unit} ({self.peer})" if self.theirs else "",
            f"{number(self.ratio)}" if self.ratio else "",
            self.target.show(self.unit) if self.target else "",
            verdict,
        ]


HEADINGS = ["", "Volery", "peer", "times better", "target", ""]


def number(value: float | None) -> str:
    """Three digits that count are all that a benchmark knows."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
