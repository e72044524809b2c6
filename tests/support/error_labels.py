"""Whether the errors of a page name its fields by the labels that stand beside them."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import httpx

from tests.support.markup import Element, parse
from tests.support.page_forms import Form, carries

UNREADABLE = "x\0"
"""With U+0000: no text, number, day or choice. Alone it would be empty, as it shows nothing."""
_TYPED = {"text", "email", "tel", "date", "datetime-local", "number", "password", "time", "url", "search"}
_QUOTED = re.compile(r"[“「](.+?)[”」](?!\w*[”」])")


def wrongly_filled(shown: Form, value: str) -> dict[str, list[str]] | None:
    """A form with one value in every field that its reader fills in; None where there is no such field.

    The first button is pressed that sends the form as a whole.
    """
    sent = shown.values
    button = next((e for e in shown.buttons if "formnovalidate" not in e.attrs), None)
    if button and button.attrs.get("name"):
        sent[button.attrs["name"]] = [button.attrs.get("value", "")]
    fields = [
        e for e in shown.controls
        if e.attrs.get("name") and e not in shown.buttons and (e.tag != "input" or _type(e) in _TYPED | {"radio"})
    ]  # fmt: skip
    sent.update({e.attrs["name"]: [value] if value else [] for e in fields})
    return {name: values for name, values in sent.items() if values} if fields else None


def _type(control: Element) -> str:
    return control.attrs.get("type", "text")


def posted(page: httpx.Response) -> list[Form]:
    """The forms of a page that are sent with POST."""
    root, here = parse(page.text), str(page.url)
    forms = [e for e in root.all("form") if e.attrs.get("method", "get").lower() == "post" and not carries(e)]
    return [Form(e, root, urljoin(here, e.attrs.get("action") or here)) for e in forms]


def misnamed(page: Element) -> Iterator[str]:
    """The errors of a page that quote something else than the label of their field."""
    for summary in page.all("div", class_="error-summary"):
        for link in summary.all("a"):
            said, label = link.text, label_of(page, link.attrs["href"].removeprefix("#"))
            if quoted := _QUOTED.findall(said):
                if label is None and not set(quoted) & set(labels(page)):
                    yield f"{said} (no such field)"
                elif label is not None and label not in quoted:
                    yield f"{said} (beside {label!r})"


def labels(page: Element) -> list[str]:
    """Every label and legend of a page."""
    return [_words(e) for e in (*page.all("label"), *page.all("legend"))]


def label_of(page: Element, control: str) -> str | None:
    """The label of a control by its id, or of the group of boxes of which it is the first."""
    for group in page.all("fieldset"):
        boxes = [e for child in group.children if isinstance(child, Element) for e in child.all(id=control)]
        if boxes and any("choices" in e.attrs.get("class", "") for e in group.children if isinstance(e, Element)):
            return _words(group.all("legend")[0])
    return next((_words(e) for e in page.all("label", **{"for": control})), None)


def _words(label: Element) -> str:
    """A label without the note that the field is required."""
    return " ".join(
        " ".join(
            child if isinstance(child, str) else child.text
            for child in label.children
            if isinstance(child, str) or not child.is_a("span", class_="field-need")
        ).split()
    )
