"""Registration: what is let in, what is refused and why, and who is told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from tests.services import registered

from volery.data import bucket
from volery.data.package import pack
from volery.data.storage import Storage
from volery.errors import (
    AlreadyExists,
    CallError,
    CompileError,
    Forbidden,
    NotFound,
    RegistrationError,
)
from volery.ids import digest
from volery.ir.bindings import Bound, InputRef, OutputRef
from volery.ir.codec import canonical
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import Graph, MapTarget, Node, TaskTarget, WorkflowTarget
from volery.ir.notification import Notification
from volery.ir.policy import Policy
from volery.ir.ref import Ref
from volery.ir.schedule import Cron, Schedule
from volery.ir.specs import (
    Bundle,
    Given,
    LaunchPlanSpec,
    Loader,
    Part,
    SecretRef,
    TaskSpec,
    WorkflowSpec,
)
from volery.ir.types import INT, STR
from volery.ir.values import pack as packed
from volery.sdk.compile import compile_entity
from volery.sdk.fingerprint import fingerprinted
from volery.services.access import Audit
from volery.services.home import Home
from volery.services.packages import Packages
from volery.services.registration import Registration
from volery.store.access import AuditTable
from volery.store.catalog import Catalog
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.clock import FakeClock
from volery.wire import entities as wire
from volery.wire.access import LOCAL, Identity
from volery.wire.entities import EntityFilter, EntityKey
from volery.wire.projects import NewProject

OPERATOR = Identity("olga", "operator", ("default",))
VIEWER = Identity("vera", "viewer", ("default",))
STRANGER = Identity("stan", "operator", ("birds",))

NUMBER = Interface((Input("x", INT),), (Output("o0", INT),))
FIT = TaskSpec("m.fit", NUMBER, loader=Loader("m", "fit"), fingerprint=(Part("m.fit", "1"),))
FLOW = WorkflowSpec(
    "m.flow",
    NUMBER,
    Graph(
        (Node("n0", TaskTarget("m.fit"), (Bound("x", InputRef("x")),)),),
        (Bound("o0", OutputRef("n0", "o0")),),
    ),
)
PLAN = LaunchPlanSpec(
    "daily", "m.flow", Interface((), NUMBER.outputs), fixed=(Given("x", packed(1)),)
)
BUNDLE = Bundle((FIT,), (FLOW,), (PLAN,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_sqlite(tmp_path / "home" / "volery.db")) as opened:
        yield opened


@pytest.fixture
def audit(store: SqlStore) -> Audit:
    return Audit(AuditTable(store.database), FakeClock())


@pytest.fixture
def registration(store: SqlStore, audit: Audit, tmp_path: Path) -> Registration:
    home = Home(tmp_path / "home")
    packages = Packages(home, home.storage())
    made = Registration(Catalog(store.database), packages, store, FakeClock(), audit)
    made.create_project(LOCAL, NewProject("birds"))
    return made


def asking(bundle=BUNDLE, **more) -> wire.Registration:
    return wire.Registration(canonical(bundle), **more)


def written(audit: Audit) -> list[tuple[str, str, str]]:
    """The audit, oldest first, without what the fixtures did."""
    lines = reversed(audit.page(100, "").items)
    return [(each.who, each.what, each.on) for each in lines][1:]


# -- what is let in ---------------------------------------------------------------------------


def test_what_is_registered_is_found(registration):
    made = registration.register(LOCAL, asking())
    assert made.version == digest(canonical(BUNDLE))[:12]
    assert made.bundle == digest(canonical(BUNDLE))
    assert [key.name for key in made.made] == ["m.fit", "m.flow", "daily"]
    assert (made.same, made.activated) == ((), ())
    resolved = registration.resolve(EntityKey("workflow", "m.flow"))
    assert (resolved.key.version, resolved.bundle) == (made.version, made.bundle)
    assert registration.spec(resolved) == FLOW
    assert registration.bundle(LOCAL, made.bundle) == canonical(BUNDLE)


def test_an_entity_is_told_whole(registration):
    program = fingerprinted(compile_entity(registered.by_hand))
    registration.register(LOCAL, asking(program.bundle, version="v1"))
    plan = registration.entity(LOCAL, EntityKey("launch_plan", "by-hand"))
    assert plan.fixed == {"value": 4}
    assert plan.interface.inputs == ()
    assert plan.spec["workflow"] == registered.doubled.name
    task = registration.entity(LOCAL, EntityKey("task", registered.double.name, "v1"))
    assert task.defaults == {"by": 2}
    assert task.summary.description == "Twice a number."
    assert task.summary.by == "local"


def test_the_same_again_changes_nothing(registration, audit):
    first = registration.register(LOCAL, asking(activate=("daily",)))
    before = written(audit)
    again = registration.register(LOCAL, asking())
    assert (again.made, again.same) == ((), first.made)
    assert written(audit) == before


def test_a_version_may_be_chosen(registration):
    assert registration.register(LOCAL, asking(version="v1.0-rc_1")).version == "v1.0-rc_1"


def test_changes_are_written_down(registration, audit):
    registration.register(OPERATOR, asking(version="v1", activate=("daily",)))
    registration.deactivate(OPERATOR, EntityKey("launch_plan", "daily"))
    assert written(audit) == [
        ("olga", "entities.register", "v1"),
        ("olga", "launch_plans.activate", "daily"),
        ("olga", "launch_plans.deactivate", "daily"),
    ]


# -- what is refused --------------------------------------------------------------------------


def test_a_version_with_other_content_is_refused_with_what_differs(registration):
    registration.register(LOCAL, asking(version="v1"))
    inputs = (*NUMBER.inputs, Input("y", STR, packed("")))
    fit = replace(
        FIT,
        interface=replace(NUMBER, inputs=inputs),
        fingerprint=(Part("m.fit", "2"), Part("m.helper", "1")),
    )
    plan = replace(PLAN, fixed=(Given("x", packed(2)),))
    with pytest.raises(RegistrationError) as caught:
        registration.register(LOCAL, asking(Bundle((fit,), (FLOW,), (plan,)), version="v1"))
    told = caught.value.message
    assert told.startswith("version v1 is registered with other content\n  1. task m.fit\n")
    for part in ("input y: new, str = ''", "code of m.fit: changed", "2. launch plan daily"):
        assert part in told
    assert registration.spec(registration.resolve(EntityKey("task", "m.fit"))) == FIT


def test_all_problems_of_a_bundle_are_listed(registration):
    inner = TaskSpec("m.inner", Interface(), unreachable="it is defined inside of main()")
    secrets = (SecretRef("../key"), SecretRef("a"), SecretRef("a"), SecretRef("b", "c", "1=2"))
    spying = replace(FIT, name="m.spying", secrets=secrets)
    plans = (
        replace(PLAN, name="a plan", workflow="m.flo"),
        replace(PLAN, fixed=(Given("x", packed("text")), Given("z", packed(1)))),
        replace(PLAN, name="late", schedule=Schedule(Cron("61 * * * *"))),
        replace(PLAN, name="loud", notifications=(Notification(("FAILED",), "email", ("me",)),)),
    )
    away = replace(FIT, name="m.away", policy=Policy(executor="dokcer"))
    flow = replace(FLOW, graph=Graph((Node("n0", TaskTarget("m.gone")),), ()))
    with pytest.raises(RegistrationError) as caught:
        registration.register(LOCAL, asking(Bundle((away, inner, spying), (flow,), plans)))
    told = "\n".join(caught.value.problems)
    for part in (
        "task m.inner cannot run in a process of its own: it is defined inside of main()",
        "task m.spying: '/../key' cannot name a secret: expected letters",
        "task m.spying: it asks 2 times for the secret a",
        "task m.spying: '1=2' cannot name the variable of a secret",
        "launch plan a plan: there is no workflow m.flo in its bundle",
        "hint: did you mean m.flow?",
        "launch plan daily: z is no input of workflow m.flow",
        "launch plan daily: x: ",
        "launch plan late: its schedule: ",
        "launch plan loud: an address of its notifications: it is no e-mail address",
        "workflow m.flow: node n0 gone: ",
        "workflow m.flow: output o0: declared int, got nothing",
        "no executor is named 'dokcer'\n   hint: did you mean docker?",
    ):
        assert part in told
    assert all(each.splitlines()[0] in caught.value.message for each in caught.value.problems)
    assert registration.entities(LOCAL, "task", EntityFilter(), 10, "").items == ()


def test_all_executors_that_are_not_known_are_listed(registration):
    """Only the first one was told, and only when all else was mended."""
    fits = [
        replace(FIT, name=f"m.{each}", policy=Policy(executor=each)) for each in ("moon", "sun")
    ]
    with pytest.raises(RegistrationError) as caught:
        registration.register(LOCAL, asking(Bundle(tuple(fits))))
    for problem, name in zip(caught.value.problems, ("moon", "sun"), strict=True):
        assert f"no executor is named '{name}'" in problem
        assert problem.splitlines()[0] in caught.value.message


def test_problems_of_graphs_alone_are_errors_of_compiling(registration):
    flow = replace(FLOW, graph=Graph((), (Bound("o0", OutputRef("n7", "o0")),)))
    with pytest.raises(CompileError, match="n7"):
        registration.register(LOCAL, asking(Bundle((FIT,), (flow,))))


@pytest.mark.parametrize(
    "bundle",
    [
        Bundle(),
        Bundle((FIT, FIT)),
        Bundle((replace(FIT, name="z"), FIT)),
        Bundle((replace(FIT, name=""),)),
        Bundle((replace(FIT, name="a/b"),)),
        Bundle((replace(FIT, name=" a"),)),
        Bundle((replace(FIT, name="a\n"),)),
        Bundle((replace(FIT, name="a" * 501),)),
        Bundle((replace(FIT, loader=None),)),
        Bundle(
            (),
            (
                WorkflowSpec("a", Interface(), Graph((Node("n0", WorkflowTarget("b")),))),
                WorkflowSpec(
                    "b", Interface(), Graph((Node("n0", MapTarget(Ref("workflow", "a"), ("x",))),))
                ),
            ),
        ),
    ],
)
def test_what_is_no_whole_bundle_is_refused(registration, bundle):
    with pytest.raises(RegistrationError):
        registration.register(LOCAL, asking(bundle))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        canonical(BUNDLE) + b" ",
        b'{"schema":3,"tasks":[]}',
        canonical(replace(BUNDLE, schema=99)),
        b'{"schema":3,"tasks":' + b"[" * 100_000,
    ],
)
def test_what_is_not_in_canonical_form_is_refused(registration, data):
    with pytest.raises(RegistrationError):
        registration.register(LOCAL, wire.Registration(data))


@pytest.mark.parametrize("version", ["-", "a b", "a/b", "v" * 129, ".."])
def test_what_cannot_be_a_version_is_refused(registration, version):
    with pytest.raises(RegistrationError, match="cannot be a version"):
        registration.register(LOCAL, asking(version=version))


@pytest.mark.parametrize(
    ("place", "nearest"),
    [({"project": "bird"}, "birds"), ({"domain": "develop"}, "development")],
)
def test_an_unknown_place_names_the_nearest(registration, place, nearest):
    with pytest.raises(NotFound) as caught:
        registration.register(LOCAL, asking(**place))
    assert nearest in caught.value.hint


def test_a_bundle_whose_package_was_not_put_is_refused(registration):
    with pytest.raises(NotFound, match="is not here"):
        registration.register(LOCAL, asking(replace(BUNDLE, package="0" * 64)))


def put(registration: Registration, folder: Path, **files: str) -> str:
    """Have a package with such modules put, twice; its digest."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    archive = io.BytesIO()
    made = pack(folder, archive)
    assert not registration.has_package(OPERATOR, made.digest)
    for _ in range(2):
        archive.seek(0)
        registration.put_package(OPERATOR, made.digest, archive)
    assert registration.has_package(OPERATOR, made.digest)
    return made.digest


