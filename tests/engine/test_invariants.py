"""Pictures that break a rule are recognised, and the sound ones beside them are not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from volery.engine.invariants import Event, Picture, Step, broken
from volery.engine.model import AttemptPhase, Phase
from volery.ids import ROOT

RUNNING, SUCCEEDED, FAILED = Phase.RUNNING, Phase.SUCCEEDED, Phase.FAILED
OPEN, DONE = AttemptPhase.RUNNING, AttemptPhase.SUCCEEDED


def step(path: str, phase: Phase = RUNNING, attempts=(OPEN,), **facts) -> Step:
    return Step(path, phase, attempts, scope=False, **({"outputs": False} | facts))


def picture(*steps: Step, phase: Phase = RUNNING, **facts) -> Picture:
    events = [Event(ROOT, RUNNING)]
    for each in steps:
        events += [Event(each.path, RUNNING), Event(each.path, each.phase)][
            : 1 + each.phase.terminal
        ]
    if phase.terminal:
        events.append(Event(ROOT, phase))
    sound = Picture(
        "e",
        phase,
        outputs=phase is SUCCEEDED,
        steps={each.path: each for each in steps},
        dirty=frozenset(),
        waits={},
        events=events,
    )
    return replace(sound, **facts)


SOUND = [
    picture(step("a")),
    picture(step("gate", attempts=(), waits=True)),
    picture(step("d/@body", SUCCEEDED, (DONE,), emits=True), step("n")),
    picture(step("m[0:9]", Phase.SKIPPED, (AttemptPhase.FAILED,)), step("a")),
    picture(queues=True),
    picture(step("a", attempts=(DONE,), outputs=True), dirty=frozenset({ROOT})),
    picture(step("a", attempts=()), dirty=frozenset({ROOT})),
    picture(step("a", SUCCEEDED, (DONE,), outputs=True), phase=SUCCEEDED),
    picture(step("lp", attempts=(), waits=True, child=RUNNING)),
    picture(step("lp", attempts=(), waits=True, child=SUCCEEDED)),
    picture(step("lp", FAILED, (), child=FAILED), step("a")),
]


@pytest.mark.parametrize("sound", SOUND)
def test_a_sound_picture_breaks_no_rule(sound):
    above = Step("d", RUNNING, (), scope=True, outputs=False)
    mapped = Step("m", RUNNING, (), scope=True, outputs=False)
    steps = dict(sound.steps)
    for scope in (above, mapped):
        if any(path.startswith(scope.path) for path in steps):
            steps[scope.path] = scope
            steps[f"{scope.path}/x"] = step(f"{scope.path}/x")
    events = [*sound.events, *(Event(path, RUNNING) for path in steps if path not in sound.steps)]
    assert broken(replace(sound, steps=steps, events=events)) == []


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (picture(), "nothing will ever wake it"),
        (picture(step("a", attempts=())), "waits for nothing"),
        (picture(step("a", attempts=(DONE,), outputs=True)), "nobody was woken"),
        (picture(step("a"), phase=FAILED), "in a scope that is FAILED"),
        (picture(step("lp", FAILED, (), child=RUNNING)), "that it has started RUNNING"),
        (picture(step("b"), step("a", SUCCEEDED, (DONE,))), "outputs are there: False"),
        (
            picture(step("b"), step("a", SUCCEEDED, (DONE,), outputs=True, emits=True)),
            "outputs are there: True",
        ),
        (picture(step("a", attempts=(OPEN, OPEN))), "is not its newest"),
        (picture(step("a"), events=[Event(ROOT, RUNNING)]), "the journal and the tables differ"),
        (picture(step("a"), waits={"a": ["b"]}), "before its inputs"),
    ],
)
def test_a_broken_rule_is_named(wrong, complaint):
    assert any(complaint in text for text in broken(wrong))
