"""Prompts, with a pipe in place of a terminal."""

from __future__ import annotations

import os
import queue

import pytest

from volery.ir.types import FLOAT
from volery.ir.values import pack, unpack
from volery.services.gates import Gate
from volery.services.prompts import Prompts, Typing

RATE = Gate("run", "n0", "rate", FLOAT, None)
SHIP = Gate("run", "n1", "ship", FLOAT, pack(2.5))


class Person:
    """Sits before the prompts. What they show and what becomes of it can be waited for."""

    def __init__(self):
        self.fd, self._types = os.pipe()
        self.shown = queue.SimpleQueue()
        self.signalled = queue.SimpleQueue()
        self.unanswered = queue.SimpleQueue()

    def type(self, text):
        os.write(self._types, text.encode())

    def leave(self):
        os.close(self._types)

    def sees(self, text):
        while text not in self.shown.get(timeout=50):
            pass

    def signal(self, execution, path, value):
        self.signalled.put((path, unpack(value)))
        return "taken"


@pytest.fixture
def person():
    return Person()


@pytest.fixture
def prompts(person):
    asking = Prompts(
        person.signal, person.shown.put, person.unanswered.put, typing=Typing(person.fd)
    )
    with asking:
        yield asking
    os.close(person.fd)


def test_a_value_is_asked_for_until_it_is_of_the_type(prompts, person):
    prompts.ask(RATE)
    person.sees("gate rate waits for float")
    person.sees("rate: ")
    person.type("fast\n")
    person.sees("expected float, got 'fast'")
    person.type("1.5\n")
    assert person.signalled.get(timeout=50) == ("n0", 1.5)


@pytest.mark.parametrize(
    ("typed", "approved"), [("y", True), ("YES", True), ("n", False), ("", False)]
)
def test_a_value_is_shown_and_approved_or_not(prompts, person, typed, approved):
    prompts.ask(SHIP)
    person.sees("gate ship waits for approval of\n  2.5")
    person.type(f"{typed}\n")
    assert person.signalled.get(timeout=50) == ("n1", approved)


def test_gates_are_asked_about_one_after_another(prompts, person):
    prompts.ask(SHIP)
    prompts.ask(RATE)
    person.type("y\n2\n")
    assert [person.signalled.get(timeout=50) for _ in range(2)] == [("n1", True), ("n0", 2.0)]


def test_what_others_have_answered_is_not_asked_for_any_longer(prompts, person):
    prompts.ask(SHIP)
    prompts.ask(RATE)
    person.sees("approve?")
    prompts.forget("run", "n1")
    person.sees("rate: ")
    person.type("3\n")
    assert person.signalled.get(timeout=50) == ("n0", 3.0)


def test_what_waits_behind_a_question_can_be_forgotten(prompts, person):
    prompts.ask(SHIP)
    prompts.ask(RATE)
    person.sees("approve?")
    prompts.forget("run", "n0")
    person.type("y\n")
    assert person.signalled.get(timeout=50) == ("n1", True)
    assert person.signalled.empty()


def test_who_has_left_answers_nothing(prompts, person):
    prompts.ask(RATE)
    person.sees("rate: ")
    person.leave()
    assert person.unanswered.get(timeout=50) == RATE
    prompts.ask(SHIP)
    assert person.unanswered.get(timeout=50) == SHIP


def test_an_end_does_not_wait_for_an_answer(person):
    with Prompts(
        person.signal, person.shown.put, person.unanswered.put, typing=Typing(person.fd)
    ) as prompts:
        prompts.ask(RATE)
        person.sees("rate: ")
    assert person.signalled.empty()
