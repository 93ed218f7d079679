"""The engine: decides what happens next, and does nothing itself."""
