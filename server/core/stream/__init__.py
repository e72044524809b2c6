"""Live streams: the ledger's events as server-sent events to all who may see them.

The engine knows no domain. The composition root passes in which officials an event concerns and which streams must end
because their access has changed; a domain that sends its own events provides a narrator.
"""
