"""The same work as ours/durable.py on Ray: in worker processes too, but nothing is recorded."""

import sys

import ray

from measure import report, timed

SIZES = {"fan": (100, 1_000, 10_000), "chain": (1_000,)}
REPETITIONS = {100: 5, 1_000: 3, 10_000: 1}


@ray.remote
def inc(x: int) -> int:
    return x + 1


def fan(n: int) -> int:
    return sum(ray.get([inc.remote(i) for i in range(n)]))


def chain(n: int) -> int:
    last = ray.put(0)
    for _ in range(n):
        last = inc.remote(last)
    return ray.get(last)


def main(largest: int) -> None:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    measured: dict[str, list[float]] = {}
    for shape, sizes in SIZES.items():
        for n in sizes:
            if n > largest:
                continue
            call = chain if shape == "chain" else fan
            expected = n if shape == "chain" else n * (n + 1) // 2
            call(n)
            measured[f"{shape} {n}"] = [
                n / timed(lambda call=call, n=n: call(n), expected) for _ in range(REPETITIONS[n])
            ]
    ray.shutdown()
    report(measured)


if __name__ == "__main__":
    main(largest=int(sys.argv[1]))
