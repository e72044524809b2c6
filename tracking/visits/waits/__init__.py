"""Waiting at an office: who is called next and why, and how long everybody will wait.

Pure decisions about a queue as it stands, which the caller reads from its tables or from a log.
"""
