"""What follows when a task has failed for good: clean-up, and what still runs."""

from __future__ import annotations

from volery import WorkflowFailure, WorkflowFailurePolicy, create_node, task, workflow


@task
def rent(machine: str) -> str:
    """Rent a machine, which costs until it is given back."""
    print("renting", machine)
    return machine


@task
def compute(machine: str, by: int) -> int:
    try:
        return 10 // by
    except ZeroDivisionError as error:
        raise ValueError(f"{machine} cannot divide by {by}") from error


@task
def give_back(machine: str, err: WorkflowFailure | None = None) -> None:
    """Give a machine back.

    Args:
        machine: its name.
        err: why the workflow failed; None: it did not.
    """
    print("giving back", machine)
    if err is not None:
        print(f"after {err.code} at {err.failed_node_id}: {err.message}")


@workflow(on_failure=give_back)
def rented(machine: str = "large", by: int = 5) -> int:
    """Compute on a rented machine, and give it back however that ends."""
    result = create_node(compute, machine=rent(machine=machine), by=by)
    result >> create_node(give_back, machine=machine)
    return result.o0


@task
def say(text: str) -> str:
    print(text)
    return text


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def go_on(by: int = 0) -> str:
    """What does not depend on the failure runs first; then the workflow fails."""
    failing = create_node(compute, machine="small", by=by)
    failing >> create_node(say, text="this depends on it")
    return say(text=say(text="this does not"))


if __name__ == "__main__":
    print(rented())
    for call in (lambda: rented(by=0), go_on):
        try:
            call()
        except ValueError as error:
            print(f"{error}, because of {error.__cause__!r}")
