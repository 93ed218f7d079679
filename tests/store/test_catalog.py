"""Projects, versions of entities and active launch plans, on both databases."""

from __future__ import annotations

import msgspec
import pytest

from volery.ids import digest
from volery.ir.ref import Ref
from volery.store.catalog import Added, Catalog, Known, NewVersions, Version
from volery.store.database import Database
from volery.store.moves import IllegalMove
from volery.wire.entities import EntityFilter, EntityKey
from volery.wire.projects import DOMAINS, Project

FIT = Ref("task", "flows.fit")
PIPELINE = Ref("workflow", "flows.pipeline")
DAILY = Ref("launch_plan", "daily")
KEY = EntityKey("launch_plan", "daily")
PACKAGE = "a" * 64


@pytest.fixture
def catalog(database: Database) -> Catalog:
    made = Catalog(database)
    made.add_package(PACKAGE, 10, 1.0, "ada")
    return made


def new(*refs, version="v1", content="", **others) -> NewVersions:
    """Versions whose specs, and bundle, are made of `content`."""
    versions = [
        Version(each, digest(f"{each}{content}".encode()), f"{each.name} is described")
        for each in refs
    ]
    data = f"{refs}{content}".encode()
    fields = {
        "project": "default",
        "domain": "development",
        "package": PACKAGE,
        "at": 5.0,
        "by": "ada",
        **others,
    }
    return NewVersions(version=version, versions=versions, bundle=digest(data), data=data, **fields)


def listed(catalog, kind="task", limit=100, after=None, within=None, **where):
    found = catalog.page(kind, EntityFilter(**where), limit, after, within)
    return [(summary.key.name, summary.key.version) for summary, _ in found]


# -- projects ---------------------------------------------------------------------------------


def test_the_project_default_is_always_there(catalog):
    assert catalog.projects() == (Project("default", "", DOMAINS, 0.0),)


def test_a_project_keeps_its_domains_in_their_order(catalog):
    project = Project("birds", "of a feather", ("prod", "dev"), 3.0)
    assert catalog.add_project(project)
    assert catalog.projects() == (project, Project("default", "", DOMAINS, 0.0))


def test_a_project_is_made_once(catalog):
    first = Project("birds", "one", ("dev",), 3.0)
    assert catalog.add_project(first)
    assert not catalog.add_project(Project("birds", "two", ("prod",), 4.0))
    assert first in catalog.projects()


# -- registering ------------------------------------------------------------------------------


def test_what_is_new_is_made_and_found(catalog):
    added = catalog.add(new(FIT, PIPELINE))
    assert added == Added(frozenset({FIT, PIPELINE}))
    found = catalog.find(EntityKey("task", "flows.fit", "v1"))
    assert found.key == EntityKey("task", "flows.fit", "v1")
    assert (found.created, found.by, found.active) == (5.0, "ada", False)
    assert found.description == "flows.fit is described"


def test_the_same_again_changes_nothing(catalog):
    catalog.add(new(FIT, DAILY, activate_new=["daily"]))
    before = catalog.find(KEY)
    assert catalog.add(new(FIT, DAILY, activate_new=["daily"], at=9.0)) == Added()
    assert catalog.find(KEY) == before


def test_a_version_grows_by_what_was_not_in_it(catalog):
    catalog.add(new(FIT))
    assert catalog.add(new(FIT, PIPELINE)) == Added(frozenset({PIPELINE}))


def test_a_version_with_other_content_is_refused_whole(catalog):
    catalog.add(new(FIT))
    before = catalog.find(EntityKey("task", "flows.fit"))
    added = catalog.add(new(FIT, PIPELINE, content="other", activate=["daily"]))
    assert added == Added(taken={FIT: Known(before.digest, before.bundle, PACKAGE)})
    assert catalog.find(EntityKey("task", "flows.fit")) == before
    assert catalog.find(EntityKey("workflow", "flows.pipeline")) is None


def test_the_same_spec_on_other_code_is_refused(catalog):
    catalog.add(new(FIT))
    assert FIT in catalog.add(new(FIT, package="")).taken


@pytest.mark.parametrize(
    "wrong", [{"package": "b" * 64}, {"project": "unknown"}, {"domain": "unknown"}]
)
def test_what_it_refers_to_has_to_be_there(catalog, wrong):
    with pytest.raises(IllegalMove):
        catalog.add(new(FIT, **wrong))
    assert catalog.find(EntityKey("task", "flows.fit")) is None


def test_without_a_version_the_newest_is_found(catalog):
    catalog.add(new(FIT, version="b"))
    catalog.add(new(FIT, version="a", content="other"))
    assert catalog.find(EntityKey("task", "flows.fit")).key.version == "a"
    catalog.add(new(FIT, version="b"))
    assert catalog.find(EntityKey("task", "flows.fit")).key.version == "a"


