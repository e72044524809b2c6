"""Components drawn one at a time, for tests: what a call of a macro puts on the page, as a tree."""

from tests.browser.gallery.render import environment
from tests.support.markup import Element, parse

EVIL = """<script>alert(1)</script>"'&"""
"""Input that every component must escape."""


def html(source: str, language: str = "ko", **values: object) -> str:
    """A piece of template as HTML."""
    return environment(language).from_string(source).render(values)


def draw(component: str, call: str, language: str = "ko", **values: object) -> Element:
    """What a call of a component draws; ``c`` is the component's module."""
    body = call if call.startswith("{%") else f"{{{{ {call} }}}}"
    return parse(html(f'{{% import "components/{component}.html" as c %}}{body}', language, **values))


def described(root: Element, control: Element) -> list[str]:
    """The texts that a control's ``aria-describedby`` names, in order."""
    return [root.one(id=name).text for name in control.attrs["aria-describedby"].split()]
