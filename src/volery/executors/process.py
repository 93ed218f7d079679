"""The executor that runs tasks in warm worker processes on this machine."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence
from math import ceil, inf
from pathlib import Path
from time import monotonic, time
from typing import Final

import msgspec

from volery.data.current import current
from volery.data.storage import Storage
from volery.executors import processes
from volery.executors.backlog import Backlog, Waiting
from volery.executors.base import Event, Printed, Started
from volery.executors.capacity import processors, this_machine
from volery.executors.fleet import GRACE, Fleet
from volery.executors.growth import PATIENCE, Growth
from volery.executors.handout import Handout
from volery.executors.lane import AHEAD, MAX_AHEAD, Lane
from volery.executors.machine import Machine, Share
from volery.executors.pace import Pace
from volery.executors.results import aborted, crashed, frozen, not_started, stopped, too_large
from volery.ir.failure import overdue, unloaded
from volery.ir.work import Call, CallEnded, Result, Work
from volery.wire.logs import LogRecord
from volery.worker.protocol import Asked, Done, Element, FromWorker, Loaded, Ready, Returned

LOOK: Final = 0.2
"""Seconds between looks at what a work prints that lasts."""
LONG: Final = 0.05
"""Seconds after which a work is long: it is reported as started, and nothing waits behind it."""
START_LIMIT: Final = 60.0
"""Seconds after which a worker that is not up is not waited for any more."""
FROZEN_LIMIT: Final = 10.0
"""Seconds that a worker may be stopped, as by SIGSTOP, before its work is given up."""
CHECK: Final = 0.8
"""Most seconds between looks at the processes themselves."""
AGAIN: Final = 0.25
"""Seconds between looks at what others have left of the machine, while works wait for it."""
MOST_EAGER: Final = 64
"""So many eager works begin before others have ended; more only if nothing else goes on."""
STALL: Final = 0.5
"""Seconds without any work after which those under way are taken to wait for works to begin."""


class ProcessExecutor:
    """Keeps worker processes and spreads works over them.

    A worker is started when there is work that the others will not come to soon. It holds more
    than one work only while works are short; what waits behind a long one is taken back. Eager
    works, and works that request a part of the machine, have a worker for themselves. A worker
    serves one code for its life; where there is no room for code that works wait for, one of other
    code gives way.

    Args:
        import_roots: folders that user modules are imported from.
        scratch: folder for temporary files; it is made when it is missing.
        storage: where large values come from and go to; None: what this process uses itself.
        workers: most workers that are at work; None: as many as there are processors.
        machine: what works request parts of; None: this one, as if nobody else used it.
        frozen_limit: seconds that a worker may be stopped before its work is given up.
    """

    lasts = False

    def __init__(
        self,
        import_roots: Sequence[str],
        *,
        scratch: Path,
        storage: Storage | None = None,
        workers: int | None = None,
        machine: Machine | None = None,
        frozen_limit: float = FROZEN_LIMIT,
    ) -> None:
        self._limit = workers or ceil(processors())
        self._machine = machine or Machine(this_machine(workers))
        self._frozen_limit = frozen_limit
        self._fleet = Fleet(import_roots, scratch, storage or current(), self._limit)
        self._lanes = self._fleet.lanes
        self._backlog = Backlog()
        self._where: dict[int, Lane | None] = {}
        """Every work that is under way; None: in the backlog."""
        self._checked = 0.0
        self._at_work = 0.0
        """When something was at work, as far as is known."""
        self._pace = Pace()
        self._growth = Growth(self._fleet, self._backlog, self._pace, self._limit)
        self._events: list[Event] = []

    # -- the port -------------------------------------------------------------------------

    def room(self) -> int:
        typical = self._pace.typical
        ahead = min(MAX_AHEAD, ceil(AHEAD / max(typical, 1e-6))) if typical is not None else 1
        apart = self._backlog.parked + sum(lane.waiting for lane in self._lanes)
        return max(0, self._limit * ahead - (len(self._where) - apart))

    def launch(self, works: Sequence[Work]) -> None:
        for work in works:
            if work.id in self._where:
                continue
            self._where[work.id] = None
            if work.requests is not None and (lacks := self._machine.lacks(work.requests)):
                self._end(too_large(work, lacks))
            else:
                self._backlog.add(work)
        self._distribute()

    def abort(self, ids: Sequence[int]) -> None:
        kill_at = monotonic() + GRACE
        for each in ids:
            if self._backlog.remove(each):
                self._end(aborted(each))
            elif lane := self._where.get(each):
                # Whether it has begun is known to the worker alone; its answer decides.
                lane.aborting.add(each)
                lane.kill_at = min(lane.kill_at, kill_at)
                lane.recall()

    def answer(self, ends: Sequence[CallEnded]) -> None:
        for end in ends:
            lane = self._where.get(end.work)
            if lane is None or end.id not in lane.asked:
                continue
            if lane.lent is not None and len(lane.asked) == 1:
                lane.held = end  # it goes on when its share is free again
            else:
                lane.hear_end(end)
        self._distribute()

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        deadline = monotonic() + timeout
        while True:
            until = deadline if not self._events else 0.0
            heard = self._listen(min(until, self._next_look()) - monotonic(), news)
            self._look_after_lanes()
            self._distribute()
            if self._events or heard or monotonic() >= deadline:
                events, self._events = self._events, []
                return events

    def close(self, grace: float = GRACE) -> None:
        """Stop everything; workers have `grace` seconds to end by themselves."""
        shares = [lane.share for lane in self._lanes if lane.share is not None]
        try:
            self._fleet.close(grace)
        finally:
            for share in shares:
                self._machine.give_back(share)
            self._backlog.clear()
            self._where.clear()

    # -- listening to the workers ---------------------------------------------------------

    def _listen(self, timeout: float, news: int | None = None) -> bool:
        """Hear what workers say. True: there is news of others."""
        heard = False
        for lane, messages in self._fleet.listen(timeout, news):
            if lane is None:
                heard = True
            elif messages is None:
                self._lost(lane)
            else:
                self._hear(lane, messages)
        return heard

    def _hear(self, lane: Lane, messages: list[FromWorker]) -> None:
        now = monotonic()
        for message in messages:
            match message:
                case Ready():
                    lane.ready = True
                    self._fleet.hope()
                case Loaded(work):
                    lane.begin(work, now)
                case Element():
                    lane.element_since = now
                case Asked(call):
                    self._asked(lane, call)
                case Done(result, printed):
                    self._done(lane, result, printed, now)
                case Returned(ids):
                    self._returned(lane, ids, now)

    def _asked(self, lane: Lane, call: Call) -> None:
        lane.asked.add(call.id)
        if lane.share is not None:
            # Its memory and its devices stay in use while it waits.
            self._lend(lane, Share(lane.share.cpu))
        self._events.append(call)

    def _lend(self, lane: Lane, part: Share) -> None:
        """Let others have a part of the share of a work that waits."""
        if lane.share is not None and part != Share():
            self._machine.give_back(part)
            lane.share -= part
            lane.lent = part if lane.lent is None else lane.lent + part

    def _done(self, lane: Lane, result: Result, printed: tuple[int, ...], now: float) -> None:
        output, blot = lane.worker.output, lane.blot
        tail = "" if lane.verdict is None else output.tail(printed, blot)
        self._print(result.id, output.rest(printed, blot))
        work = lane.finish(result.id, now)
        self._pace.learn(work, result)
        if lane.condemned:
            lane.kill_at = now  # there is nothing left in it to wait for
        if work.requests is not None and work.requests.gpu:
            lane.condemn(now + GRACE)  # as long as it lives it may keep something on the devices
        else:
            self._give_back(lane)
        if result.id in lane.aborting:
            lane.aborting.discard(result.id)
            result = aborted(result.id)
        elif lane.verdict is not None and lane.verdict[0] == result.id:
            result = stopped(*lane.verdict, result.started, tail)
        self._end(result)

    def _print(self, work: int, records: tuple[LogRecord, ...]) -> None:
        if records:
            self._events.append(Printed(work, records))

    def _returned(self, lane: Lane, ids: Sequence[int], now: float) -> None:
        lane.recalled = False
        self._put_back(lane, [lane.withdraw(each) for each in ids])
        if lane.aborting:  # what has not come back is under way
            lane.condemn(now + GRACE)
        elif not lane.condemned:
            lane.kill_at = inf

    def _lost(self, lane: Lane) -> None:
        death = self._fleet.bury(lane)
        self._give_back(lane)
        if not lane.works:
            return
        first, *behind = lane.works.values()
        self._put_back(lane, behind)
        ends_here = first.id in lane.aborting or lane.verdict is not None
        if lane.condemned and not ends_here:
            # It began just before the signal that was meant for another one.
            self._put_back(lane, [first])
            return
        self._print(first.id, death.printed)
        if first.id in lane.aborting:
            self._end(aborted(first.id))
        elif lane.verdict is not None:
            self._end(stopped(first.id, lane.verdict[1], _since(lane), death.tail))
        else:
            self._end(crashed(first.id, _since(lane), death))

    def _put_back(self, lane: Lane, works: Sequence[Work]) -> None:
        """Works that have not begun go elsewhere, before all others, or end here."""
        for work in reversed(works):
            if work.id in lane.aborting:
                lane.aborting.discard(work.id)
                self._end(aborted(work.id))
            else:
                self._where[work.id] = None
                self._backlog.put_back(work)
        if not lane.works:
            self._give_back(lane)

    def _give_back(self, lane: Lane) -> None:
        if lane.share is not None:
            self._machine.give_back(lane.share)
            lane.share = None

    def _end(self, result: Result) -> None:
        del self._where[result.id]
        self._events.append(result)

    # -- looking after them ---------------------------------------------------------------

    def _next_look(self) -> float:
        """When something may have to be done though nobody says anything."""
        looks = [lane.since + LONG for lane in self._lanes if lane.works and not lane.long]
        looks += [lane.looked + LOOK for lane in self._lanes if lane.long]
        looks += [min(lane.kill_at, lane.due) for lane in self._lanes]
        if self._where or self._fleet.starting:
            looks.append(self._checked + self._period)
        if self._backlog:
            looks.append(monotonic() + (PATIENCE if self._growth.soon else AGAIN))
        return min(looks, default=inf)

    def _look_after_lanes(self) -> None:
        now = monotonic()
        for lane in self._lanes:
            self._look_after(lane, now)
        if now >= self._checked + self._period:
            self._checked = now
            self._check_processes(now)
        self._fleet.retire()

    def _look_after(self, lane: Lane, now: float) -> None:
        first = lane.first
        if first is not None and not lane.long and now - lane.since >= LONG:
            lane.long = True
            if not lane.loading:
                self._events.append(Started(first.id, _since(lane)))
        if lane.long and len(lane.works) > 1 and self._can_take_more():
            lane.recall()
        if lane.long and now >= lane.looked + LOOK:
            self._look_at_output(lane, now)
        if now >= lane.due:
            late = unloaded(lane.limit) if lane.loading else overdue(lane.limit)
            lane.condemn(now + GRACE, late)
        if now >= lane.kill_at:
            if lane.condemned or (first is not None and first.id in lane.aborting):
                lane.worker.signal(signal.SIGKILL)
                lane.kill_at = inf
            else:  # it waits behind another one, which keeps the worker from answering
                lane.kill_at = now + GRACE

    def _look_at_output(self, lane: Lane, now: float) -> None:
        """Read on in what the work of a worker prints; only if no other can have begun there."""
        lane.looked = now
        match list(lane.works):
            case [work]:
                self._print(work, lane.worker.output.look(lane.blot))
            case _:
                lane.recall()

    def _check_processes(self, now: float) -> None:
        """Find workers that cannot say that something is wrong with them."""
        for lane in list(self._lanes):
            match processes.state(lane.worker.pid):
                case "T":
                    since = lane.stopped_since = lane.stopped_since or now
                    if now - since >= self._frozen_limit:
                        lane.condemn(now, frozen(now - since))
                case "Z":  # somebody keeps its socket open, so that it does not seem to hang up
                    while messages := lane.worker.receive():
                        self._hear(lane, messages)
                    self._lost(lane)
                case _:
                    lane.stopped_since = None
            if not lane.ready and now - lane.born >= START_LIMIT:
                lane.condemn(now)

    @property
    def _period(self) -> float:
        return min(CHECK, self._frozen_limit / 2)

    def _can_take_more(self) -> bool:
        return self._fleet.places > 0 or any(lane.open for lane in self._lanes)

    # -- handing out ----------------------------------------------------------------------

    def _distribute(self) -> None:
        """Hand out the backlog, and start workers for what is left of it."""
        now = monotonic()
        if any(lane.works and not lane.waiting for lane in self._lanes):
            self._at_work = now
        if self._backlog or any(lane.held for lane in self._lanes):
            self._growth.look(self._hand_out(now), now)
            if self._fleet.hopeless:
                self._give_up()

    def _hand_out(self, now: float) -> Handout:
        still = now - self._at_work >= STALL and any(lane.waiting for lane in self._lanes)
        out = Handout(self._machine, self._lanes, self._limit, still=still)
        for lane in self._lanes:
            if lane.held is not None and out.resume(lane):
                lane.hear_end(lane.held)
        for place, work in self._alone(now):
            self._hand_out_plain(out, place, now)
            lane = out.for_alone(work)
            if lane is not None:
                self._backlog.remove(work.id)
                self._add(out, lane, _on_devices(work, lane.share), AHEAD, now)
        self._hand_out_plain(out, inf, now)
        for lane, works in out.batches.items():
            if not lane.send(works):
                self._put_back(lane, [lane.withdraw(each.id) for each in works])
        if still:
            self._lend_at_last(out)
        return out

    def _lend_at_last(self, out: Handout) -> None:
        """Where nothing goes on and nothing begins, one that waits lends all that it has.

        What it waits for may be just what needs that. The newest goes first: others wait for it.
        """
        if out.lacking or self._backlog.codes():
            return
        if any(lane.works and not lane.waiting for lane in self._lanes):
            return
        free = self._machine.free()
        kept = [
            (lane, share)
            for lane in self._lanes
            if lane.waiting and (share := lane.share) is not None and share != Share()
        ]
        whole = sum((share for _, share in kept), free)
        if any(_lacks(work, free) and not _lacks(work, whole) for work in self._backlog):
            self._lend(*kept[-1])

    def _hand_out_plain(self, out: Handout, before: float, now: float) -> None:
        """Give works to the lanes that are open, in turns, beginning with the emptiest."""
        for code in self._backlog.codes():
            while self._backlog.has_plain(code, before) and (lane := out.for_plain(code)):
                work = self._backlog.pop_plain(code)
                expected = self._pace.expected(work)
                self._add(out, lane, work, AHEAD if expected is None else expected, now)
                if lane.open:
                    out.again(lane)

    def _add(self, out: Handout, lane: Lane, work: Work, expected: float, now: float) -> None:
        lane.add(work, expected, now)
        self._growth.serve(work.code, now)
        self._where[work.id] = lane
        out.batches.setdefault(lane, []).append(work)

    def _alone(self, now: float) -> Iterable[Waiting]:
        """The works that want a worker for themselves and may begin.

        Those that call others are not begun without end, for each keeps a process while it waits.
        When all of them wait, it may be for one that has not begun: more likely a new one.
        """
        if sum(lane.eager for lane in self._lanes) < MOST_EAGER:
            return self._backlog.alone()
        newest = self._backlog.newest_eager()
        if newest is not None and now - self._at_work >= STALL:
            return [newest]
        return self._backlog.heavy()

    def _give_up(self) -> None:
        """Fail what waits and has no worker that may come to it: none comes up."""
        served = {lane.code for lane in self._lanes if not (lane.condemned or lane.waiting)}
        lost = [work.id for work in self._backlog if work.code not in served]
        for id in lost:
            self._backlog.remove(id)
            self._end(not_started(id, self._fleet.trouble))
        if lost:
            self._fleet.hope()


def _lacks(work: Work, share: Share) -> bool:
    """Whether a work requests more than this."""
    return work.requests is not None and not share.fits(work.requests)


def _since(lane: Lane) -> float:
    """When its first work began, in seconds since the epoch."""
    return time() - (monotonic() - lane.since)


def _on_devices(work: Work, share: Share | None) -> Work:
    """The work, with the devices that it has been given in its environment."""
    if share is None or not share.gpus:
        return work
    devices = (("CUDA_VISIBLE_DEVICES", ",".join(share.gpus)),)
    return msgspec.structs.replace(work, environment=work.environment + devices)
