"""People who take part: a confirmed mail address and a display name, no more, and what waits for a confirmation.

Owns the tables of participants and of what they have not confirmed yet. A domain keeps a participant's id, declares
what its participants do (:class:`~server.core.participants.confirming.ParticipantAction`), and asks who is speaking.
"""
