"""Filters of a list: the fields of a dataclass, each with its label, its choices and its SQL."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from server.core import contract, i18n
from server.core.city import City
from server.core.contract import Schema
from server.core.errors import Invalid, Text
from server.core.forms import Parameters
from server.core.listing.walks import Condition

Words = Mapping[str, Text | str]
Choices = Words | Callable[[City, str], Words]
PAGING = ("after", "before", "lang")
"""Parameters that every list page may have besides its filters."""


@dataclass(frozen=True, slots=True)
class Spec:
    """How a filter is read, shown and applied."""

    label: Text | str
    """The text of its chip, with the value as the filter's name or ``{}``; unused if there are choices."""
    sql: str = ""
    """The condition, with the value for each ``?``; empty if the list builds its own."""
    value: Callable[[City, Any], object] | None = None
    """Maps the selected value to the one in the condition; by default they are the same."""
    choices: Choices | None = None
    limit: int = 0
    """Maximum length of a text."""
    span: tuple[int, int] | None = None
    """Minimum and maximum of a number."""
    about: str = ""
    """Its description in the OpenAPI document."""
    json: str | None = ""
    """Its name in JSON, if different; None if JSON does not have it."""
    default: Any = ""
    chip: bool = True
    """Whether it is shown as a chip; tabs are not."""

    def words(self, reference_data: City, language: str) -> Words:
        """The choices with their labels."""
        return self.choices(reference_data, language) if callable(self.choices) else self.choices or {}

    def read(self, data: Parameters, name: str, reference_data: City) -> Any:
        """The value from a form, a URL or JSON."""
        if self.choices is not None:
            return data.choice(name, self.words(reference_data, "ko"), self.default)
        if self.span:
            return data.integer(name, low=self.span[0], high=self.span[1]) or 0
        return data.flag(name) if self.default is False else data.text(name, limit=self.limit)

    def schema(self) -> Schema:
        """The parameter in the OpenAPI document."""
        if self.default is False:
            return {**contract.BOOLEAN, **({"description": self.about} if self.about else {})}
        if self.span:
            return contract.integer(*self.span, self.about)
        if isinstance(self.choices, Mapping):
            return contract.one_of(self.choices, self.about)
        return contract.text(most=self.limit or None, about=self.about)


def _filter(spec: Spec) -> Any:
    return field(default=spec.default, metadata={"filter": spec})


def words(limit: int, label: Text | str = "“{}”", sql: str = "", **more: Any) -> Any:
    """A free-text filter: search words or a name."""
    return _filter(Spec(label, sql, limit=limit, **more))


def choice(choices: Choices, sql: str = "", default: str = "", **more: Any) -> Any:
    """A filter with choices; its chip shows the label of the selected one."""
    return _filter(Spec("", sql, choices=choices, default=default, **more))


def tab(choices: Choices, default: str, **more: Any) -> Any:
    """A filter shown as tabs above the list."""
    return choice(choices, default=default, chip=False, **more)


def flag(label: Text, sql: str = "", **more: Any) -> Any:
    """A filter that is on or off."""
    return _filter(Spec(label, sql, default=False, **more))


def number(low: int, high: int, sql: str = "", **more: Any) -> Any:
    """A filter by an integer; 0 means none."""
    return _filter(Spec("{}", sql, span=(low, high), default=0, **more))


def department(sql: str = "", **more: Any) -> Any:
    """A filter by a department's code; the value in SQL is its id."""
    return choice(_departments, sql, value=_department_id, about="A department's code.", **more)


def district(sql: str = "", **more: Any) -> Any:
    """A filter by a district's code."""
    return choice(_districts, sql, about="A district's code.", **more)


def _departments(reference_data: City, language: str) -> Words:
    return {row.code: row.name(language) for row in reference_data.departments.values()}


def _department_id(reference_data: City, code: str) -> int:
    row = reference_data.department_by_code(code)
    return row.id if row else 0


def _districts(reference_data: City, language: str) -> Words:
    return {code: reference_data.district_name(code, language) for code in reference_data.districts}