def test_a_package_that_was_put_into_a_bucket_long_ago_is_there(
    store, audit, tmp_path, monkeypatch
):
    """It was sent again with each registration, and a bundle with it refused until it was."""
    packages = Packages(Home(tmp_path / "home"), Storage("memory://"))
    registration = Registration(Catalog(store.database), packages, store, FakeClock(), audit)
    package = put(registration, tmp_path / "project", m="")
    monkeypatch.setattr(bucket, "_FRESH", -1.0)  # whatever is there is old
    assert registration.has_package(OPERATOR, package)
    assert registration.register(LOCAL, asking(replace(BUNDLE, package=package))).made


def test_a_bundle_whose_package_was_put_is_let_in(registration, tmp_path):
    bundle = replace(BUNDLE, package=put(registration, tmp_path / "project", m=""))
    registration.register(OPERATOR, asking(bundle, version="v1"))
    with pytest.raises(RegistrationError, match=r"1. file m.py: gone"):
        registration.register(OPERATOR, asking(version="v1"))


def test_files_that_differ_are_told_also_where_specs_do(registration, tmp_path):
    """Of a task and a file that had changed, only the task was told."""
    bundle = replace(BUNDLE, package=put(registration, tmp_path / "one", m="", data="1"))
    registration.register(LOCAL, asking(bundle, version="v1"))
    fit = replace(FIT, fingerprint=(Part("m.fit", "2"),))
    package = put(registration, tmp_path / "two", m="", data="2")
    other = replace(bundle, tasks=(fit,), package=package)
    with pytest.raises(RegistrationError) as caught:
        registration.register(LOCAL, asking(other, version="v1"))
    assert caught.value.problems == (
        "task m.fit\n   code of m.fit: changed",
        "file data.py: changed",
    )