def test_projects_and_domains_do_not_mix(catalog):
    catalog.add(new(FIT, version="v1"))
    catalog.add(new(FIT, version="v2", content="other", domain="production"))
    assert catalog.find(EntityKey("task", "flows.fit")).key.version == "v1"
    assert catalog.domains_with(EntityKey("task", "flows.fit")) == ["development", "production"]


# -- activating -------------------------------------------------------------------------------


def test_one_version_of_a_launch_plan_is_active(catalog):
    catalog.add(new(DAILY, version="v1"))
    catalog.add(new(DAILY, version="v2", content="other"))
    assert catalog.activate(msgspec.structs.replace(KEY, version="v1"))
    assert not catalog.activate(msgspec.structs.replace(KEY, version="v1"))
    assert catalog.find(KEY).key.version == "v1"
    assert catalog.newest(KEY).key.version == "v2"
    assert catalog.activate(msgspec.structs.replace(KEY, version="v2"))
    assert [each.key.version for each in catalog.active()] == ["v2"]
    assert catalog.active()[0] == catalog.find(KEY)
    assert catalog.find(KEY).active
    assert not catalog.find(msgspec.structs.replace(KEY, version="v1")).active


def test_a_launch_plan_is_deactivated_once(catalog):
    catalog.add(new(DAILY, activate=["daily"]))
    assert catalog.deactivate(KEY)
    assert not catalog.deactivate(KEY)
    assert catalog.active() == ()


def test_only_what_is_new_is_activated_by_itself(catalog):
    assert catalog.add(new(DAILY, activate_new=["daily"])).activated == ("daily",)
    catalog.deactivate(KEY)
    assert catalog.add(new(DAILY, activate_new=["daily"])).activated == ()
    assert catalog.add(new(DAILY, activate=["daily"])).activated == ("daily",)


def test_what_is_not_registered_cannot_be_active(catalog):
    with pytest.raises(IllegalMove):
        catalog.activate(msgspec.structs.replace(KEY, version="v1"))


# -- lists ------------------------------------------------------------------------------------


def test_a_list_names_the_newest_version_of_each(catalog):
    catalog.add(new(FIT, version="v1"))
    catalog.add(new(FIT, Ref("task", "flows.clean"), version="v2", content="other"))
    assert listed(catalog) == [("flows.clean", "v2"), ("flows.fit", "v2")]
    everything = [("flows.clean", "v2"), ("flows.fit", "v2"), ("flows.fit", "v1")]
    assert listed(catalog, versions=True) == everything


@pytest.mark.parametrize("versions", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_make_up_the_list(catalog, versions, limit):
    catalog.add_project(Project("birds", "", ("development",), 1.0))
    refs = [Ref("task", f"m.{name}") for name in "cab"]
    for number, project in enumerate(["default", "birds", "default"]):
        catalog.add(new(*refs, version=f"v{number}", content=f"{number}", project=project))
    where = EntityFilter(versions=versions)
    whole = catalog.page("task", where, 100)
    found = []
    after = None
    while page := catalog.page("task", where, limit, after):
        found += page
        after = page[-1][1]
    assert found == whole
    assert len(whole) == (9 if versions else 6)


def test_a_search_finds_a_part_of_the_name_and_no_wildcards(catalog):
    names = ["m.per_cent", "m.percent", "m.Percentile", "m.50%", "m.a!b"]
    catalog.add(new(*(Ref("task", name) for name in names)))
    found = {
        search: [name for name, _ in listed(catalog, search=search)]
        for search in ("percent", "r_c", "%", "!")
    }
    assert found == {
        "percent": ["m.Percentile", "m.percent"],
        "r_c": ["m.per_cent"],
        "%": ["m.50%"],
        "!": ["m.a!b"],
    }


def test_a_list_keeps_to_some_projects(catalog):
    catalog.add_project(Project("birds", "", ("development",), 1.0))
    catalog.add(new(FIT))
    catalog.add(new(PIPELINE, FIT, project="birds", content="other", version="v2"))
    assert listed(catalog, within={"birds"}) == [("flows.fit", "v2")]
    assert listed(catalog, project="default") == [("flows.fit", "v1")]
    assert catalog.projects_with(new(FIT).bundle) == {"default"}


def test_names_and_versions_are_told(catalog):
    catalog.add(new(FIT, Ref("task", "flows.clean"), version="v1"))
    catalog.add(new(FIT, version="v2", content="other"))
    key = EntityKey("task", "flows.fit")
    assert catalog.names(key) == ["flows.clean", "flows.fit"]
    assert catalog.versions(key) == ["v2", "v1"]
