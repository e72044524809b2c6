"""The errors that are found while a form is read, each naming its field by the field's label."""

from dataclasses import replace
from typing import TYPE_CHECKING

from server.core.errors import FieldError, Invalid, Text
from server.core.forms import wording

if TYPE_CHECKING:  # a form is read by way of its errors
    from server.core.forms.form import Form


class Errors:
    """The errors of a form: at most one per field, in the order of the form."""

    def __init__(
        self, form: "type[Form]", prefix: str = "", found: dict[str, Text] | None = None, number: int | None = None
    ) -> None:
        self.form = form
        self.prefix = prefix
        self.number = number
        self.found: dict[str, Text] = {} if found is None else found

    def fail(self, name: str, text: Text) -> None:
        """Add an error for a field, unless it has one already.

        ``%(field)s`` in the text is the field's label, ``%(number)s`` in the label that of the nested form.
        """
        declared = self.form.field(name)
        if "%(number)s" in declared.label.msgid:
            declared = replace(declared, label=Text(declared.label.msgid, {"number": self.number}))
        self.found.setdefault(self.prefix + name, wording.naming(text, declared))

    def require(self, form: "Form", *names: str) -> None:
        """Add errors for those optional fields that are empty although another field makes them required."""
        for each in map(self.form.field, names):
            if getattr(form, each.attribute) in (None, "", ()):
                self.fail(each.name, wording.missing(each))

    def __contains__(self, name: str) -> bool:
        return self.prefix + name in self.found

    def inside(self, name: str, number: int | None = None) -> "Errors":
        """The errors of a nested form, or of one of several, counted from 1."""
        inner = self.form.field(name).form or self.form
        return Errors(inner, f"{self.prefix}{name}." + (f"{number}." if number else ""), self.found, number)

    @property
    def listed(self) -> list[FieldError]:
        return [FieldError(name, text) for name, text in self.found.items()]

    def done(self) -> None:
        """Raise ``Invalid`` if there are errors."""
        if self.found:
            raise Invalid(self.listed)
