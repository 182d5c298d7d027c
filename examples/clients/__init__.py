"""Clients for bitsspec to watch."""
