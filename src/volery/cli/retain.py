"""`volery retain`: what is old is removed, and what nothing refers to any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from msgspec import to_builtins

from volery.cli import options
from volery.cli.output import agreed, print_json, say

if TYPE_CHECKING:
    from volery.services.garbage import Swept
    from volery.services.retention import Retained


@click.command(
    params=[
        click.Option(
            ["--older-than"],
            metavar="DURATION",
            required=True,
            help="Remove executions that ended so long ago, such as 30d or 12h.",
        ),
        click.Option(["--dry-run"], is_flag=True, help="Only say what would be removed."),
        click.Option(["--yes", "-y"], is_flag=True, help="Do not ask."),
        click.Option(
            ["--sole-user-of-storage"],
            is_flag=True,
            help="Other databases that have used the storage have no values there any more.",
        ),
        options.home(),
        options.storage(),
        options.output(),
    ]
)
def retain(
    older_than: str,
    dry_run: bool,  # noqa: FBT001 (click's signature)
    yes: bool,  # noqa: FBT001 (click's signature)
    sole_user_of_storage: bool,  # noqa: FBT001 (click's signature)
    **given: Any,
) -> None:
    """Remove executions that ended long ago, and what nothing refers to any more.

    With an execution go the executions that it has started, its journal, its logs, and values and
    files that nothing else refers to. What others recover stays, and so do the cache and what is
    registered. What was stored less than a day ago is left alone. Others may use the home
    meanwhile.
    """
    from volery.clock import SystemClock
    from volery.services import records
    from volery.services.access import Audit
    from volery.services.home import Home
    from volery.services.retention import Retention
    from volery.store.access import AuditTable
    from volery.store.retention import Families
    from volery.wire.access import LOCAL

    seconds = options.seconds_of("--older-than", older_than)
    chosen = options.settings_of(given)
    home = Home(chosen.home, chosen.database)
    if not (dry_run or yes or agreed(f"remove executions that ended {older_than} ago for ever?")):
        say("nothing was removed")
        return
    with records.opened(home, to_write=True) as store:
        storage = home.storage(chosen.storage)
        clock = SystemClock()
        audit = Audit(AuditTable(store.database), clock)
        retention = Retention(
            Families(store.database), storage, home, clock, audit=audit, who=LOCAL
        )
        if not sole_user_of_storage:
            retention.check_alone()
        retained = retention.retain(seconds, dry_run=dry_run)
        swept = retention.collect_garbage(dry_run=dry_run, alone=sole_user_of_storage)
    if given["output"] == "json":
        print_json({"dry_run": dry_run, **to_builtins(retained), "storage": to_builtins(swept)})
    else:
        _tell(retained, swept, dry_run=dry_run)


def _tell(retained: Retained, swept: Swept, *, dry_run: bool) -> None:
    would = "would be removed" if dry_run else "removed"
    say(f"{_count(retained.families, 'execution')} {would}{_with_children(retained)}")
    if retained.kept:
        say(f"  {retained.kept:,} as old stay: others recover them, or somebody is yet to be told")
    say(f"{_count(swept.objects + swept.folders, 'object')} {would}: {_size(swept.bytes)}")
    for digest, why in swept.damaged.items():
        say(f"  {digest} is damaged, and stays: {why}")
    if dry_run:
        say("  and what only those executions refer to")


def _with_children(retained: Retained) -> str:
    children = retained.executions - retained.families
    return f", with {_count(children, 'execution')} that they had started" if children else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
