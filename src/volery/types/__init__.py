"""How Python objects become values and back: a codec for each annotation."""
