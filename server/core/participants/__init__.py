"""Participants: a confirmed email address and a display name, no more; and actions that await confirmation.

Owns the tables of participants and of unconfirmed actions. A domain keeps a participant's id, declares the actions of
participants (:class:`~server.core.participants.confirming.ParticipantAct`), and asks who is signed in.
"""
