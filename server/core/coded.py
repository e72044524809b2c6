"""Departments and districts in JSON: code and name in the reader's language, or null."""

from typing import Protocol

from server.core.city import City
from server.core.contract import Answer


class DepartmentName(Answer):
    """A department in brief."""

    code: str
    name: str


class DistrictName(Answer):
    """A district in brief."""

    code: str
    name: str


class Placed(Protocol):
    """A row with a department and a district."""

    @property
    def department_id(self) -> int | None: ...
    @property
    def district(self) -> str: ...


def of(reference_data: City, row: Placed, language: str) -> dict[str, object]:
    """A row's ``department`` and ``district``."""
    return {
        "department": department(reference_data, row.department_id, language),
        "district": district(reference_data, row.district, language),
    }


def department(reference_data: City, department_id: int | None, language: str) -> DepartmentName | None:
    """A department; null for none."""
    row = reference_data.departments.get(department_id or 0)
    return DepartmentName(code=row.code, name=row.name(language)) if row else None


def district(reference_data: City, code: str, language: str) -> DistrictName | None:
    """A district; null for none."""
    return DistrictName(code=code, name=reference_data.district_name(code, language)) if code else None
