"""The canonical form of the IR: one JSON text for equal content.

It is the wire form, the stored form, the digest's input and the golden file.
"""

from __future__ import annotations

import msgspec

from volery.errors import StoreError
from volery.ids import digest
from volery.ir.interface import Input, Interface, Output
from volery.ir.specs import SCHEMA_VERSION, Bundle

_encoder = msgspec.json.Encoder(order="deterministic")


class _Header(msgspec.Struct):
    schema: int


_header = msgspec.json.Decoder(_Header)


def canonical(spec: msgspec.Struct) -> bytes:
    """The canonical JSON of a spec or of any part of one."""
    return _encoder.encode(spec)


def digest_of(spec: msgspec.Struct) -> str:
    """The digest of the canonical form."""
    return digest(canonical(spec))


def contract_of(interface: Interface) -> str:
    """The digest of what a caller relies on: names and types, not descriptions and defaults."""
    return digest_of(
        Interface(
            tuple(Input(each.name, each.type) for each in interface.inputs),
            tuple(Output(each.name, each.type) for each in interface.outputs),
        )
    )


def read_bundle(data: bytes) -> Bundle:
    """A bundle from its canonical form.

    Raises:
        StoreError: it is damaged, or a newer Volery wrote it.
    """
    try:
        schema = _header.decode(data).schema
        if schema > SCHEMA_VERSION:
            raise StoreError(
                f"this bundle has schema {schema}; this Volery reads up to {SCHEMA_VERSION}",
                hint="upgrade Volery",
            )
        from volery.ir.bundle_decoder import decoder  # see there

        return decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise StoreError(f"this bundle cannot be read: {error}") from None