class Filters:
    """The filters of a list: frozen dataclasses inherit from this and declare each filter with a function above."""

    __slots__ = ()

    @classmethod
    def specs(cls) -> dict[str, Spec]:
        """Each filter by its field's name."""
        return {f.name: f.metadata["filter"] for f in fields(cls) if "filter" in f.metadata}  # type: ignore[arg-type]

    @classmethod
    def take(cls, data: Parameters, reference_data: City, *, json: bool = False) -> Self:
        """Read the filters, collecting errors in ``data``."""
        found = {
            name: spec.read(data, (json and spec.json) or name, reference_data)
            for name, spec in cls.specs().items()
            if not (json and spec.json is None)
        }
        return cls(**found).settled()

    def settled(self) -> Self:
        """The same filters, adjusted where one implies another."""
        return self

    @classmethod
    def parse(cls, raw: Mapping[str, Any], reference_data: City, *, also: Collection[str] | None = None) -> Self:
        """Read the filters. Raises ``Invalid``; given ``also``, also for parameters neither filters nor in it."""
        data = Parameters(raw)
        if also is not None:
            data.errors += contract.unknown(raw, {*cls.specs(), *also})
        found = cls.take(data, reference_data)
        data.done()
        return found

    @classmethod
    def carried(cls, text: str, reference_data: City) -> Self:
        """The filters carried along by a form; the defaults if they cannot be read any more."""
        try:
            return cls.parse(dict(parse_qsl(text[:1000])), reference_data)
        except Invalid:
            return cls()

    @classmethod
    def schema(cls) -> dict[str, Schema]:
        """The filters as parameters in the OpenAPI document."""
        return {spec.json or name: spec.schema() for name, spec in cls.specs().items() if spec.json is not None}

    @classmethod
    def choices(cls, reference_data: City, language: str) -> dict[str, tuple[tuple[str, str], ...]]:
        """The choices of each filter with their labels: the options of a page's fields."""
        return {
            name: tuple(
                (value, i18n.translate(language, text)) for value, text in spec.words(reference_data, language).items()
            )
            for name, spec in cls.specs().items()
            if spec.choices is not None
        }

    def chosen(self) -> dict[str, Any]:
        """The filters that differ from their defaults."""
        return {n: v for n, spec in self.specs().items() if (v := getattr(self, n)) != spec.default and v}

    def query(self) -> dict[str, str]:
        """The filters as query parameters, without those at their defaults."""
        return {name: "1" if value is True else str(value) for name, value in self.chosen().items()}

    def address(self, path: str, **more: str) -> str:
        """The URL of the list with these filters; empty parameters are left out."""
        query = urlencode({**self.query(), **{name: value for name, value in more.items() if value}})
        return f"{path}?{query}" if query else path

    def without(self, name: str) -> Self:
        """The same filters with one at its default."""
        return replace(self, **{name: self.specs()[name].default})  # type: ignore[type-var]

    def chips(
        self, path: str, reference_data: City, language: str, own: Mapping[str, str] | None = None
    ) -> list[tuple[str, str]]:
        """The active filters as chips: label and the URL without that filter. ``own`` overrides labels."""
        found = []
        for name, spec in self.specs().items():
            if spec.chip and (value := self.chosen().get(name)):
                text: Text | str = (own or {}).get(name) or spec.words(reference_data, language).get(value, "")
                if not text:
                    label = spec.label
                    text = Text(label.msgid, {name: value}) if isinstance(label, Text) else label.format(value)
                found.append((i18n.translate(language, text), self.without(name).address(path)))
        return found

    def conditions(self, reference_data: City) -> dict[str, Condition]:
        """The conditions of the active filters, by name."""
        found = {}
        for name, value in self.chosen().items():
            spec = self.specs()[name]
            if spec.sql:
                inside = spec.value(reference_data, value) if spec.value else value
                found[name] = Condition(spec.sql, (inside,) * spec.sql.count("?"))
        return found
