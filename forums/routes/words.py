"""Labels for the codes in forum rows, and the choices of list filters."""

from forums.labels import FORUM_STATES, KINDS
from server.core.city import City


def names(reference_data: City, lang: str) -> dict[str, object]:
    """Labels by code for a page's rows."""
    return {
        "kind_names": KINDS,
        "state_names": FORUM_STATES,
        "department_names": {row.id: row.name(lang) for row in reference_data.departments.values()},
        "district_names": {code: reference_data.district_name(code, lang) for code in reference_data.districts},
    }
