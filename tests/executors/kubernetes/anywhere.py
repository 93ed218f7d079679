"""What pods do on any cluster: on the one in miniature, and on a real one."""

from __future__ import annotations

import msgspec

from volery.ir.interface import Input, Interface, Output
from volery.ir.placement import ContainerCommand, Placement
from volery.ir.policy import Request
from volery.ir.types import STR
from volery.ir.values import pack
from volery.ir.work import Place, Work
from volery.testing.conformance.executor_tasks import code, double, ids, output, run, work

NOWHERE = "volery.invalid/none:1"


def command(folder, script):
    """A work whose container has no Volery; `folder` is where it finds and leaves files."""
    interface = Interface((Input("word", STR),), (Output("o0", STR),))
    words = ContainerCommand(("sh", "-c", script), f"{folder}/in", f"{folder}/out")
    number = next(ids)
    return Work(
        number, "commands", f"n{number}", 1, "a.command", None, pack({"word": "quiet"}),
        environment=(("SUFFIX", "!"),),
        place=Place("p", "d", interface, command=words),
    )  # fmt: skip


class Anywhere:
    """Tests for pods that run somewhere.

    Fixtures: ``start`` makes executors, with settings; ``folder`` is where commands find and leave
    files; ``quota`` lets so many pods into the namespace at a time; ``stranger`` makes an executor
    that may do nothing there.
    """

    def test_a_command_finds_its_inputs_as_files_and_leaves_its_outputs_as_files(
        self, start, folder
    ):
        to = f"{folder}/out/o0"
        script = f'tr a-z A-Z < {folder}/in/word > {to}; printf "$SUFFIX" >> {to}'
        assert output(run(start(), [command(folder, script)])[0]) == "QUIET!"

    def test_an_image_that_is_missing_is_told(self, start):
        target = work(double, x=1)
        place = msgspec.structs.replace(target.place, placement=Placement(image=NOWHERE))
        (result,) = run(start(), [msgspec.structs.replace(target, place=place)])
        assert code(result) == "ImageNotFound"
        assert NOWHERE in result.failure.message
        assert "hint:" in result.failure.message

    def test_a_pod_that_no_node_takes_is_given_up_in_time(self, start):
        executor = start(limits={"schedule": 0.5})
        large = msgspec.structs.replace(work(double, x=1), requests=Request(cpu=5000))
        (result,) = run(executor, [large])
        assert code(result) == "Unschedulable"
        assert "Insufficient cpu" in result.failure.message

    def test_a_quota_is_waited_for(self, start, quota):
        quota(1)
        works = [work(double, x=x) for x in range(3)]
        assert [output(each) for each in run(start(), works)] == [0, 2, 4]

    def test_a_right_that_is_missing_is_named(self, stranger):
        (result,) = run(stranger(), [work(double, x=1)])
        assert code(result) == "Forbidden"
        assert "resources: [" in result.failure.message
        assert "verbs: [" in result.failure.message
