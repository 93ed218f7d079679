"""What executors with containers share.

How one of them describes, starts, watches and removes a container is its own business; what its
container is given, what it leaves, and what becomes of a work meanwhile is the same for all.

    names         what a container is called
    invocations   from a work to the document that its container is given
    outcomes      from the document that it leaves, or from its exit, to a result
    exits         from how a container ended to a failure
    lines         from what it prints to log records
    commands      works whose container knows nothing of Volery: words, and folders of files
    works         the works that are under way: ids, names, deadlines, events, a bell

All but the last two are functions.
"""
