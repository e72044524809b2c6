"""The petitioner's forms on a case's page."""

from petitions.acts import of_petitioner
from petitions.acts.page import CaseAct, Page
from petitions.queries.cases import CaseView
from server.core.acts import Drawn, Offer, draw
from server.core.form_pages import ReturnedForm

ORDER = ("primary", "secondary", "quiet")
"""The order of the buttons that open the forms."""


def form(act: CaseAct, offer: Offer, case: CaseView, language: str, back: ReturnedForm | None = None) -> Drawn | None:
    """One form; ``back`` refills a returned one. ``drawn`` is the case's version when the page was shown."""
    return draw(
        act,
        offer,
        to=f"/cases/{case.reference}",
        hidden={"drawn": back.values.get("drawn") if back else case.version},
        language=language,
        page=Page(case=case, language=language),
        back=back,
    )


def forms(case: CaseView, language: str) -> list[Drawn]:
    """The forms of the petitioner's actions, the most prominent first."""
    drawn = (form(act, act.citizen, case, language) for act in of_petitioner(case) if act.citizen)
    return sorted((each for each in drawn if each), key=lambda each: ORDER.index(each.offer.kind))
