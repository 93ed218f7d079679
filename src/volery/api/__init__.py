"""HTTP: routes as calls of a `Backend`, bound to whoever asks."""
