"""Connections of one process to one file."""

from __future__ import annotations

import select
import threading

import pytest

from volery.ir.ref import Ref
from volery.store.base import NewExecution
from volery.store.sqlite import open_sqlite

NEW = NewExecution("a", "project", "domain", Ref("workflow", "w"), "bundle", b"", "a")


@pytest.fixture
def two(tmp_path):
    """The store that drives, and the one that others of this process use."""
    with_bell = open_sqlite(tmp_path / "db")
    other = open_sqlite(tmp_path / "db")
    with_bell.enlist("me", "me", 10.0)
    yield with_bell, other
    with_bell.close()
    other.close()


def _rings(store):
    return bool(select.select([store.news], [], [], 0)[0])


def _elsewhere(function, *arguments):
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    thread.join()


def test_who_drives_hears_what_another_thread_has_changed(two):
    drives, other = two
    assert not _rings(drives)
    other.put_bundle("bundle", b"")
    _elsewhere(other.create, NEW, 1.0)
    assert _rings(drives)
    drives.heard()
    assert not _rings(drives)


def test_nobody_is_woken_by_its_own_doing(two):
    drives, other = two
    other.put_bundle("bundle", b"")
    drives.create(NEW, 1.0)
    assert not _rings(drives)


def test_a_store_that_was_closed_is_not_rung(two):
    drives, other = two
    other.put_bundle("bundle", b"")
    drives.close()
    _elsewhere(other.create, NEW, 1.0)
    assert drives.news is None
