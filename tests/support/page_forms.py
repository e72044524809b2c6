"""A form as the page shows it: what a browser would send, changed where its reader types, ticks and chooses.

A story that posts fields to an address proves that the address takes them, not that any page sends them. Here a field,
a choice or a button that the form does not have fails the test. What no page offers (another's right, a forged value)
is sent with :func:`post_without_page`, and ``tests/unit/test_stories.py`` finds stories that use neither.
"""

import mimetypes
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from tests.support.markup import Element, parse

File = tuple[str, bytes] | tuple[str, bytes, str]
"""What a reader chooses in a file field: the name, the content and the type if the name does not say it."""
Value = str | Sequence[str] | Sequence[File]
TICKED = {"checkbox", "radio"}
MULTIPART = "multipart/form-data"
NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Form:
    """A form of a page at an address."""

    element: Element
    page: Element
    url: str

    @property
    def controls(self) -> list[Element]:
        """What can be sent, in the page's order; also what stands elsewhere and names this form.

        Without the language switch, which only has it shown again.
        """
        own = self.element.attrs.get("id")
        inside = [e for e in self.element.walk() if "form" not in e.attrs]
        beside = [e for e in self.page.walk() if own and e.attrs.get("form") == own]
        named = {"input", "textarea", "select", "button"}
        return [
            e for e in (*inside, *beside)
            if e.tag in named and "disabled" not in e.attrs and "data-typed-default" not in e.attrs
            and e.attrs.get("name") != "show_again"
        ]  # fmt: skip

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
            wanted = [value] if isinstance(value, str) else [str(each) for each in value]
            if (choices := _choices(fields)) is not None:
                assert set(wanted) <= choices, f"{name!r} offers {sorted(choices)}, not {value!r}"
            else:
                assert any(f.attrs.get("type") != "hidden" for f in fields), f"nobody can change {name!r}, it is hidden"
            sent[name] = wanted
        return sent

    def scripted(self, **values: str) -> "Form":
        """The form after the page's script has written into hidden fields."""
        for name, value in values.items():
            (field,) = self.named(name)
            assert field.attrs.get("type") == "hidden", f"nobody needs a script to fill in {name!r}"
            field.attrs["value"] = value
        return self

    @property
    def names(self) -> set[str]:
        """The names of all fields."""
        return {e.attrs["name"] for e in self.controls if e.attrs.get("name") and e not in self.buttons}

    @property
    def file_fields(self) -> dict[str, Element]:
        """The fields in which files are chosen."""
        return {e.attrs.get("name", ""): e for e in self.controls if e.attrs.get("type") == "file"}

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
    """The one form of a page that is sent to an address ending so and holds a field or button (of a value)."""
    return form_on(parse(answer.text), str(answer.url), action, field=field, value=value)


def form_on(page: Element, here: str, action: str = "", *, field: str = "", value: str | None = None) -> Form:
    """The same for a page that is parsed already; here: its address."""
    found = [Form(e, page, urljoin(here, e.attrs.get("action") or here)) for e in page.all("form") if not carries(e)]
    fitting = [
        f for f in found
        if f.element.attrs.get("method", "get").lower() == "post"
        and urlsplit(f.url).path.endswith(action)
        and (not field or any(e.attrs.get("name") == field and _is(e, value) for e in f.controls))
    ]  # fmt: skip
    assert len(fitting) == 1, f"{len(fitting)} forms {action!r} with {field!r} on {here}: {[f.url for f in found]}"
    return fitting[0]


def carries(form: Element) -> bool:
    """Whether a form only carries what was typed to the page in another language."""
    return form.attrs.get("id") == "typed-form"


def _is(field: Element, value: str | None) -> bool:
    return value is None or field.attrs.get("value", "") == value


async def send(browser: httpx.AsyncClient, shown: Form, /, *, button: str = "", **changes: Value) -> httpx.Response:
    """Fill in a form that a page shows and press its button; ``__`` in a name stands for ``.``."""
    named = {name.replace("__", "."): value for name, value in changes.items()}
    files = {name: named.pop(name) for name in named.keys() & shown.file_fields.keys()}
    data = shown.filled(named)
    pressed = shown.pressed(button)
    if pressed.attrs.get("name"):
        data.setdefault(pressed.attrs["name"], []).append(pressed.attrs.get("value", ""))
    content, kind = _encoded(shown, data, files)
    url = urljoin(shown.url, pressed.attrs.get("formaction") or shown.url)
    return await browser.post(url, content=content, headers={"content-type": kind})


def _encoded(shown: Form, data: Mapping[str, list[str]], files: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body and its type, as the form's encoding asks; lines end as browsers end them."""
    fields = [(name, NEWLINE.sub("\r\n", value)) for name, values in data.items() for value in values]
    if shown.element.attrs.get("enctype") != MULTIPART:
        assert not files, f"the form {shown.url} sends only the names of files"
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    parts = [(f'"{name}"', value.encode()) for name, value in fields]
    for name, field in shown.file_fields.items():
        chosen = files.get(name) or [("", b"")]  # an empty field is sent as a file without a name
        assert len(chosen) == 1 or "multiple" in field.attrs, f"{name!r} takes one file"
        for file, content, *kind in chosen:
            claimed = kind[0] if kind else mimetypes.guess_type(file)[0] or "application/octet-stream"
            parts.append((f'"{name}"; filename="{file}"\r\nContent-Type: {claimed}', content))
    boundary = secrets.token_hex(16)
    head = f"--{boundary}\r\nContent-Disposition: form-data; name="
    body = b"".join(f"{head}{name}\r\n\r\n".encode() + content + b"\r\n" for name, content in parts)
    return body + f"--{boundary}--\r\n".encode(), f"{MULTIPART}; boundary={boundary}"


async def submit(
    browser: httpx.AsyncClient, page: str, action: str = "", /, *, button: str = "", **changes: Value
) -> httpx.Response:
    """Open a page, fill in its form that is sent to an address ending so, and press its button."""
    shown = form(await browser.get(page, follow_redirects=True), action)
    return await send(browser, shown, button=button, **changes)


async def post_without_page(browser: httpx.AsyncClient, url: str, /, **body: Any) -> httpx.Response:
    """Send what no page offers this reader (another's right, a value that cannot be chosen, what a mail program or a
    script sends), or the same body many times in a race between processes.
    """
    return await browser.post(url, **body)
