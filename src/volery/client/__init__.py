"""The client: a server over HTTP or a home in this process, by one interface."""
