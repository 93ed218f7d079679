"""A launch plan is a workflow with some or all of its inputs chosen in advance.

Default inputs can be overridden by the caller; fixed inputs cannot.
"""

from __future__ import annotations

from scaling import scale
from subworkflows import generate, generate_and_scale

from volery import LaunchPlan, workflow
from volery.errors import CallError

scale_three = LaunchPlan.get_or_create(
    scale, name="scale_three", default_inputs={"values": [3.0, 4.0, 5.0]}
)

reproducible = LaunchPlan.get_or_create(
    generate_and_scale,
    name="reproducible",
    default_inputs={"samples": 4},
    fixed_inputs={"seed": 3},
)


@workflow
def generate_then_launch(samples: int, seed: int) -> list[float]:
    """A launch plan as a step: it runs as an execution of its own, with a name and a record."""
    data = generate(samples=samples, seed=seed)
    return scale_three(values=data)


def rounded(values: list[float]) -> list[float]:
    return [round(value, 3) for value in values]


if __name__ == "__main__":
    print("with its defaults:", rounded(scale_three()))
    print("with others:", rounded(scale_three(values=[20.0, 21.0, 22.0, 23.0])))
    print("with a fixed seed:", rounded(reproducible(samples=2)))
    try:
        reproducible(seed=4)
    except CallError as error:
        print("which stays fixed:", error)
    print("as a step:", rounded(generate_then_launch(samples=3, seed=3)))
