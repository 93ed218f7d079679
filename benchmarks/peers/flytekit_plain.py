"""The same as ours/plain.py, for flytekit."""

from flytekit_flows import chain_1000, fan_1000
from measure import report, timed

CALLS = 3  # beside the first, which also compiles

report(
    {
        "chain first": [1_000 / timed(chain_1000, 1_000)],
        "chain again": [1_000 / timed(chain_1000, 1_000) for _ in range(CALLS)],
        "fan first": [1_000 / timed(fan_1000, 500_500)],
        "fan again": [1_000 / timed(fan_1000, 500_500) for _ in range(CALLS)],
    }
)
