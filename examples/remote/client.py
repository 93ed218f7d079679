"""`Remote`: a program registers, starts, follows and reads, here in process, or on a server.

With VOLERY_SERVER the same program speaks to a server.
"""

from __future__ import annotations

from flow import Reading, report, strict

from volery import Options, Remote

READINGS = [Reading("Newark", 37.8), Reading("La Guardia", 24.5)]

if __name__ == "__main__":
    with Remote() as remote:
        # A Python object is registered with its code when it is run; values come back as they are
        # declared.
        first = remote.execute(report, {"readings": READINGS}, wait=True)
        print(first.phase, first.outputs["o0"])

        # What is registered is found by name, and needs no code here.
        registered = remote.register(report, strict, activate=("strict-report",))
        plan = remote.fetch_launch_plan("strict-report")
        print(plan.key.version == registered.version, [each.name for each in plan.interface.inputs])
        cold = {"readings": [{"station": "La Guardia", "degrees": 24.5}]}
        second = plan.execute(inputs=cold, options=Options(labels={"season": "autumn"})).wait()
        print(second.outputs["o0"])

        # Lists are as long as what they find.
        print(
            [each.id == second.id for each in remote.list_executions(labels={"season": "autumn"})]
        )

        # What a task printed, and what it took from whom.
        print([record.text for record in second.logs("n1")])
        again = remote.relaunch(first, {"limit": 50.0}).wait()
        print(again.inputs["limit"], again.outputs["o0"])
