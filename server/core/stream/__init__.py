"""Live streams: the ledger's news as server-sent events to all who may see them.

The engine knows no domain: who is concerned by an event at the desk, and whose stream must end because they may see
less or more now, is passed in by the composition root; what a domain tells in words of its own comes from a narrator.
"""
