"""Checked-in schema changes of this room, in order."""
