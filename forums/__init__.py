"""Forums: where the city asks and citizens speak. Listening forums, field offices, the speaker's corner, discussions,
submissions with their comments and answers, and commitments (adoption, 반영).

Petitions belong to ``petitions``: a submission becomes one through ``server.wiring``.
"""
