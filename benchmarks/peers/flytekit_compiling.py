"""The same as ours/compiling.py, for flytekit."""

from flytekit_flows import chain_10000
from measure import report, timed


def compiled() -> int:
    chain_10000.compile()
    return len(chain_10000.nodes)


report({"compile": [timed(compiled, 10_000)]})
