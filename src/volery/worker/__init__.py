"""Inside the process that runs user code."""

running = False
"""Whether this process is a worker; set before it imports anything of the user's."""
