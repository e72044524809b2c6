"""The contract of a JSON route, declared beside its handler: its input, its responses, and who may call it.

The OpenAPI document is generated from contracts, and the tests validate every real response against them. Knows JSON
Schema and nothing of any domain; a named schema is written once and referenced.
"""

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self, TypeVar, cast, dataclass_transform

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from server.core.errors import BadCursor, FieldError, Invalid, _

Schema = Mapping[str, Any]
NO_CURSOR = _("Please send the cursor exactly as a list returned it.")


class Shape(Protocol):
    """Anything that provides its schema when the document is generated, such as a form."""

    def schema(self) -> Schema: ...


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Access(StrEnum):
    """Who may call an operation, and how they authenticate."""

    EVERYBODY = "everybody"
    PARTY = "party"
    """The petitioner with the case's access key, an official with a token, or anybody for public data."""
    OFFICIAL = "official"
    """An official with a token."""


@dataclass(frozen=True)
class Contract:
    """One operation, as the decorator of its endpoint.

    ``body`` is a JSON object, or the fields of a multipart form where ``multipart`` is set.
    """

    summary: str
    answer: Schema | Shape | None
    status: int = 200
    access: Access = Access.EVERYBODY
    body: Schema | Shape | None = None
    multipart: bool = False
    query: Mapping[str, Schema] = field(default_factory=dict)
    headers: Mapping[str, Schema] = field(default_factory=dict)
    media: str = "application/json"
    """The content type of the response."""
    waits: Schema | Shape | None = None
    """The body of a 202 response, where something else has to happen first."""
    empty: str = ""
    """When the response is a 204 without a body, in words."""
    refusals: tuple[int, ...] = ()
    """Error statuses beyond those that every such operation may return."""

    def __call__(self, endpoint: Endpoint) -> Endpoint:
        """Declare it as an endpoint's contract; query parameters that it does not name are refused."""

        @functools.wraps(endpoint)
        async def checked(request: Any) -> Any:
            if wrong := unknown(request.query_params, {*self.query, "lang"}):
                raise Invalid(wrong)
            try:
                return await endpoint(request)
            except BadCursor as error:
                raise Invalid([FieldError("cursor", NO_CURSOR)]) from error

        _contracts[checked] = self
        return cast("Endpoint", checked)


_contracts: dict[Callable[..., Any], Contract] = {}


schemas: dict[str, Schema | Shape] = {}
"""All named schemas."""

answers: list[type["Answer"]] = []
"""All answer classes."""


@dataclass_transform(kw_only_default=True)
class Answer:
    """The body of a JSON response: a dataclass, serialised as it is, whose annotations give the schema.

    Not frozen, because frozen ones are slower to create and lists create many.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    _names: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, *, shared: bool = False) -> None:
        made = dataclass(kw_only=True, eq=False)(cls)
        if any(each.__name__ == cls.__name__ for each in answers):
            raise TypeError(f"There are two answers called {cls.__name__}.")
        cls._names = tuple(each.name for each in fields(made))  # type: ignore[arg-type]
        if not shared:  # a shared base class has no schema of its own
            answers.append(cls)

    @classmethod
    def of(cls, source: object, **more: Any) -> Self:
        """Build an answer from a row: fields not given in ``more`` are attributes of the same name."""
        return cls(**{name: more[name] if name in more else getattr(source, name) for name in cls._names})

    @classmethod
    def schema(cls) -> "Schema":
        return {"$ref": _PLACE.format(model=cls.__name__)}


_PLACE = "#/components/schemas/{model}"


class _Untitled(GenerateJsonSchema):
    """Leaves out titles that only repeat the field's name."""

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False


def definitions() -> dict[str, Schema]:
    """All named schemas, built now."""
    shapes = [(answer.__name__, "serialization", TypeAdapter(answer)) for answer in answers]
    _map, found = TypeAdapter.json_schemas(shapes, ref_template=_PLACE, schema_generator=_Untitled)  # type: ignore[arg-type]
    untitled = {name: {k: v for k, v in each.items() if k != "title"} for name, each in found["$defs"].items()}
    return {**untitled, **{name: schema_of(shape) for name, shape in schemas.items()}}


