"""How attempts are carried out: the port and its implementations."""