# -- activating -------------------------------------------------------------------------------


def test_a_launch_plan_is_activated_as_it_asks(registration):
    told = []
    registration.on_activation.append(lambda key, spec: told.append((key, spec)))
    bundle = Bundle((FIT,), (FLOW,), (replace(PLAN, auto_activate=True),))
    made = registration.register(LOCAL, asking(bundle))
    assert made.activated == ("daily",)
    key = EntityKey("launch_plan", "daily", made.version)
    assert told == [(key, bundle.launch_plans[0])]
    assert list(registration.active()) == told


def test_nothing_is_activated_that_was_not_named(registration):
    bundle = Bundle((FIT,), (FLOW,), (replace(PLAN, auto_activate=True),))
    assert registration.register(LOCAL, asking(bundle, activate=())).activated == ()
    with pytest.raises(NotFound, match="no launch plan dayly") as caught:
        registration.register(LOCAL, asking(activate=("dayly",)))
    assert "daily" in caught.value.hint


def test_one_version_is_active_and_others_are_told_which(registration):
    told = []
    registration.on_activation.append(lambda key, spec: told.append((key.version, spec)))
    registration.register(LOCAL, asking(version="v1", activate=("daily",)))
    other = Bundle((FIT,), (FLOW,), (replace(PLAN, description="new"),))
    registration.register(LOCAL, asking(other, version="v2"))
    key = EntityKey("launch_plan", "daily")
    assert registration.resolve(key).key.version == "v1"
    assert registration.activate(LOCAL, key).key.version == "v2"
    assert registration.activate(LOCAL, replace(key, version="v1")).active
    assert registration.deactivate(LOCAL, key)
    assert not registration.deactivate(LOCAL, key)
    assert told == [("v1", PLAN), ("v2", other.launch_plans[0]), ("v1", PLAN), ("", None)]
    assert registration.resolve(key).key.version == "v2"


