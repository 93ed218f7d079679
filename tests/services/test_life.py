"""What is open between opening a database and closing it."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from tests.services.browsed import awaited

from volery.clock import SystemClock
from volery.config import Settings, settings
from volery.errors import ConfigError
from volery.services.home import Home
from volery.services.life import Life
from volery.store.retention import Families
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
        lines = opened.services.audit.page(9, "").items
        removed = [] if is_there else [("retention", "executions.retain")]
        assert [(each.who, each.what) for each in lines] == removed


def test_removing_takes_nothing_from_those_who_ask(tmp_path):
    """They waited, and /healthz with them, while a large family was removed by their connection."""
    with life(tmp_path, retain=1e-6) as opened:
        run = opened.engine().run(one_more, {"value": 1})
        opened.store.close()
        opened.retain()
    with closing(Home(tmp_path).open()) as store:
        assert store.execution(run.execution) is None


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("90s", 90), ("12h", 43_200), ("30d", 2_592_000), ("1h30m", 5_400), ("1ms", 0.001)],
)
def test_an_age_is_told_with_its_unit(tmp_path, told, seconds):
    assert settings(folder=tmp_path, environ={"VOLERY_RETAIN": told}).retain == seconds


@pytest.mark.parametrize("told", ["30", "0d", "-1d", "1 fortnight", "d"])
def test_an_age_that_is_none_is_refused(tmp_path, told):
    with pytest.raises(ConfigError, match="such as 12h or 30d"):
        settings(folder=tmp_path, environ={"VOLERY_RETAIN": told})


@pytest.mark.parametrize(("entity", "inputs"), [(one_more, {"value": 1}), (awaited, {"x": 1})])
def test_what_was_removed_with_its_last_execution_is_put_again(
    tmp_path, entity, inputs, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))  # workers find it there
    with life(tmp_path) as opened:
        first = opened.engine().run(entity, inputs)
        families = Families(opened.store.database)
        assert families.remove(first.execution, 1e12)
        unused = families.unused_bundles()
        assert unused
        assert all(map(families.remove_bundle, unused))
        again = opened.engine().run(entity, inputs)
        assert (again.phase, again.outputs) == (first.phase, first.outputs)
        assert again.phase == "SUCCEEDED"


def test_where_another_database_has_values_only_executions_are_removed(tmp_path, caplog):
    storage = (tmp_path / "shared").as_uri()
    with life(tmp_path / "other", storage=storage) as other:
        other.engine()
    with life(tmp_path / "home", storage=storage, retain=1e-6) as opened:
        run = opened.engine().run(one_more, {"value": 1})
        opened.retain()
        assert opened.store.execution(run.execution) is None
    assert "other databases have values in" in caplog.text
    assert "other/volery.db" in caplog.text
