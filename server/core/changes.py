"""What this process knows of changes that end what it keeps: of anything, of what everybody may see, of reference data.

Written by whatever commits or hears of such a change, read by :mod:`server.core.page_cache` and
:mod:`server.core.shared_reads`.
"""


class Changes:
    """Counts the changes; ``heard`` is false while those of other processes are not announced."""

    def __init__(self) -> None:
        self.events = 0
        self.public = 0
        self.reference = 0
        self.heard = True

    def of_events(self) -> None:
        self.events += 1

    def of_public(self) -> None:
        self.public += 1

    def of_reference(self) -> None:
        self.reference += 1


known = Changes()
