"""Forms: frozen dataclasses whose annotations give the parser, the JSON Schema and the HTML.

Every field is read by its own Pydantic type adapter, built on first use. That way one pass finds all errors, including
those of rules about several fields, which a Pydantic model checks only when each field is valid.
"""

import functools
import inspect
import re
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self, Union, dataclass_transform, get_args, get_origin, get_type_hints

from pydantic import Strict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from server.core import characters, i18n
from server.core.errors import FieldError, Invalid, Text
from server.core.forms import wording
from server.core.forms.errors import Errors
from server.core.forms.kinds import (
    WHOLE,
    About,
    FileRule,
    Hint,
    Html,
    Internal,
    Key,
    Label,
    MayBeEmpty,
    OneOf,
    ReferencesRule,
    TextRule,
    WordsRule,
    Wrong,
)

Schema = dict[str, Any]
Choices = Mapping[str, Collection[str] | Mapping[str, Any]]
"""Choices by field name, where they are known only at run time."""
_ONE_DIGIT = re.compile(r"-(?=[0-9](?![0-9]))")
_DECIMAL = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,20})?")
_TRUE, _FALSE = {"on", "true", "1", "yes"}, {"off", "false", "0", "no"}
_KINDS = {int: "integer", float: "number", bool: "checkbox", date: "day", datetime: "moment"}
_EMPTY = {
    "integer": 0,
    "number": 0.0,
    "checkbox": False,
    **dict.fromkeys(("words", "choices", "references", "file", "forms"), ()),
}
_LISTS = frozenset({"choices", "references"})
"""Kinds for which a page sends one value per selected item."""


PLAIN = Html()


