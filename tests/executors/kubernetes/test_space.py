"""What is known of a namespace: who gets a pod next, what waits for too long, what is left over."""

from __future__ import annotations

import pytest
from tests.executors.kubernetes.pods import Clock, attempt

from volery.executors.contained.exits import Exit
from volery.executors.contained.works import Held
from volery.executors.kubernetes.api import Refusal
from volery.executors.kubernetes.contact import DOUBT, Contact
from volery.executors.kubernetes.settings import Limits
from volery.executors.kubernetes.space import AGAIN, GATHER, Charge, Space
from volery.executors.kubernetes.status import Meta, Pod, Status

FULL = Refusal(403, "Forbidden", "exceeded quota: q, requested: pods=1, used: pods=2, limited: ...")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def contact(clock):
    return Contact(clock)


@pytest.fixture
def space(contact):
    return Space("default", contact=contact, listed=True)


def charge(name: str) -> Charge:
    return Charge(Held(attempt(), name), "primary")


def seen(name: str, phase: str = "Pending") -> Pod:
    return Pod(Meta(name), Status(phase))


def started(space: Space, name: str, now: float = 1.0) -> Charge:
    """A work that has a pod."""
    made = charge(name)
    space.add(made)
    assert made in space.next()
    space.has_started(made, now)
    return made


# --- contact --------------------------------------------------------------------------------------


def test_the_clock_stands_still_without_contact(clock, contact):
    clock.now = 10.0
    assert (contact.time, contact.ever) == (0.0, False)
    with contact.made():
        clock.now += 5.0
        assert (contact.time, contact.ever) == (5.0, True)
    clock.now += 60.0
    assert contact.time == 5.0
    with contact.made():
        clock.now += 1.0
        assert contact.time == 6.0


RIGHT = Refusal(401, "Unauthorized", "Unauthorized")


def test_who_has_just_come_back_is_not_believed_when_it_refuses_rights(clock, contact, space):
    assert space.believes(RIGHT)
    with contact.made():
        assert space.believes(RIGHT)
    assert not space.believes(RIGHT)
    with contact.made():
        clock.now += DOUBT - 1.0
        assert not space.believes(RIGHT)
        assert space.believes(Refusal(422, "Invalid", "no such field"))
        clock.now += 1.0
        assert space.believes(RIGHT)
        assert not space.believes(Refusal(503, "", "away"))


def test_time_without_contact_is_not_held_against_a_pod(clock, contact, space):
    limits = Limits(pull=90.0)
    waiting = started(space, "a")
    with contact.made():
        waiting.waits = "pull", contact.time
        clock.now += 60.0
    clock.now += 3600.0
    with contact.made():
        assert not space.late(limits)
        clock.now += 31.0
        assert space.late(limits) == [waiting]


def test_a_pod_that_waits_for_too_long_is_told_once_until_it_is_known_whether_it_does(
    clock, contact, space
):
    limits = Limits(pull=90.0)
    waiting = started(space, "a")
    waiting.waits = "pull", 0.0
    with contact.made():
        clock.now += 91.0
        assert space.late(limits) == [waiting]
        assert not space.late(limits)
        waiting.doubted = False
        assert space.late(limits) == [waiting]


# --- room -----------------------------------------------------------------------------------------


def test_a_work_for_which_there_is_no_room_waits_behind_the_others(space):
    large, small = charge("large"), charge("small")
    space.add(large)
    space.add(small)
    asked = space.next()
    assert next(asked) is large
    space.is_full(large, FULL, 0.0)
    space.quota.grow(0, 100.0)
    assert next(space.next()) is small


def test_a_work_is_crowded_out_when_others_leave_no_room_for_so_long(clock, contact, space):
    waiting = charge("a")
    space.add(waiting)
    with contact.made():
        next(space.next())
        space.is_full(waiting, FULL, 0.0)
        clock.now += 60.0
        assert not space.crowded_out(60.0)
        clock.now += 1.0
        assert space.crowded_out(60.0) == [waiting]
    assert not space.charges
    assert not space.waiting