def test_only_launch_plans_are_activated(registration):
    registration.register(LOCAL, asking())
    with pytest.raises(CallError):
        registration.activate(LOCAL, EntityKey("workflow", "m.flow"))


# -- finding ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        (EntityKey("workflow", "m.flw"), "did you mean m.flow?"),
        (EntityKey("workflow", "m.flow", "v2"), "did you mean v1?"),
        (EntityKey("workflow", "m.flow", domain="production"), "it is in development"),
    ],
)
def test_what_is_not_there_names_the_nearest(registration, key, hint):
    registration.register(LOCAL, asking(version="v1"))
    with pytest.raises(NotFound) as caught:
        registration.resolve(key)
    assert caught.value.hint == hint


def test_pages_lead_through_a_list(registration):
    for number in range(3):
        fits = (replace(FIT, name=f"m.a{number}"),)
        registration.register(LOCAL, asking(Bundle(fits)))
    names: list[str] = []
    cursor = ""
    while cursor is not None:
        page = registration.entities(LOCAL, "task", EntityFilter(), 2, cursor)
        names += [each.key.name for each in page.items]
        cursor = page.next
    assert names == ["m.a0", "m.a1", "m.a2"]


def test_what_is_no_cursor_is_refused(registration):
    for cursor in ("x", "a/b/c/d", "a/b/c/d/1"):
        with pytest.raises(CallError, match="no cursor"):
            registration.entities(LOCAL, "task", EntityFilter(), 2, cursor)


