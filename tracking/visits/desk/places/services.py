"""What can be done at counters: length, documents to bring, languages, what cannot be done here."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from petitions.reference import reference
from server.core.errors import _
from server.core.forms import LANGUAGES, Errors, Hint, Html, Label, OneOf, WordsRule, line, paragraphs
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Options, Question
from tracking.visits.desk.places.tables import Names, PlaceTable
from tracking.visits.models import CounterService
from tracking.visits.queries import offices
from tracking.visits.search import SERVICE


class Document(Names):
    """A document to bring."""

    situations: Annotated[
        tuple[str, ...],
        WordsRule(40, 6),
        Label(_("Only in these situations")),
        Hint(_("Short names of situations below, separated by commas. Empty: always needed.")),
        Html(rows=1),
    ] = ()


class Situation(Names):
    """A situation in which a document is needed, for example that somebody else comes."""


class EditService(Names):
    """A service at counters."""

    minutes: Annotated[int, Field(ge=1, le=480), Label(_("Length in minutes"))]
    every: Annotated[
        int,
        Field(ge=0, le=480),
        Label(_("Minutes from one start to the next")),
        Hint(_("0: the step of the office's timetable.")),
    ] = 0
    places: Annotated[
        int,
        Field(ge=1, le=500),
        Label(_("People who share one appointment")),
        Hint(_("1, except for tours and the like.")),
    ] = 1
    class_code: Annotated[
        str,
        line(20, safe=False),
        Label(_("Class")),
        Hint(_("Shares, ticket numbers and statistics are kept by class.")),
    ] = ""
    statutory: Annotated[str, OneOf(), Label(_("Statutory procedure"))] = ""
    documents: Annotated[tuple[Document, ...], Field(max_length=20), Label(_("Document to bring"))] = ()
    situations: Annotated[
        tuple[Situation, ...],
        Field(max_length=6),
        Label(_("Situation")),
        Hint(_("When a document is not always needed: for example that somebody else comes.")),
    ] = ()
    languages: Annotated[tuple[str, ...], OneOf(LANGUAGES), Label(_("Languages"))] = ()
    bookable: Annotated[bool, Label(_("Can be booked"))] = False
    walk_in: Annotated[bool, Label(_("Possible without a reservation"))] = False
    by_video: Annotated[bool, Label(_("Also by video"))] = False
    by_phone: Annotated[bool, Label(_("Also by telephone"))] = False
    elsewhere: Annotated[
        str,
        paragraphs(300),
        Label(_("What cannot be done here")),
        Hint(_("And where else it can be done.")),
        Html(rows=2),
    ] = ""
    elsewhere_ja: Annotated[
        str, paragraphs(300), Label(_("What cannot be done here, in Japanese")), Html(lang="ja", rows=2)
    ] = ""
    elsewhere_en: Annotated[
        str, paragraphs(300), Label(_("What cannot be done here, in English")), Html(lang="en", rows=2)
    ] = ""

    def check(self, errors: Errors) -> None:
        for name in ("documents", "situations"):
            codes = [one.code for one in getattr(self, name) if one.code]
            if len(codes) != len({*codes}):
                errors.fail(name, _("Please use each short name once."))
        known = {one.code for one in self.situations}
        for number, one in enumerate(self.documents, 1):
            if not known.issuperset(one.situations):
                inside = errors.inside("documents", number)
                inside.fail("situations", _("Please enter these situations below."))


def _names(one: Any) -> dict[str, str]:
    return {name: getattr(one, name) for name in ("code", "name", "name_ja", "name_en")}


class Services(PlaceTable[EditService]):
    """The services. A closed one can no longer be booked; its visits to come are listed for the office to move."""

    what, path = "counter_service", "offices/services"
    searched = SERVICE
    model, form, key = CounterService, EditService, "code"
    taken = _("Another service already uses this short name.")
    title, add_label, added = _("Services at counters"), _("Add a service"), _("The service has been added.")
    empty = (_("There are no services yet"), _("Add one, then choose it at the counters that are able to do it."))
    columns = (Column("code", kind="code"), Column("minutes", kind="number"), Column("class_code"))
    sections = {"documents": _("What to bring"), "languages": _("At the counter")}  # noqa: RUF012 — declared once
    closing = Question(
        _("Close the service “%(name)s”?"),
        _("It can no longer be booked. Reservations stay and are listed, so that you can offer something else."),
        _("Close the service"),
        done=_("The service has been closed."),
    )
    opened, closed_note = _("The service has been reopened."), _("This service is closed.")
    trail = _("Service at counters %(id)s")
    order = ("name", "id")
    matters = ("minutes", "class_code")

    def initial(self) -> dict[str, Any]:
        return {"bookable": True, "walk_in": True, "minutes": 15}

    async def choices(self, language: str) -> dict[str, Options]:
        return {"statutory": [(code, one.name(language)) for code, one in (await reference()).services.items()]}

    async def stored(self, command: EditService) -> dict[str, Any]:
        situations = {one.code: _names(one) for one in command.situations}
        documents = [
            {**_names(one), **({"situations": [situations[code] for code in one.situations]} if one.situations else {})}
            for one in command.documents
        ]
        found = await super().stored(command)
        return {name: documents if name == "documents" else found[name] for name in found if name != "situations"}

    async def values(self, row: CounterService) -> dict[str, Any]:
        found = {name: getattr(row, name) for name in self.names if name != "situations"}
        situations = {each["code"]: each for one in row.documents for each in one.get("situations", ())}
        documents = [
            {**one, "situations": [each["code"] for each in one.get("situations", ())]} for one in row.documents
        ]
        found |= {"documents": documents, "situations": [*situations.values()]}
        return {name: found[name] for name in self.names}

    async def affected(self, row: CounterService) -> Mapping[int, Collection[date] | None]:
        return dict.fromkeys(await offices.doing(row.id))


SERVICES = Services()
routes = [*Pages(SERVICES).routes, *Operations(SERVICES).routes]
