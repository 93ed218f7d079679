"""What every backend must do: projects, entities and launch plans."""

from __future__ import annotations

import msgspec
import pytest

from volery.data.hashing import digest_of
from volery.errors import AlreadyExists, CallError, NotFound, RegistrationError
from volery.ids import digest
from volery.ir.codec import canonical, read_bundle
from volery.testing.conformance.backend_driver import Driver, everything
from volery.testing.conformance.backend_flows import HOURLY, bundle_of, each, plan, sums
from volery.wire.entities import EntityFilter, EntityKey, EntitySummary, Registration
from volery.wire.executions import NewExecution
from volery.wire.projects import DOMAINS, NewProject
from volery.wire.schedules import Backfill

_HOUR = 3600.0


class Projects:
    """Projects have an id, and domains."""

    def test_the_default_project_is_always_there(self, driver: Driver) -> None:
        found = {each.id: each.domains for each in driver.backend.projects()}
        assert found["default"] == found[driver.project] == DOMAINS

    def test_an_id_is_given_once(self, driver: Driver) -> None:
        with pytest.raises(AlreadyExists, match=driver.project):
            driver.backend.create_project(NewProject(driver.project, "another one"))

    def test_there_is_nothing_in_a_project_that_there_is_not(self, driver: Driver) -> None:
        driver.project = "unknown"
        with pytest.raises(NotFound, match="unknown"):
            driver.register(sums)


class Entities:
    """Entities are immutable, and known by kind, project, domain, name and version."""

    def test_registering_makes_an_entity_and_all_that_it_refers_to(self, driver: Driver) -> None:
        made = driver.register(sums)
        names = {(key.kind, key.name.rpartition(".")[2]) for key in made.made}
        assert names == {("workflow", "sums"), ("task", "total"), ("task", "one_more")}
        assert {key.version for key in made.made} == {made.version}
        assert made.bundle == digest(bundle_of(sums))
        assert made.bundle.startswith(made.version)

    def test_registering_the_same_again_changes_nothing(self, driver: Driver) -> None:
        first = driver.register(sums)
        again = driver.register(sums)
        assert (again.version, again.bundle, again.made) == (first.version, first.bundle, ())
        assert set(again.same) == set(first.made)

    def test_a_version_with_other_content_is_refused(self, driver: Driver) -> None:
        driver.register(plan, version="one")
        with pytest.raises(RegistrationError, match="conformance-plan"):
            driver.register(plan, version="one", schedule=HOURLY)

    def test_a_bundle_that_is_damaged_is_refused(self, driver: Driver) -> None:
        damaged = bundle_of(sums)[:-20]
        with pytest.raises(RegistrationError):
            driver.backend.register(Registration(damaged, driver.project))
        assert _found(driver) == []

    def test_a_bundle_comes_back_as_it_was(self, driver: Driver) -> None:
        made = driver.register(sums)
        assert driver.backend.bundle(made.bundle) == bundle_of(sums)

    def test_a_package_has_to_be_there_first(self, driver: Driver) -> None:
        package = digest_of(driver.project.encode())
        assert not driver.backend.has_package(package)
        bundle = msgspec.structs.replace(read_bundle(bundle_of(sums)), package=package)
        with pytest.raises(NotFound, match=package[:12]):
            driver.backend.register(Registration(canonical(bundle), driver.project))

    def test_without_a_version_it_is_the_newest(self, driver: Driver) -> None:
        driver.register(sums, version="one")
        driver.register(sums, version="two")
        newest = driver.backend.entity(driver.key(sums))
        assert newest.summary.key.version == "two"
        assert [each.name for each in newest.interface.inputs] == ["values", "by"]
        assert newest.defaults == {"by": 2}
        older = driver.backend.entity(driver.key(sums, "one"))
        assert older.summary.digest == newest.summary.digest
        assert older.spec["name"] == sums.name

    def test_what_is_unknown_is_told_with_what_is_near(self, driver: Driver) -> None:
        driver.register(sums, version="one")
        with pytest.raises(NotFound) as caught:
            driver.backend.entity(EntityKey("workflow", sums.name[:-1], "", driver.project))
        assert sums.name in (caught.value.hint or "")
        with pytest.raises(NotFound) as caught:
            driver.backend.entity(driver.key(sums, "ones"))
        assert "one" in (caught.value.hint or "")

    def test_a_list_has_the_newest_version_of_each_or_all(self, driver: Driver) -> None:
        for version in ("one", "two"):
            driver.register(sums, version=version)
        driver.register(each, version="three")
        assert _found(driver) == [(each.name, "three"), (sums.name, "two")]
        assert _found(driver, versions=True, name=sums.name) == [
            (sums.name, "two"),
            (sums.name, "one"),
        ]
        assert _found(driver, search="flows.su") == [(sums.name, "two")]
        assert _found(driver, domain="production") == []

    def test_pages_of_a_list_hold_while_more_is_registered(self, driver: Driver) -> None:
        for number in range(5):
            driver.register(sums, version=f"old-{number}")
        found: list[EntitySummary] = []
        cursor = ""
        where = EntityFilter(project=driver.project, name=sums.name, versions=True)
        for number in range(5):
            page = driver.backend.entities("workflow", where, 2, cursor)
            found += page.items
            cursor = page.next or ""
            driver.register(sums, version=f"new-{number}")
            if not cursor:
                break
        older = [each.key.version for each in found if each.key.version.startswith("old")]
        assert older == [f"old-{number}" for number in reversed(range(5))]


