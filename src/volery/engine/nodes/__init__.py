"""How each kind of node is planned, one kind a file."""
