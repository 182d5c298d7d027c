"""Uploads on the wire: the loopback server, the BITS upload protocol, and clients that are watched."""
