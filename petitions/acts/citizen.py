"""The forms of a case's page with which its petitioner acts."""

from petitions.acts import of_petitioner
from petitions.acts.page import CaseAct, Page
from petitions.queries.cases import CaseView
from server.core.acts import Drawn, Offer, ReturnedForm, draw

ORDER = ("primary", "secondary", "quiet")
"""Of the buttons that lead to the forms."""


def form(act: CaseAct, offer: Offer, case: CaseView, language: str, back: ReturnedForm | None = None) -> Drawn | None:
    """One form; with ``back`` as it came back. ``drawn`` is the version that its page showed."""
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
    """What the petitioner may do now, what is most wanted first."""
    drawn = (form(act, act.citizen, case, language) for act in of_petitioner(case) if act.citizen)
    return sorted((each for each in drawn if each), key=lambda each: ORDER.index(each.offer.kind))
