"""Compiling a workflow of 10,000 nodes. Seconds."""

from flows import chain_10000
from measure import report, timed
from volery.sdk.compile import compile_entity


def compiled() -> int:
    program = compile_entity(chain_10000)
    (spec,) = program.bundle.workflows
    return len(spec.graph.nodes)


report({"compile": [timed(compiled, 10_000)]})