def _found(driver: Driver, **more: str | bool) -> list[tuple[str, str]]:
    where = msgspec.convert({"project": driver.project, **more}, EntityFilter)
    found = everything(lambda cursor: driver.backend.entities("workflow", where, 2, cursor))
    return [(each.key.name, each.key.version) for each in found]


class Plans:
    """Of a launch plan one version is active, and its schedule is followed."""

    def test_one_version_is_active(self, driver: Driver) -> None:
        for version in ("one", "two"):
            driver.register(plan, version=version)
        assert driver.backend.activate(driver.key(plan, "one")).active
        assert driver.backend.entity(driver.key(plan)).summary.key.version == "one"
        assert driver.backend.activate(driver.key(plan, "two")).key.version == "two"
        where = EntityFilter(project=driver.project, versions=True)
        listed = driver.backend.entities("launch_plan", where).items
        assert {each.key.version: each.active for each in listed} == {"one": False, "two": True}
        assert {each.active_version for each in listed} == {"two"}
        assert driver.backend.deactivate(driver.key(plan))
        assert not driver.backend.deactivate(driver.key(plan))

    def test_registering_can_activate(self, driver: Driver) -> None:
        made = driver.register(plan, activate=(plan.name,))
        assert made.activated == (plan.name,)
        assert driver.backend.entity(driver.key(plan)).summary.active

    def test_where_none_is_active_a_version_has_to_be_named(self, driver: Driver) -> None:
        for version in ("one", "two"):
            driver.register(plan, version=version)

        def started(version: str = "") -> str:
            new = NewExecution(driver.key(plan, version))
            return driver.backend.execute(new).entity.version

        def assert_refused() -> None:
            with pytest.raises(CallError, match="no version of launch plan") as caught:
                started()
            assert "volery launch-plans activate" in (caught.value.hint or "")
            assert "the newest is two" in (caught.value.hint or "")

        assert_refused()
        assert started("one") == "one"
        driver.backend.activate(driver.key(plan, "one"))
        assert started() == "one"
        driver.backend.deactivate(driver.key(plan))
        assert_refused()
        assert driver.backend.entity(driver.key(plan)).summary.key.version == "two"

    def test_what_there_is_not_is_not_activated(self, driver: Driver) -> None:
        driver.register(plan, version="one")
        for key in (driver.key(plan, "two"), EntityKey("launch_plan", "x", "", driver.project)):
            with pytest.raises(NotFound):
                driver.backend.activate(key)

    def test_a_version_may_be_called_as_one_likes(self, driver: Driver) -> None:
        for version in ("fires", "activate"):
            driver.register(plan, version=version)
            key = driver.key(plan, version)
            assert driver.backend.entity(key).summary.key == key
            assert driver.backend.activate(key).key == key

    def test_fixed_inputs_are_no_inputs(self, driver: Driver) -> None:
        driver.register(plan, activate=(plan.name,))
        found = driver.backend.entity(driver.key(plan))
        assert [each.name for each in found.interface.inputs] == ["values"]
        assert (found.fixed, found.defaults) == ({"by": 3}, {"values": [1]})
        with pytest.raises(CallError, match=r"by: it is fixed by the launch plan"):
            driver.backend.execute(NewExecution(driver.key(plan), {"by": 4}))

    def test_the_schedule_of_an_active_version_is_followed(self, driver: Driver) -> None:
        driver.register(plan, schedule=HOURLY)
        assert driver.backend.schedules(driver.project) == ()
        driver.backend.activate(driver.key(plan))
        [schedule] = driver.backend.schedules(driver.project)
        assert (schedule.plan.name, schedule.told) == (plan.name, "0 * * * * (UTC)")
        [first, second] = driver.backend.fires(driver.key(plan), 2)
        assert schedule.next in {first.at, second.at}  # an hour may have begun in between
        assert second.at - first.at == _HOUR
        driver.backend.deactivate(driver.key(plan))
        assert driver.backend.schedules(driver.project) == ()

    def test_a_backfill_starts_each_instant_once(self, driver: Driver) -> None:
        driver.register(plan, schedule=HOURLY, activate=(plan.name,))
        asked = Backfill(driver.key(plan), since=0.0, until=3 * _HOUR)
        instants = [0.0, _HOUR, 2 * _HOUR]
        dry = driver.backend.backfill(msgspec.structs.replace(asked, dry=True))
        assert [each.at for each in dry] == instants
        made = driver.backend.backfill(asked)
        assert [(each.at, each.made) for each in made] == [(at, True) for at in instants]
        again = driver.backend.backfill(asked)
        assert [(each.execution, each.made) for each in again] == [
            (each.execution, False) for each in made
        ]
        ended = driver.finish(made[1].execution)
        assert (ended.phase, ended.scheduled) == ("SUCCEEDED", _HOUR)

    def test_an_execution_of_a_launch_plan_has_its_inputs(self, driver: Driver) -> None:
        driver.register(plan, activate=(plan.name,))
        started = driver.backend.execute(NewExecution(driver.key(plan)))
        assert driver.finish(started.id).phase == "SUCCEEDED"
        assert driver.backend.outputs(started.id).values == {"o0": 4}