def unknown(given: Iterable[str], names: Collection[str]) -> list[FieldError]:
    """An error for each parameter that is not among these names."""
    others = [str(name)[:40] for name in given if name not in names]
    return [FieldError(name, _("There is no parameter “%(name)s” here.", name=name)) for name in others]


def of(endpoint: Callable[..., Any]) -> Contract | None:
    """The contract of an endpoint, if it has one."""
    return _contracts.get(endpoint)


def schema_of(shape: Schema | Shape) -> Schema:
    """The schema of an input or a response."""
    return shape if isinstance(shape, Mapping) else shape.schema()


def named(name: str, schema: Schema | Shape) -> Schema:
    """Register a schema under a name. Returns a reference to it."""
    schemas[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def text(*, most: int | None = None, least: int | None = None, about: str = "", **more: object) -> Schema:
    """A string."""
    limits = {"maxLength": most, "minLength": least, "description": about or None}
    return {"type": "string", **{name: value for name, value in limits.items() if value is not None}, **more}


def one_of(values: Iterable[str], about: str = "") -> Schema:
    """One of some strings."""
    return {"type": "string", "enum": list(values), **({"description": about} if about else {})}


def among(values: Iterable[str], about: str = "") -> Any:
    """Annotation of a text in an answer: one of some strings."""
    return Field(json_schema_extra={"enum": list(values)}, description=about or None)


def said(about: str) -> Any:
    """Annotation of a field of an answer: its description."""
    return Field(description=about)


def integer(low: int | None = None, high: int | None = None, about: str = "") -> Schema:
    """A whole number."""
    limits = {"minimum": low, "maximum": high, "description": about or None}
    return {"type": "integer", **{name: value for name, value in limits.items() if value is not None}}


def number(low: float, high: float) -> Schema:
    """A number."""
    return {"type": "number", "minimum": low, "maximum": high}


def maybe(schema: Schema | Shape) -> Schema:
    """The schema, or null."""
    return {"anyOf": [schema_of(schema), {"type": "null"}]}


def many(schema: Schema | Shape, most: int | None = None) -> Schema:
    """An array."""
    return {"type": "array", "items": schema_of(schema), **({"maxItems": most} if most else {})}


def record(properties: Mapping[str, Schema], *, optional: Collection[str] = ()) -> Schema:
    """An object in a response: exactly these fields, all present unless ``optional``."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def asked(properties: Mapping[str, Schema], *required: str) -> Schema:
    """An object in a request: these fields, some of them required; others are ignored."""
    return {"type": "object", "properties": dict(properties), **({"required": list(required)} if required else {})}


def listed(schema: Schema | Shape, total: Schema | None = None) -> Schema:
    """The response of a list; ``total`` refines the schema of its total."""
    return record({"items": many(schema), "next": maybe(text()), "total": total or maybe(integer(0))})


BOOLEAN: Schema = {"type": "boolean"}
TEXT = text()
MOMENT: Schema = {"type": "string", "format": "date-time", "description": "ISO 8601 with the city's zone."}
DAY: Schema = {"type": "string", "format": "date"}
PROBLEM = named(
    "Problem",
    {
        "type": "object",
        "description": "RFC 9457. Some codes carry fields of their own.",
        "properties": {
            "type": TEXT,
            "title": text(about="What is wrong, in the caller's language."),
            "status": integer(400, 599),
            "code": text(about="Stable, for programs."),
            "errors": many(record({"field": TEXT, "message": TEXT})),
            "action": TEXT,
            "state": TEXT,
            "changes": many(record({"kind": TEXT, "actor": TEXT, "at": MOMENT, "sequence": integer(1)})),
        },
        "required": ["type", "title", "status", "code"],
    },
)
IDEMPOTENCY_HEADER: dict[str, Schema] = {
    "Idempotency-Key": text(
        least=1, most=200, about="Repeating a request with the same key returns the first answer.",
        pattern="^[!-~]([ -~]*[!-~])?$",
    )
}  # fmt: skip
