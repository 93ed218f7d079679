"""The same work as ours/scale_postgres.py on DBOS: durable on the same server, in threads.

python peers/dbos_durable.py URL TASKS
"""

import sys

from dbos import DBOS

from measure import report, timed

REPETITIONS = 2


@DBOS.step()
def inc(x: int) -> int:
    return x + 1


@DBOS.workflow()
def chain(n: int) -> int:
    last = 0
    for _ in range(n):
        last = inc(last)
    return last


@DBOS.workflow()
def one(x: int) -> int:
    return x + 1


@DBOS.workflow()
def fan(n: int) -> int:
    queue = DBOS.retrieve_queue("fan")
    handles = [queue.enqueue(one, i) for i in range(n)]
    return sum(handle.get_result() for handle in handles)


def main(url: str, tasks: int) -> None:
    DBOS(
        config={
            "name": "bench",
            "system_database_url": url,
            "log_level": "ERROR",
            "run_admin_server": False,
        }
    )
    DBOS.launch()
    DBOS.register_queue("fan", polling_interval_sec=0.05)
    measured: dict[str, list[float]] = {}
    for name, call in (("chain", chain), ("fan", fan)):
        expected = tasks if name == "chain" else tasks * (tasks + 1) // 2
        call(5)
        rates = [tasks / timed(lambda call=call: call(tasks), expected) for _ in range(REPETITIONS)]
        measured[name] = rates
    DBOS.destroy()
    report(measured)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
