"""Public statistics: what became of what was said, and how petitions were handled, as totals that add up.

It owns the counted state of every submission, forum and petition, the totals made from them, and the export that
anybody can recompute them from. It reads the domains through their ``queries.figures`` only.
"""
