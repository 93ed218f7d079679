"""`volery executions relaunch`: the same code once more, with other inputs where some are given."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.form import Form, filled_in
from volery.cli.inputs import read_record
from volery.cli.named import executions_named, home_of
from volery.cli.standing import led_by, taken_out
from volery.data.current import using
from volery.errors import VoleryError
from volery.ir.interface import Interface
from volery.ir.values import Wire, join_record, split_record

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from volery.ir.specs import Bundle
    from volery.wire.executions import Execution


def _options() -> list[click.Option]:
    """As for `volery run`, they stand before the name or behind it."""
    return [options.inputs_file(), *options.starting(), there.server(), *options.driving()]


def _place() -> list[click.Option]:
    """Where NAME is."""
    return [there.server(), options.home()]


class Executions(click.Group):
    """The command ``relaunch``: its subcommands are executions."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The place of NAME is needed to know its inputs, and may be said behind it as well."""
        before, rest = led_by(_options(), args)
        name, behind = rest[:1], rest[1:]
        if not taken_out(_place(), before)[0]:
            place, behind = taken_out(_place(), behind)
            before = [*before, *place]
        return super().parse_args(ctx, [*before, *name, *behind])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        try:
            return _form(ctx.params, cmd_name)
        except VoleryError:
            if ctx.resilient_parsing:  # the shell asks for completions
                return None
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return []

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return [*executions_named(ctx.params, incomplete), *super().shell_complete(ctx, incomplete)]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return ["[OPTIONS]", "NAME", "[INPUTS]"]


def _form(params: dict[str, Any], name: str) -> Form:
    """The command that relaunches an execution: its inputs are options, with what they were."""
    from volery.engine.entities import Entities
    from volery.ir.codec import read_bundle
    from volery.ir.ref import Ref
    from volery.services.inputs import as_it_was

    with there.backend(params, reading=True) as backend:
        old = backend.execution(name)
        bundle = read_bundle(backend.bundle(old.bundle))
        inputs = backend.inputs(name).record
    entity = Ref(old.entity.kind, old.entity.name)
    interface = as_it_was(Entities(bundle).interface(entity), inputs)
    return Form(
        name,
        interface,
        _options(),
        callback=partial(_relaunch, old, bundle, interface),
        help=f"Run {entity.name} again, as in execution {name}.",
    )


def _relaunch(old: Execution, bundle: Bundle, interface: Interface, **params: Any) -> int:
    texts, given = filled_in(params)
    if there.is_meant(given):
        return _relaunch_there(old, interface, texts, given)
    from volery.cli.again import particulars, start_again

    with using(home_of(given).storage(old.storage)):
        changed = read_record(interface, texts, given["inputs_file"], _any_value)
    was = {each.name: each.default for each in interface.inputs if each.default is not None}
    inputs = join_record(was | split_record(changed))
    gone = f"run the code from where it is now: volery run{options.home_flag(given)}"
    return start_again(old, bundle, inputs, particulars(old, given), given, gone=gone)


def _relaunch_there(
    old: Execution, interface: Interface, texts: dict[str, str], given: dict[str, Any]
) -> int:
    from volery.cli.follow import follow
    from volery.wire.executions import NewExecution

    said = there.said(given)
    with there.backend(given) as backend:
        with there.storage(backend, given, old):
            record = read_record(interface, texts, given["inputs_file"], _any_value)
        again = backend.relaunch(old.id, NewExecution(old.entity, record=record, **said))
        return follow(backend, again, given)


def _any_value(name: str, wire: Wire) -> None:
    """The type that the record has of an input says all that is known here."""


relaunch = Executions(
    name="relaunch",
    params=_options(),
    invoke_without_command=False,
    no_args_is_help=True,
    subcommand_metavar="NAME [INPUTS]",
    short_help="Run an execution again, with other inputs if you like.",
    help="""Run an execution again, with other inputs if you like.

    The same code runs as in NAME, and everything that is not said here is as it was there.
    Nothing of NAME is reused, but for what is in the cache.

    \b
      volery executions relaunch NAME              once more
      volery executions relaunch NAME --help       its inputs
      volery executions relaunch NAME --rate 0.5   with another one
    """,
)