def test_a_work_waits_for_room_as_long_as_pods_of_ours_run(clock, contact, space):
    running, waiting = started(space, "a"), charge("b")
    space.add(waiting)
    with contact.made():
        next(space.next())
        space.is_full(waiting, FULL, 0.0)
        clock.now += 1e6
        assert not space.crowded_out(60.0)
        space.has_ended(running, Exit())
        clock.now += 60.0
        assert not space.crowded_out(60.0)
        clock.now += 1.0
        assert space.crowded_out(60.0) == [waiting]


def test_a_work_waits_for_room_as_long_as_pods_of_another_engine_run(clock, contact, space):
    waiting = charge("b")
    space.add(waiting)
    space.meet(seen("other", "Running"), 0.0, 60.0, 600.0)
    with contact.made():
        next(space.next())
        space.is_full(waiting, FULL, 0.0)
        clock.now += 1e6
        assert not space.crowded_out(60.0)


def test_time_without_contact_does_not_count_for_the_quota(clock, contact, space):
    waiting = charge("a")
    space.add(waiting)
    with contact.made():
        next(space.next())
        space.is_full(waiting, FULL, 0.0)
    clock.now += 1e6
    assert not space.crowded_out(60.0)


# --- strays ---------------------------------------------------------------------------------------


def test_a_stray_that_has_ended_is_asked_about_before_it_is_deleted(space):
    space.meet(seen("a", "Succeeded"), 0.0, 60.0, 600.0)
    assert not space.doubtful(59.0)
    assert [each.metadata.name for each in space.doubtful(60.0)] == ["a"]
    assert not space.sweep(1e6)
    space.let_go("a", 60.0)
    assert space.sweep(60.0 + GATHER) == ["a"]


def test_pods_that_are_kept_are_deleted_with_those_that_end_later(space):
    """Where they ended one after the other, each cost a request of its own."""
    for number in range(10):
        space.release(started(space, f"p{number}"), 6.0 * number, 60.0)
    assert space.sweep(119.0) == []
    assert len(space.sweep(120.0)) == 10


def test_a_pod_that_nobody_keeps_does_not_wait_for_those_that_are_kept(space):
    space.release(started(space, "kept"), 0.0, 60.0)
    space.release(started(space, "unwanted"), 0.0, 0.0)
    assert space.sweep(GATHER) == ["unwanted"]


def test_a_stray_is_asked_about_again_after_the_same_time(space):
    space.meet(seen("a", "Running"), 0.0, 60.0, 600.0)
    for now, told in ((599.0, 0), (600.0, 1), (1_199.0, 0), (1_200.0, 1)):
        assert len(space.doubtful(now)) == told


def test_a_stray_that_is_asked_about_at_once_is_not_asked_about_all_the_time(space):
    space.meet(seen("a", "Succeeded"), 0.0, 0.0, 0.0)
    assert len(space.doubtful(0.0)) == 1
    assert not space.doubtful(AGAIN - 1.0)
    assert len(space.doubtful(AGAIN)) == 1


def test_a_stray_that_ends_is_kept_from_its_end_on(space):
    space.meet(seen("a", "Running"), 0.0, 60.0, 600.0)
    space.meet(seen("a", "Running"), 100.0, 60.0, 600.0)
    space.meet(seen("a", "Succeeded"), 200.0, 60.0, 600.0)
    assert not space.doubtful(259.0)
    assert [each.status.phase for each in space.doubtful(260.0)] == ["Succeeded"]


def test_a_stray_that_was_launched_meanwhile_is_not_deleted(space):
    space.meet(seen("a", "Succeeded"), 0.0, 0.0, 0.0)
    space.let_go("a", 0.0)
    started(space, "a")
    assert not space.sweep(1e6)


def test_a_pod_that_is_asked_for_is_not_gone_by_a_list_that_began_before(space):
    """It was asked for once more, for it was thought to be deleted."""
    space.hosts = {"asked-for": Pod(Meta("asked-for")), "seen": Pod(Meta("seen", uid="1"))}
    space.missing(set(), 1.0)
    assert list(space.hosts) == ["asked-for"]
