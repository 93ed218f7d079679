"""The routes, a file for each noun; each route is a call of a `Backend`."""
