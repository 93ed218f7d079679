"""A module beside the flows, which has to go along."""

DOUBLE = 2
