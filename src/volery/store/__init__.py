"""Where state is kept: one port, and the stores that stand behind it."""
