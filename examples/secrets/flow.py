"""A task signs with a key that stands in no record, whatever the task does with it.

    python examples/secrets/flow.py

Where the engine runs, the key is in the environment, in a file or in the keyring; here it is a file
in the home. What the task prints and logs shows a mark in its place.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from volery import Secret, current_context, task, workflow


@task(secret_requests=[Secret(group="billing", key="signing_key")])
def sign(order: str) -> str:
    """The signature of an order."""
    key = current_context().secrets.get("billing", "signing_key")
    print(f"signing {order} with {key}")
    logging.getLogger("billing").warning("the key %s is two years old", key)
    return hmac.new(key.encode(), order.encode(), hashlib.sha256).hexdigest()


@task(secret_requests=[Secret(group="billing", key="signing_key")])
def careless() -> str:
    """What must not be: an output is on record."""
    return f"key={current_context().secrets.billing.signing_key}"


@workflow
def ship(order: str) -> str:
    return sign(order=order)


def main() -> None:
    """Run both, and show what is on record."""
    from volery.services.engine import embedded
    from volery.services.logs import Logs

    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "secrets" / "billing").mkdir(parents=True)
        (home / "secrets" / "billing" / "signing_key").write_text("open sesame\n")
        with embedded(home, import_roots=[str(Path(__file__).parent)]) as engine:
            run = engine.run(ship, {"order": "7 lamps"})
            print("signature:", run.outputs["o0"][:12])
            for record in (
                Logs(engine.home, engine.storage, engine.store).log(run.execution, "n0", 1).records
            ):
                print(f"{record.stream}: {record.text}")
            failure = engine.run(careless).failure
            print(failure and f"{failure.code}: {failure.message}")


if __name__ == "__main__":
    main()
