"""From a number to the file that it was made of in the end, and from the file to the number.

It runs here in process; with VOLERY_SERVER the same program asks a server.
"""

from __future__ import annotations

from flow import SCORES, prepare, report

from volery import File, Remote
from volery.data.hashing import digest_of_file
from volery.wire.lineage import LineageQuery, Use


def told(use: Use) -> str:
    """A value, and what has made or taken it."""
    by = use.entity.name.rpartition(".")[2] if use.entity else "?"
    return f"{use.name} = {use.preview}, {'made' if use.made else 'taken'} by {by}"


if __name__ == "__main__":
    with Remote() as remote:
        prepared = remote.execute(prepare, {"scores": File(SCORES)}, wait=True)
        reported = remote.execute(report, {"scores": prepared.outputs["o0"]}, wait=True)

        print("where the mean comes from:")
        for use in remote.lineage(LineageQuery(execution=reported.id)).uses:
            print(" ", told(use))

        print("what was made of the scores:")
        below = LineageQuery(digest=digest_of_file(SCORES), way="downstream")
        for use in remote.lineage(below).uses:
            if use.made:
                print(" ", told(use))
