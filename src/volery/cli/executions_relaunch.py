"""`volery executions relaunch`: the same code once more, with other inputs where some are given."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.document import storage_url
from volery.cli.form import Form, filled_in
from volery.cli.inputs import read_record
from volery.cli.named import completions, home_of
from volery.data.current import using
from volery.errors import VoleryError
from volery.ids import ROOT
from volery.ir.interface import Interface
from volery.ir.values import Wire, join_record, split_record

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from volery.ir.specs import Bundle
    from volery.store.base import ExecutionRecord


def _options() -> list[click.Option]:
    """As for `volery run`, they stand before the name or behind it."""
    return [options.inputs_file(), *options.starting(), there.server(), *options.driving()]


class Executions(click.Group):
    """The command ``relaunch``: its subcommands are the executions of the home."""

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
        return [*completions(ctx.params, incomplete), *super().shell_complete(ctx, incomplete)]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return ["[OPTIONS]", "NAME", "[INPUTS]"]


def _form(params: dict[str, Any], name: str) -> Form:
    """The command that relaunches an execution: its inputs are options, with what they were."""
    if there.is_meant(params):
        from volery.cli import executions_there

        return executions_there.relaunch_form(name, params, _options())
    from volery.engine.entities import Entities
    from volery.services import records
    from volery.services.inputs import as_it_was

    home = home_of(params)
    with records.opened(home) as store:
        record = records.find(store, name)
        bundle = records.bundle_of(store, record)
        inputs = store.scope_inputs(record.id, ROOT)
    interface = as_it_was(Entities(bundle).interface(record.entity), inputs)
    return Form(
        name,
        interface,
        _options(),
        callback=partial(_relaunch, record, bundle, interface),
        help=f"Run {record.entity.name} again, as in execution {name}.",
    )


def _relaunch(record: ExecutionRecord, bundle: Bundle, interface: Interface, **params: Any) -> int:
    from volery.cli.again import particulars, start_again

    texts, given = filled_in(params)
    with using(home_of(given).storage(storage_url(record))):
        changed = read_record(interface, texts, given["inputs_file"], _any_value)
    was = {each.name: each.default for each in interface.inputs if each.default is not None}
    inputs = join_record(was | split_record(changed))
    gone = f"run the code from where it is now: volery run{options.home_flag(given)}"
    return start_again(record, bundle, inputs, particulars(record, given), given, gone=gone)


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
