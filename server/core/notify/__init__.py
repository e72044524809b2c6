"""Notices about events: recipients, one mail or text message for each, the daily digest, preferences and follows.

The engine reads the domains' records (``server.core.messages``) and knows no domain by name; the interface that a
domain implements is in ``correspondence``.
"""
