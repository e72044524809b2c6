"""The refusals of the reception about visitor passes."""

from server.core.errors import Conflict, NotFound, _


class PassInUse(Conflict):
    """409: the pass of this number is with another visitor."""

    code = "pass_in_use"

    def __init__(self, number: str, ticket: str) -> None:
        super().__init__(
            _("Pass %(number)s is still with the visitor of ticket %(ticket)s. Please take another one, or record "
              "first that it is back.", number=number, ticket=ticket)
        )  # fmt: skip


class NoPasses(Conflict):
    """409: the office gives no passes to visitors."""

    code, text = "no_passes", _("This office gives no passes to visitors. That is a setting of the office.")


class NoSuchPass(NotFound):
    """404: there is no such pass, or its issue was undone."""

    code, text = "no_such_pass", _("There is no such pass.")
