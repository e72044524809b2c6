"""The reference data of petitions: services, rules, guides and calendar, which change rarely and every filing needs.

They are read together and cached for a few seconds in each process. An action that changes any of them calls ``forget``
after its commit; other processes see the change within ``KEPT`` seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from petitions import learned, rules
from petitions.guiding import GuideProfile
from petitions.labels import KINDS
from petitions.learned import Learned
from petitions.routing import DepartmentProfile, Rule
from server.core import accounts, city, database, i18n, roles
from server.core.city import KEPT, City
from server.core.clock import WorkingCalendar
from server.core.days import today
from server.core.rows import columns, read, read_all, select
from server.core.shared_reads import SharedReads

FULL = 300
"""A guide's open cases are counted up to this number, so that filing takes constant time."""


@dataclass(frozen=True)
class ServiceRow:
    """A statutory procedure with its period, department and documents."""

    rule: rules.Service
    names: Mapping[str, str]
    department_id: int | None
    documents: tuple[str, ...]

    def name(self, language: str) -> str:
        """The name in a language, in Korean if there is none."""
        return self.names.get(language) or self.names["ko"]


@dataclass(frozen=True)
class Reference(City):
    """A consistent snapshot of the reference data."""

    profiles: tuple[DepartmentProfile, ...]
    services: Mapping[str, ServiceRow]
    rules: tuple[Rule, ...]
    calendar: WorkingCalendar
    learned: Learned | None

    def kind_name(self, kind: str, service_code: str, language: str) -> str:
        """The name of a kind of petition; for a statutory one, that of its service."""
        service = self.services.get(service_code)
        return service.name(language) if service else i18n.translate(language, KINDS[kind])


def forget() -> None:
    """Clear the cache; the next use reads everything again."""
    _references.forget()
    city.forget()


async def reference() -> Reference:
    """The reference data, at most ``KEPT`` seconds old."""
    return await _references.get(None, KEPT)


async def duties_said() -> list[str]:
    """What the city says of its departments, from which search learns words: duties and keywords, one text each."""
    known = await reference()
    said = [[*department.duties, " ".join(department.keywords)] for department in known.profiles]
    return [text for each in said for text in (*each, " ".join(each))]


async def _read(_all: None) -> Reference:
    base = await city.read()
    profiles = await accounts.open_departments(columns(DepartmentProfile, "d"))
    services = await database.fetch("SELECT * FROM service WHERE active = ? ORDER BY code", True)
    rule_rows = await database.fetch("SELECT * FROM routing_rule WHERE active = ? ORDER BY position, id", True)
    return Reference(
        base.departments,
        base.districts,
        base.outlines,
        base.sketch,
        base.landmarks,
        tuple(read_all(DepartmentProfile, profiles)),
        {
            row["code"]: read(ServiceRow, {**row, "rule": read(rules.Service, row), "names": city.names(row)})
            for row in services
        },
        tuple(read_all(Rule, rule_rows)),
        await city.calendar(),
        await learned.current(),
    )


_references = SharedReads(_read)


async def all_guides() -> list[GuideProfile]:
    """The active guides, whether they are away today, and their number of open cases (counted up to ``FULL``)."""
    day = today()
    return await select(
        GuideProfile,
        "SELECT a.*, (SELECT COUNT(*) FROM (SELECT 1 FROM petition_case c WHERE c.guide_id = a.id AND c.open = ? "
        f"LIMIT {FULL}) AS counted) AS load FROM {roles.GUIDES} AS a ORDER BY a.id",
        True,
        day,
        day,
        True,
    )
