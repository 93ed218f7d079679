"""Tests of the payment: run them with pytest."""

from __future__ import annotations

from flow import at_once, pay, with_approval

from volery.testing import Hang, task_mock


def test_the_amount_is_converted_first() -> None:
    with task_mock(pay) as bank:
        bank.return_value = "paid"
        at_once(amount=10.0, rate=1.25)
    bank.assert_called_once_with(amount=12.5)


def test_a_bank_that_is_away_is_tried_again_after_a_while(volery_run, volery_clock) -> None:
    began = volery_clock.now()
    run = volery_run(at_once, {"amount": 1.0}, fail={"pay": [ConnectionError("away")]})
    assert run.output == "paid 1.00 EUR"
    assert len(run.attempts["n1"]) == 2
    assert volery_clock.now() - began > 30


def test_a_bank_that_refuses_is_not_tried_again(volery_run) -> None:
    run = volery_run(at_once, {"amount": 1.0}, fail={"pay": ValueError("no cover")})
    assert run.failure.message == "no cover"
    assert len(run.attempts["n1"]) == 1


def test_a_bank_that_does_not_answer_is_given_up(volery_run) -> None:
    run = volery_run(at_once, {"amount": 1.0}, fail={"pay": Hang()})
    assert run.failure.code == "TimedOut"


def test_the_boss_decides(volery_run) -> None:
    payment = {"amount": 1.0}
    assert volery_run(with_approval, payment, signals={"boss": True}).output == "paid 1.00 EUR"
    refused = volery_run(with_approval, payment, signals={"boss": False})
    assert refused.failure.code == "Disapproved"


def test_the_boss_has_two_days(volery_run, volery_clock) -> None:
    began = volery_clock.now()
    assert volery_run(with_approval, {"amount": 1.0}).failure.code == "TimedOut"
    assert volery_clock.now() - began == 2 * 86_400
