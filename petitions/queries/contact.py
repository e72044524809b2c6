"""The officials that a case names and their contact details, and who is in charge (Decree 31)."""

from typing import Any

from petitions.queries.cases import CaseView
from server.core import config, i18n
from server.core.errors import _
from server.core.roles import Card


def person_card(view: CaseView, somebody: Card | None, language: str) -> dict[str, Any] | None:
    """An official's card, as pages and mails show it."""
    if somebody is None:
        return None
    department = view.reference_data.departments.get(somebody.department_id or 0)
    return {
        "name": somebody.name,
        "department": department.name(language) if department else "",
        "phone": somebody.phone or (department.phone if department else ""),
        "email": somebody.email,
        "hours": somebody.hours,
        "languages": [i18n.NAMES[code] for code in somebody.languages if code in i18n.NAMES],
    }


def contact(view: CaseView, language: str) -> dict[str, Any]:
    """Who is in charge and their contact details: the handler, the department or the call centre (Decree 31)."""
    handler = person_card(view, view.handler, language)
    if handler is not None:
        return handler
    department = view.reference_data.departments.get(view.department_id or 0)
    if department is None:
        office = i18n.translate(language, _("The petitions office"))
        return {"department": office, "name": "", "phone": config.settings().call_centre, "email": ""}
    return {"department": department.name(language), "name": "", "phone": department.phone, "email": department.email}
