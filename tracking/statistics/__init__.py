"""Public statistics: the outcomes of submissions and the handling of petitions, as consistent totals.

It owns the counted state of every submission, forum and petition, the totals derived from it, and the export from
which anybody can recompute them. It reads the domains only through their ``queries.figures``.
"""
