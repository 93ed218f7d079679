"""Where the bytes of files and directories are.

Each module is one kind of place: this machine, a storage, somebody else's, or nowhere yet.
"""
