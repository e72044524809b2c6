"""Departments and districts as JSON names them: code and name in the reader's language, or null."""

from server.core.city import City


def department(known: City, department_id: int | None, language: str) -> dict[str, str] | None:
    """A department; null for none."""
    row = known.departments.get(department_id or 0)
    return {"code": row.code, "name": row.name(language)} if row else None


def district(known: City, code: str, language: str) -> dict[str, str] | None:
    """A district; null where none is named."""
    return {"code": code, "name": known.district_name(code, language)} if code else None