def test_what_is_no_kind_is_refused(registration):
    with pytest.raises(CallError, match="no kind"):
        registration.entities(LOCAL, "tasks", EntityFilter(), 2, "")


# -- who may ----------------------------------------------------------------------------------


def test_whoever_only_looks_changes_nothing(registration):
    registration.register(LOCAL, asking())
    key = EntityKey("launch_plan", "daily")
    for refused in (
        lambda: registration.register(VIEWER, asking()),
        lambda: registration.activate(VIEWER, key),
        lambda: registration.deactivate(VIEWER, key),
        lambda: registration.has_package(VIEWER, "0" * 64),
        lambda: registration.put_package(VIEWER, "0" * 64, io.BytesIO()),
        lambda: registration.create_project(OPERATOR, NewProject("mine")),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_other_projects_are_not_known(registration):
    made = registration.register(LOCAL, asking())
    key = EntityKey("launch_plan", "daily")
    for hidden in (
        lambda: registration.entity(STRANGER, key),
        lambda: registration.bundle(STRANGER, made.bundle),
        lambda: registration.register(STRANGER, asking()),
        lambda: registration.entities(STRANGER, "task", EntityFilter(project="default"), 9, ""),
    ):
        with pytest.raises(NotFound):
            hidden()
    assert registration.entities(STRANGER, "task", EntityFilter(), 9, "").items == ()
    assert [each.id for each in registration.projects(STRANGER)] == ["birds"]
    assert registration.bundle(VIEWER, made.bundle) == canonical(BUNDLE)


def test_a_project_is_made_once(registration):
    with pytest.raises(AlreadyExists):
        registration.create_project(LOCAL, NewProject("birds"))


@pytest.mark.parametrize(
    "new",
    [
        NewProject("Birds"),
        NewProject(""),
        NewProject("a" * 64),
        NewProject("a-"),
        NewProject("a", domains=()),
        NewProject("a", domains=("x", "x")),
        NewProject("a", domains=("x y",)),
    ],
)
def test_what_cannot_be_a_project_is_refused(registration, new):
    with pytest.raises(CallError):
        registration.create_project(LOCAL, new)


def test_a_spec_is_told_in_canonical_form(registration):
    registration.register(LOCAL, asking())
    told = registration.entity(LOCAL, EntityKey("task", "m.fit")).spec
    assert msgspec.convert(told, TaskSpec) == FIT
