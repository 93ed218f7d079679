"""Tasks that ask for secrets."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import NamedTuple

from volery import Secret, current_context, dynamic, eager, map_task, task, workflow

PASSWORD = Secret(group="db", key="password", env_var="DB_PASSWORD")
CERTIFICATE = Secret(
    group="tls", key="cert.pem", env_var="CERT", mount_requirement=Secret.MountType.FILE
)
TOKEN = Secret(key="api_token")


class Told(NamedTuple):
    length: int
    leak: str


@task(secret_requests=[PASSWORD, TOKEN])
def look() -> list[int]:
    """Lengths of values, so that no value is given back."""
    secrets = current_context().secrets
    same = secrets.get("db", "password") == secrets.db.password == os.environ["DB_PASSWORD"]
    return [len(secrets.get("db", "password")), len(secrets.get(key="api_token")), int(same)]


@task
def look_around() -> list[str]:
    """What a task sees that has asked for nothing."""
    return [name for name in os.environ if "SECRET" in name or name in {"DB_PASSWORD", "CERT"}]


@task(secret_requests=[CERTIFICATE])
def read_file() -> list[str]:
    path = Path(os.environ["CERT"])
    assert path.read_text() == current_context().secrets.get("tls", "cert.pem")
    assert str(path) == current_context().secrets.get_secrets_file("tls", "cert.pem")
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]
    return [str(path), *map(oct, modes)]


@task(secret_requests=[PASSWORD])
def leak(size: int) -> Told:
    return Told(1, "x" * size + current_context().secrets.db.password)


@task(secret_requests=[PASSWORD])
def leak_element(x: int) -> str:
    return current_context().secrets.db.password if x else "nothing"


@task(secret_requests=[PASSWORD], retries=3)
def fail() -> None:
    password = current_context().secrets.db.password
    print("connecting with", password)
    print("connecting with", password, file=sys.stderr)
    try:
        int(f"refused: {password}")
    except ValueError as error:
        raise RuntimeError(f"cannot connect: {password}") from error


@task
def take(text: str) -> int:
    return len(text)


@dynamic(secret_requests=[PASSWORD])
def leak_into_graph() -> int:
    return take(text=current_context().secrets.db.password)


@eager(secret_requests=[PASSWORD])
async def leak_into_call() -> int:
    return await take(text=current_context().secrets.db.password)


@workflow
def looking() -> list[int]:
    return look()


@workflow
def leaking(xs: list[int]) -> list[str]:
    return map_task(leak_element)(x=xs)


@task(secret_requests=[Secret(group="no", key="where")], retries=5)
def missing() -> None:
    raise AssertionError("it is not called")
