"""Channels: how people and programs are told that an execution has ended."""
