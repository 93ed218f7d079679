"""What is open between opening a database and closing it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager

import pytest

from volery.clock import SystemClock
from volery.config import Settings, settings
from volery.errors import ConfigError
from volery.services.life import Life
from volery.testing.conformance.backend_flows import one_more
from volery.wire.health import Health


@contextmanager
def life(home, **how):
    with ExitStack() as stack:
        yield Life(
            Settings(home=home, workers=1, **how),
            SystemClock(),
            lambda: Health(ok=True, checks=(), version=""),
            pool="",
            stack=stack,
        )


@pytest.mark.parametrize(("retain", "is_there"), [(1e-6, False), (3_600.0, True), (None, True)])
def test_what_ended_long_ago_is_removed_if_that_is_wanted(tmp_path, retain, is_there):
    with life(tmp_path, retain=retain) as opened:
        run = opened.engine().run(one_more, {"value": 1})
        opened.retain()
        assert (opened.store.execution(run.execution) is not None) == is_there


@pytest.mark.parametrize(("told", "seconds"), [("90s", 90), ("12h", 43_200), ("30d", 2_592_000)])
def test_an_age_is_told_with_its_unit(tmp_path, told, seconds):
    assert settings(folder=tmp_path, environ={"VOLERY_RETAIN": told}).retain == seconds


@pytest.mark.parametrize("told", ["30", "0d", "-1d", "1 fortnight", "d"])
def test_an_age_that_is_none_is_refused(tmp_path, told):
    with pytest.raises(ConfigError, match="such as 12h or 30d"):
        settings(folder=tmp_path, environ={"VOLERY_RETAIN": told})
