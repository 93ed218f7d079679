"""The decoder of bundles, for whoever reads the first one.

It takes 3 ms to make, and a plain call reads no bundle. It is made by the import of this module,
for which other threads wait: msgspec would let them use a decoder that is half made, and crash.
"""

from __future__ import annotations

import msgspec

from volery.ir.specs import Bundle

decoder = msgspec.json.Decoder(Bundle)
