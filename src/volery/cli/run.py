"""`volery run`: an entity of the user's code becomes a command whose options are its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import click

from volery.cli import options, there
from volery.cli.drive import drive
from volery.cli.form import Form, filled_in
from volery.cli.inputs import Check, read_record
from volery.cli.output import table
from volery.cli.standing import led_by
from volery.cli.users import users_code
from volery.data.current import using
from volery.errors import CallError, VoleryError
from volery.ir.values import Wire
from volery.sdk import discover
from volery.sdk.compile import compile_entity
from volery.sdk.entity import Entity
from volery.services.home import Home


class Entities(click.Group):
    """The command ``run``: its subcommands are the entities of the file that it is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options may stand between the file and the entity as well."""
        before, rest = led_by(_options(), args)
        between, behind = led_by(_options(), rest[1:])
        return super().parse_args(ctx, [*before, *between, *rest[:1], *behind])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        try:
            with users_code():
                return _command(*_load(ctx.params["file"], cmd_name))
        except VoleryError:
            if ctx.resilient_parsing:  # the shell asks for completions
                return None
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        if not ctx.params.get("file"):
            return []
        try:
            return list(_entities(ctx.params["file"]))
        except VoleryError:
            return []

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in ctx.help_option_names:
            _show_entities(ctx.params["file"])
            ctx.exit()
        if args[0].startswith("-"):
            raise click.NoSuchOption(args[0].partition("=")[0], ctx=ctx)
        return super().resolve_command(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return ["[OPTIONS]", "FILE|MODULE", "[ENTITY]", "[INPUTS]"]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """There are none before a file is named."""


class Target(click.Argument):
    """The file or module. Below it, usage lines say which one was given."""

    def get_usage_pieces(self, ctx: click.Context) -> list[str]:
        import shlex

        return [shlex.quote(str(ctx.parent.params["file"]))] if ctx.parent else []


def _options() -> list[click.Option]:
    """They stand before the entity or behind it."""
    remote = click.Option(["--remote"], is_flag=True, default=None, help="Run it on a server.")
    return [remote, there.server(), *options.running()]


def _command(entity: Entity, root: str) -> click.Command:
    """The command that runs an entity, whose module is found from the folder `root`."""
    return Form(
        entity.name.rpartition(".")[2],
        entity.interface,
        _options(),
        callback=partial(_run, entity, root),
        help=entity.spec.description or f"Run the {_kind(entity)} {entity.name}.",
    )


# -- the user's code -------------------------------------------------------------------------


def _load(file: str, name: str) -> tuple[Entity, str]:
    module = discover.load(file)
    return discover.find(module, name), discover.root_of(module)


def _entities(file: str) -> Mapping[str, Entity]:
    with users_code():
        return discover.entities(discover.load(file))


def _kind(entity: Entity) -> str:
    return entity.kind.replace("_", " ")


def _show_entities(file: str) -> None:
    """What the file has to run, and how to run it."""
    found = _entities(file)
    if not found:
        raise CallError(
            f"{file} has no task, workflow or launch plan",
            hint="decorate a function with @task or @workflow from volery",
        )
    click.echo(table([[f"  {name}", _kind(each), _told(each)] for name, each in found.items()]))
    workflows = [name for name, entity in found.items() if entity.kind == "workflow"]
    chosen = workflows[0] if len(workflows) == 1 else "ENTITY"
    click.echo(f"\nRun it:      volery run {file} {chosen}")
    click.echo(f"Its inputs:  volery run {file} {chosen} --help")


def _told(entity: Entity) -> str:
    """What an entity is for, in a line."""
    try:
        with users_code():
            return entity.spec.description.partition("\n")[0]
    except VoleryError as error:
        return f"(does not compile: {error.message.partition(chr(10))[0]})"


# -- the run ---------------------------------------------------------------------------------


def _start(ctx: click.Context, file: str, **_: Any) -> None:
    if ctx.invoked_subcommand is None:
        _show_entities(file)


def _run(entity: Entity, root: str, **params: Any) -> int:
    """Check everything, then submit and drive. Nothing is recorded before all is right."""
    texts, given = filled_in(params)
    if given.get("remote"):
        from volery.cli.run_remote import run_remote

        return run_remote(entity, texts, _check(entity), given)
    if given.get("server"):
        raise CallError("--server: it runs here, not there", hint="add --remote to run it there")
    chosen = options.settings_of(given)
    home = Home(chosen.home, chosen.database)
    particulars = options.particulars(given)
    particulars["project"] = chosen.project
    particulars["domain"] = chosen.domain
    particulars["import_root"] = root
    particulars["storage"] = options.recorded_storage(home, chosen.storage)
    storage = home.storage(chosen.storage)
    with users_code(), using(storage):
        record = read_record(entity.interface, texts, given["inputs_file"], _check(entity))
        program = compile_entity(entity)
    return drive(
        lambda engine: engine.submit(program, entity.ref, record, **particulars),
        program.bundle,
        entity.ref,
        given,
        home=home,
        storage=storage,
    )


def _check(entity: Entity) -> Check:
    inputs = entity.signature.inputs

    def check(name: str, wire: Wire) -> None:
        inputs[name].codec.from_wire(wire, "$")

    return check


run = Entities(
    name="run",
    params=[Target(["file"], type=click.Path()), *_options()],
    callback=click.pass_context(_start),
    invoke_without_command=True,
    no_args_is_help=True,
    help="""Run a task, workflow or launch plan here, and record it.

    FILE is a Python file, MODULE a module that can be imported. ENTITY is what to run in it;
    without it, what there is gets listed. The inputs of the entity are options:

    \b
      volery run flow.py                             what is in the file
      volery run flow.py pipeline --help             the inputs of one entity
      volery run flow.py pipeline --values '[1, 2]'  run it

    Tasks run in worker processes. Outputs go to stdout, progress and what tasks print to stderr.
    Ctrl-C aborts. The exit status is 0 for success, 1 for failure, 2 for wrong use.
    """,
    epilog="Look at it later: volery executions list",
)
