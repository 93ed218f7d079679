"""Bytes, and where they are: by digest in the storage, by URI with somebody else."""
