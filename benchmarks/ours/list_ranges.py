"""What a batch of a map reads of a list in the storage. Per cent of the list.

As in a durable run: the engine cuts 1,000 elements from the list without reading it, and a worker
gets each as the input of a call.
"""

import sys

from boundaries import storage
from measure import refuse, report
from samples import floats
from volery import task
from volery.data import offload
from volery.data.current import using
from volery.data.storage import Storage
from volery.ir.content import read_offloaded
from volery.ir.values import join_record, split_record, unpack

BATCH = 1_000


class Counted(Storage):
    """A storage that counts the bytes that are read from it."""

    bytes_read = 0

    def get(self, digest: str, size: int) -> bytes:
        return self._seen(super().get(digest, size))

    def get_range(self, digest: str, start: int, end: int) -> bytes:
        return self._seen(super().get_range(digest, start, end))

    def _seen(self, data: bytes) -> bytes:
        self.bytes_read += len(data)
        return data


@task
def passed(o0: list[float]) -> list[float]:
    return o0


@task
def element(x: float) -> float:
    return x


def main(n: int) -> None:
    values, middle = floats(n), n // 2
    with storage() as kept:
        whole = split_record(passed.pack(values))["o0"]
        size = read_offloaded(unpack(whole).data).size
        counted = Counted(kept.url)
        with using(counted):
            part = offload.ranges(whole)(middle, middle + BATCH)
            refuse(counted.bytes_read > 0, "the list was read to be cut")
            inputs = [join_record({"x": each}) for each in offload.elements(part)]
        refuse(
            [element.unpack(each)["x"] for each in inputs] != values[middle : middle + BATCH],
            "wrong elements",
        )
    refuse(counted.bytes_read < 9 * BATCH, "the bytes were read in a way that is not counted")
    report({"read": [100 * counted.bytes_read / size]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
