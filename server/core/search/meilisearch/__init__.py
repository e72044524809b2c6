"""Meilisearch for larger installations: it finds the candidates. What is known of words, the ranking and the texts stay
with the embedded engine, which also answers when Meilisearch does not (ADR 49).

``shape`` is what Meilisearch is told, ``channel`` how it is asked, ``filling`` how the index follows the database, and
``engine`` the engine. Only what uses ``channel`` imports the client, and only where the settings name a server.
"""
