"""Following what is public: forums by kind, district, department or topic, one forum, one voice.

By mail once a day, as an Atom feed, as a calendar. What follows a case that somebody filed themselves is not here.
"""