@dataclass(frozen=True, eq=False)
class FormField:
    """A declared field; ``kind`` decides what it accepts and how a page shows it."""

    name: str
    """Its name on the page and in JSON."""
    attribute: str
    """Its attribute of the command."""
    kind: str
    """text, paragraphs, integer, number, checkbox, choice, choices, day, moment, words, references, file, form."""
    type: Any
    required: bool
    default: Any
    label: Text
    hint: Text | None = None
    wrong: Text | None = None
    about: str = ""
    html: Html = PLAIN
    limit: int | None = None
    least: int = 0
    low: float | None = None
    high: float | None = None
    choices: Mapping[str, Text] | Collection[str] | None = None
    form: "type[Form] | None" = None

    @functools.cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.type)

    @property
    def empty(self) -> Any:
        """The value that replaces a wrong one, so that the other rules can still be checked."""
        return _EMPTY.get(self.kind, "") if self.required else self.default

    @property
    def attributes(self) -> dict[str, Any]:
        """Limits, as HTML attributes."""
        return {"min": self.low, "max": self.high} if self.kind == "integer" else {}

    @property
    def asked(self) -> bool:
        """Whether a page shows the field: not a version, nor a nested form."""
        return self.html.asked and self.form is None

    def rows(self, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The values of several nested forms: as they are stored, or as a page sent them; empty ones are left out."""
        found = values[self.name] if self.name in values else _nested(self, values)
        return [row for row in found or () if any(row.values())]

    def options(self, language: str) -> list[tuple[str, str]]:
        words = self.choices if isinstance(self.choices, Mapping) else {}
        return [(value, i18n.translate(language, words.get(value, value))) for value in self.choices or ()]

    @functools.cached_property
    def schema(self) -> Schema:
        if self.form:
            found: Schema = self.form.schema()
            if self.kind == "forms":
                return {"type": "array", "items": found, "maxItems": self.limit}
            found = found if self.required else {"anyOf": [found, {"type": "null"}]}
        else:
            found = self.adapter.json_schema()
        if self.required and found.get("type") == "string" and "enum" not in found and self.limit:
            found = {**found, "minLength": max(1, self.least)}
        return {**found, **({"description": self.about} if self.about else {})}

    def lenient(self, value: Any) -> Any:
        """A page's text input, converted to the value that JSON would send."""
        if isinstance(value, str):
            word = characters.clean(value)
            if self.kind == "integer" and WHOLE.fullmatch(word):
                return int(word)
            if self.kind == "number" and _DECIMAL.fullmatch(word):
                return float(word)
            if self.kind in {"day", "moment"}:
                return _ONE_DIGIT.sub("-0", word.replace(" ", "T"))
            if self.kind == "checkbox" and word.lower() in _TRUE | _FALSE:
                return word.lower() in _TRUE
        return value


@dataclass_transform(frozen_default=True)
class Form:
    """A command from outside. Subclasses become frozen dataclasses and can be built in code as such."""

    _labels: ClassVar[Mapping[str, Text]] = {}

    def __init_subclass__(cls) -> None:
        for name in inspect.get_annotations(cls):
            if name not in cls.__dict__ and hasattr(cls, name):
                setattr(cls, name, field())  # redeclared without a default: required even if the parent has one
        dataclass(frozen=True)(cls)

    @classmethod
    @functools.cache
    def fields(cls) -> tuple[FormField, ...]:
        hints = get_type_hints(cls, include_extras=True)
        read = (each for each in fields(cls) if Internal() not in get_args(hints[each.name]))  # type: ignore[arg-type]
        found = [_field(each.name, hints[each.name], _default(each)) for each in read]
        return tuple(replace(each, label=cls._labels.get(each.name, each.label)) for each in found)

    @classmethod
    def labelled(cls, **labels: Text) -> type[Self]:
        """The same form with other labels, by field name, on its page and in its errors."""
        own = {"_labels": {**cls._labels, **labels}, "__doc__": cls.__doc__, "__module__": cls.__module__}
        return type(cls.__name__, (cls,), own)

    @classmethod
    def field(cls, name: str) -> FormField:
        """One field; ``a.b`` is field ``b`` of the form in ``a``."""
        first, _dot, rest = name.partition(".")
        found = next(each for each in cls.fields() if each.name == first)
        return found.form.field(rest) if rest and found.form else found

    @classmethod
    def schema(cls) -> Schema:
        """The JSON Schema of the input; unknown fields are ignored."""
        required = [each.name for each in cls.fields() if each.required]
        properties = {each.name: each.schema for each in cls.fields()}
        return {"type": "object", "properties": properties, **({"required": required} if required else {})}

    @classmethod
    def parse(cls, raw: Mapping[str, Any], *, strict: bool = False, choices: Choices | None = None) -> Self:
        """Parse a page's form or, if ``strict``, a JSON object. Raises ``Invalid`` with all errors."""
        form, errors = cls.read(raw, strict=strict, choices=choices)
        errors.done()
        return form

    @classmethod
    def read(
        cls, raw: Mapping[str, Any], *, strict: bool = False, choices: Choices | None = None, **given: Any
    ) -> tuple[Self, Errors]:
        """The form, with an empty value for each wrong field, and its errors, for callers with further checks.

        ``given`` are the values of fields that are not read from the input.
        """
        errors = Errors(cls)
        return cls._read(raw, errors, strict, choices or {}, **given), errors

    @classmethod
    def _read(cls, raw: Mapping[str, Any], errors: Errors, strict: bool, choices: Choices, **values: Any) -> Self:  # noqa: FBT001 — passed on
        for each in cls.fields():
            value = raw.get(each.name)
            if each.form:
                if value is None and not strict:
                    value = _nested(each, raw)
                values[each.attribute] = cls._read_form(each, value, errors, strict, choices)
                continue
            found, text = read_value(each, value, strict=strict, choices=choices.get(errors.prefix + each.name))
            values[each.attribute] = found
            if text:
                errors.fail(each.name, text)
        form = cls(**values)
        form.check(errors)
        return form

    @classmethod
    def _read_form(cls, each: FormField, value: Any, errors: Errors, strict: bool, choices: Choices) -> Any:  # noqa: FBT001
        assert each.form  # noqa: S101
        if value is None and not each.required:
            return each.default
        if each.kind == "forms":
            return cls._read_forms(each, value, errors, strict, choices)
        if value is not None and not isinstance(value, Mapping):
            errors.fail(each.name, wording.wrong(each))
        known = value if isinstance(value, Mapping) else {}
        return each.form._read(known, errors.inside(each.name), strict, choices)  # noqa: SLF001 — same class

    @classmethod
    def _read_forms(cls, each: FormField, rows: Any, errors: Errors, strict: bool, choices: Choices) -> Any:  # noqa: FBT001
        most = each.limit or 0
        if not isinstance(rows, list) or len(rows) > most or not all(isinstance(row, Mapping) for row in rows):
            errors.fail(each.name, wording.wrong(each))
            return ()
        assert each.form  # noqa: S101
        return tuple(
            each.form._read(row, errors.inside(each.name, number), strict, choices)  # noqa: SLF001 — same class
            for number, row in enumerate(rows, 1)
        )

    def check(self, errors: Errors) -> None:
        """Check rules about several fields. A wrong field is empty here and keeps its first error."""

    @classmethod
    def missing(cls, *names: str) -> Invalid:
        """The error to raise when optional fields turn out to be required."""
        return Invalid([FieldError(name, wording.missing(cls.field(name))) for name in names])

    @classmethod
    def raw(cls, items: Iterable[tuple[str, Any]], prefix: str = "") -> dict[str, Any]:
        """A page's fields as raw input: without ``prefix``, and with repeated names collected into lists."""
        lists = {each.name for each in cls.fields() if each.kind in _LISTS}
        lists |= {
            f"{each.name}.{row}.{part.name}"
            for each in cls.fields()
            if each.kind == "forms" and each.form
            for part in each.form.fields()
            if part.kind in _LISTS
            for row in range(1, (each.limit or 0) + 1)
        }
        found: dict[str, Any] = {}
        for full, value in items:
            name = full.removeprefix(prefix)
            if name in lists:
                found.setdefault(name, []).append(value)
            else:
                found.setdefault(name, value)
        return found


def _nested(each: FormField, raw: Mapping[str, Any]) -> Any:
    """The value of a nested form on a page, whose fields are ``a.b``, or of several, ``a.1.b``; None without any."""
    start = f"{each.name}."
    inner = {name.removeprefix(start): value for name, value in raw.items() if name.startswith(start)}
    if not inner or each.kind != "forms":
        return inner or None
    assert each.form  # noqa: S101
    rows = range(1, (each.limit or 0) + 1)
    return [{part.name: inner.get(f"{row}.{part.name}") for part in each.form.fields()} for row in rows]


def read_value(
    each: FormField, value: Any, *, strict: bool, choices: Collection[str] | None
) -> tuple[Any, Text | None]:
    """The clean value, or an empty one and the error."""
    if isinstance(value, str) and not characters.visible(value) and (each.kind in _TEXTUAL or not strict):
        value = None
    elif isinstance(value, str) and each.kind in _CODED:
        value = characters.plain(value) if strict else characters.clean(value)
    if value is None or (value == [] and each.empty == ()):
        return (each.empty, wording.missing(each)) if each.required else (each.default, None)
    try:
        found = each.adapter.validate_python(value if strict else each.lenient(value))
    except ValidationError as error:
        return each.empty, wording.wrong(each, error.errors(include_url=False)[0])
    picked = found if isinstance(found, tuple) else (found,)
    if choices is not None and any(value not in choices for value in picked):
        return each.empty, wording.wrong(each)
    if isinstance(choices, Mapping):
        return choices[found], None
    if found in ("", ()):
        return (each.empty, wording.missing(each)) if each.required else (each.default, None)
    return found, None


_CODED = frozenset({"choice", "day", "moment"})
_TEXTUAL = _CODED | {"text", "paragraphs", "words"}


def _default(each: Any) -> Any:
    return each.default if each.default_factory is MISSING else each.default_factory()


def _field(name: str, hint: Any, default: Any) -> FormField:
    base, metadata = _flat(hint)
    found = {type(each): each for each in metadata}
    info = found.get(FieldInfo)
    bounds = [*metadata, *(info.metadata if info else ())]
    text = next((each for each in metadata if isinstance(each, TextRule)), None)
    label = found.get(Label)
    if label is None:
        raise TypeError(f"The field {name} has no label.")
    choice = found.get(OneOf)
    if default is MISSING and MayBeEmpty in found:
        default = _EMPTY.get(_kind(base, text, found), "")
    optional = default is not MISSING
    inner = get_args(base)[0] if _several(base) else base
    return FormField(
        name=found[Key].name if Key in found else name,
        attribute=name,
        kind=_kind(base, text, found),
        type=_strict(base, metadata),
        required=not optional,
        default=default if optional else None,
        label=label.text,
        hint=found[Hint].text if Hint in found else None,
        wrong=found[Wrong].text if Wrong in found else None,
        about=found[About].text if About in found else "",
        html=found.get(Html, PLAIN),
        limit=text.limit if text else next((each.max_length for each in bounds if hasattr(each, "max_length")), None),
        least=text.least if text else 0,
        low=next((each.ge for each in bounds if hasattr(each, "ge")), None),
        high=next((each.le for each in bounds if hasattr(each, "le")), None),
        choices=choice.choices if choice else None,
        form=inner if isinstance(inner, type) and issubclass(inner, Form) else None,
    )


def _flat(hint: Any) -> tuple[Any, list[Any]]:
    """The type without ``Annotated`` and ``None``, and all its metadata, innermost first."""
    if get_origin(hint) is Annotated:
        base, *metadata = get_args(hint)
        inner, before = _flat(base)
        return inner, [*before, *metadata]
    if get_origin(hint) in {Union, types.UnionType}:
        (one,) = (each for each in get_args(hint) if each is not type(None))
        return _flat(one)
    return hint, []


def _several(base: Any) -> bool:
    return get_origin(base) in {tuple, Sequence}


def _kind(base: Any, text: TextRule | None, metadata: Mapping[type, Any]) -> str:
    several = _several(base)
    if OneOf in metadata:
        return "choices" if several else "choice"
    for rule, kind in ((WordsRule, "words"), (ReferencesRule, "references"), (FileRule, "file")):
        if rule in metadata:
            return kind
    inner = get_args(base)[0] if several else base
    if isinstance(inner, type) and issubclass(inner, Form):
        return "forms" if several else "form"
    return _KINDS.get(base) or ("paragraphs" if text and text.lines else "text")


def _strict(base: Any, metadata: Iterable[Any]) -> Any:
    """The strict type for Pydantic: only our own rules convert values."""
    if any(isinstance(each, OneOf) for each in metadata) and not _several(base):
        base = str
    rules = [each for each in metadata if not isinstance(each, (Label, Hint, About, Html, Key, MayBeEmpty, Wrong))]
    if base in {int, float, bool}:
        rules.append(Strict())
    return Annotated[base, *rules] if rules else base
