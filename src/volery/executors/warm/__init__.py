"""Containers that stay, and are sent attempts.

environment   what makes two attempts fit into the same container
stream        the seam: how a host is started, spoken to and ended; one as a process of this machine
host          one host, from outside
pool          the hosts of one environment: how many there are, and what each of them has
warm          all of them, in one thread
local         the executor whose hosts are processes of this machine
"""
