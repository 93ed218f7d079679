"""Inside the process that runs user code.

Attributes:
    running: this process is a worker, as is known before it imports anything of the user's. Nothing
        in it may start an engine of its own: a script that does so when it is imported would start
        workers without end.
"""

running = False
