"""A form as the page shows it: what a browser would send, changed where its reader types, ticks and chooses.

A story that posts fields to an address proves that the address takes them, not that any page sends them. Here a field,
a choice or a button that the form does not have fails the test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from tests.support.markup import Element, parse

Value = str | list[str]
TICKED = {"checkbox", "radio"}


@dataclass(frozen=True)
class Form:
    """A form of a page at an address."""

    element: Element
    page: Element
    url: str

    @property
    def controls(self) -> list[Element]:
        """What can be sent, in the page's order; also what stands elsewhere and names this form."""
        own = self.element.attrs.get("id")
        inside = [e for e in self.element.walk() if "form" not in e.attrs]
        beside = [e for e in self.page.walk() if own and e.attrs.get("form") == own]
        named = {"input", "textarea", "select", "button"}
        return [e for e in (*inside, *beside) if e.tag in named and "disabled" not in e.attrs]

    @property
    def buttons(self) -> list[Element]:
        """What sends the form."""
        return [
            e for e in self.controls
            if (e.tag == "button" and e.attrs.get("type", "submit") == "submit") or e.attrs.get("type") == "submit"
        ]  # fmt: skip

    def named(self, name: str) -> list[Element]:
        """The fields of a name."""
        return [e for e in self.controls if e.attrs.get("name") == name and e not in self.buttons]

    @property
    def values(self) -> dict[str, list[str]]:
        """What is sent where nothing is changed."""
        found: dict[str, list[str]] = {}
        for field in self.controls:
            name = field.attrs.get("name")
            if name and field not in self.buttons and field.attrs.get("type") != "file":
                found.setdefault(name, []).extend(_sent(field))
        return {name: values for name, values in found.items() if values}

    def filled(self, changes: Mapping[str, Value]) -> dict[str, list[str]]:
        """What is sent after these changes; a list ticks several boxes, an empty one none."""
        sent = self.values
        for name, value in changes.items():
            fields = self.named(name)
            assert fields, f"the form {self.url} has no field {name!r}, but {sorted(self.names)}"
            wanted = [value] if isinstance(value, str) else value
            if (choices := _choices(fields)) is not None:
                assert set(wanted) <= choices, f"{name!r} offers {sorted(choices)}, not {value!r}"
            else:
                assert any(f.attrs.get("type") != "hidden" for f in fields), f"nobody can change {name!r}, it is hidden"
            sent[name] = wanted
        return sent

    @property
    def names(self) -> set[str]:
        """The names of all fields."""
        return {e.attrs["name"] for e in self.controls if e.attrs.get("name") and e not in self.buttons}

    def pressed(self, label: str) -> Element:
        """The button with these words, the form's only one where none are given."""
        found = [b for b in self.buttons if label in {"", b.text, b.attrs.get("aria-label"), b.attrs.get("value")}]
        does = {tuple(b.attrs.get(name) for name in ("name", "value", "formaction")) for b in found}
        assert len(does) == 1, (
            f"{len(found)} buttons {label!r} in the form {self.url}: {[b.text for b in self.buttons]}"
        )
        return found[0]


def _sent(field: Element) -> list[str]:
    if field.tag == "textarea":
        return ["".join(c for c in field.children if isinstance(c, str)).removeprefix("\n")]
    if field.tag == "select":
        options = field.all("option")
        chosen = [o for o in options if "selected" in o.attrs] or ([] if "multiple" in field.attrs else options[:1])
        return [o.attrs.get("value", o.text) for o in chosen]
    if field.attrs.get("type") in TICKED:
        return [field.attrs.get("value", "on")] if "checked" in field.attrs else []
    return [field.attrs.get("value", "")]


def _choices(fields: list[Element]) -> set[str] | None:
    """What can be chosen where one does not type."""
    if all(f.tag == "select" for f in fields):
        return {o.attrs.get("value", o.text) for f in fields for o in f.all("option") if "disabled" not in o.attrs}
    if all(f.attrs.get("type") in TICKED for f in fields):
        return {f.attrs.get("value", "on") for f in fields}
    return None


def form(answer: httpx.Response, action: str = "", *, field: str = "", value: str | None = None) -> Form:
    """The one form of a page that is sent to an address ending so and holds a field (of a value)."""
    page, here = parse(answer.text), str(answer.url)
    found = [Form(e, page, urljoin(here, e.attrs.get("action") or here)) for e in page.all("form")]
    fitting = [
        f for f in found
        if f.element.attrs.get("method", "get").lower() == "post"
        and urlsplit(f.url).path.endswith(action)
        and (not field or any(value in {None, e.attrs.get("value")} for e in f.named(field)))
    ]  # fmt: skip
    assert len(fitting) == 1, f"{len(fitting)} forms {action!r} with {field!r} on {here}: {[f.url for f in found]}"
    return fitting[0]


async def send(browser: httpx.AsyncClient, shown: Form, *, button: str = "", **changes: Value) -> httpx.Response:
    """Fill in a form that a page shows and press its button; ``__`` in a name stands for ``.``."""
    data = shown.filled({name.replace("__", "."): value for name, value in changes.items()})
    pressed = shown.pressed(button)
    if pressed.attrs.get("name"):
        data[pressed.attrs["name"]] = [pressed.attrs.get("value", "")]
    url = urljoin(shown.url, pressed.attrs.get("formaction") or shown.url)
    return await browser.post(url, data=data)


async def submit(
    browser: httpx.AsyncClient, page: str, action: str = "", *, button: str = "", **changes: Value
) -> httpx.Response:
    """Open a page, fill in its form that is sent to an address ending so, and press its button."""
    shown = form(await browser.get(page, follow_redirects=True), action)
    return await send(browser, shown, button=button, **changes)
