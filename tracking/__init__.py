"""What happens to a case afterwards: the page that follows it, its live stream, and what people are told.

Tracking stands above the domains: it knows a case by its reference and reads it through their queries and events only.
"""
