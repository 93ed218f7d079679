"""Kinds: how tasks are carried out that are no Python functions of the user's."""
