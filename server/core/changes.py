"""What this process knows of changes that everybody may see: pages made before the last one are not shown again.

Written by whatever commits or hears of such a change, read by :mod:`server.core.page_cache`.
"""


class Changes:
    """Counts the changes; ``heard`` is false while those of other processes are not announced."""

    def __init__(self) -> None:
        self.count = 0
        self.heard = True

    def note(self) -> None:
        self.count += 1


public = Changes()
