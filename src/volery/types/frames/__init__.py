"""Frames: tables of any library, which travel as Arrow data in a file.

Loaded when the first frame comes by, and with it pyarrow; pandas and polars only for their users.
"""
