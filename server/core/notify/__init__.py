"""Telling people by mail what happened: who hears of an event, one mail each, the daily digest, wishes, followers.

The engine reads the domains' records (``server.core.messages``) and knows no domain by name: what a domain answers it
stands in ``correspondence``.
"""
