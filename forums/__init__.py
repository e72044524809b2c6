"""The public's submission: listening forums, field offices, the speaker's corner, comments, adoption (반영).

It owns what is said in public and asked of the public. It does not own petitions: an idea that becomes one
crosses over in ``server.wiring``.
"""
