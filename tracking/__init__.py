"""Following a case after it is filed: its page, its live stream, the case link and mail preferences.

Tracking stands above the domains: it knows a case by its reference and reads it through their queries and events only.
"""
