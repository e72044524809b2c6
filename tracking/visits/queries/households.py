"""A household is known by its address or its number; by both, if a contact names both."""

from collections.abc import Iterable


class OfHousehold:
    """A row with both columns."""

    __slots__ = ()
    household: str
    household_also: str

    @property
    def households(self) -> tuple[str, ...]:
        """By what its household is known; empty while it has none."""
        return tuple(filter(None, (self.household, self.household_also)))

    def known_by(self, households: Iterable[str]) -> bool:
        """Whether it is of any of these."""
        return any(one in self.households for one in households)


def of_households(table: str, alias: str = "") -> str:
    """The condition for rows of these households, which are its two values.

    Two searches by index: with OR, SQLite reads the whole table.
    """
    either = " UNION ".join(
        f"SELECT id FROM {table} WHERE {column} IN (?)" for column in ("household", "household_also")
    )
    return f"{alias or table}.id IN ({either})"
