"""Marks texts in another language than their page, in every template at once (WCAG 3.1.2).

Whatever a template prints between tags goes through the filter ``in_its_language``, which puts a text in ``<bdi lang>``
if it is not in the page's language. What is printed inside a tag, or in an element that holds text only, stays as it
is, and loses the marks that a macro has put there; choices that begin with a printed text say its language
themselves. This is decided where a template is compiled, from the tags around each expression.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from jinja2 import nodes
from markupsafe import Markup

from server.core import i18n, template_constants

FILTER, PLAIN, ATTRIBUTE = "in_its_language", "without_marks", "lang_of"
TEXT_ONLY = ("script", "style", "textarea", "title", "option", "svg")
"""Elements in which no other element may be put; in drawings it would not be shown."""
SAYING = "option"
"""The one of them whose start tag says the language of the text that follows it."""
OUTSIDE = frozenset({"title", "description", "look", "width", "query"})
"""Blocks of the layouts that stand in such an element, or in an attribute."""
_CLEAR = frozenset({"date", "datetime", "short", "time", "iso", "number", "filesize", "length", "urlencode"})
"""Filters whose results are in no language, or in the page's."""
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_MARKS = re.compile(r'<bdi lang="[a-z]{2}">|</bdi>')
_END = re.compile(r"[\"'>]")


@dataclass(frozen=True)
class Place:
    """Where in a page the next character stands: in a tag, in the value of an attribute, in a text-only element."""

    tag: str = ""
    quote: str = ""
    only: str = ""

    @property
    def marked(self) -> bool:
        return not (self.tag or self.only)

    def after(self, data: str) -> "Place":
        """Where the character after some markup stands."""
        here, at = self, 0
        while at < len(data):
            if here.quote:
                end = data.find(here.quote, at)
                if end < 0:
                    return here
                here, at = replace(here, quote=""), end + 1
            elif here.tag:
                found = _END.search(data, at)
                if found is None:
                    return here
                at = found.end()
                if found[0] == ">":
                    closed = here.tag.startswith("/") or data[found.start() - 1 : found.start()] == "/"
                    here = Place(only=here.only or ("" if closed or here.tag not in TEXT_ONLY else here.tag))
                else:
                    here = replace(here, quote=found[0])
            else:
                found = _TAG.search(data, at)
                if found is None:
                    return here
                at, tag = found.end(), found[1] + found[2].lower()
                if not here.only or tag == f"/{here.only}":
                    here = Place(tag)
        return here


def mark(template: nodes.Template) -> nodes.Template:
    """The same template, with the filter wherever an expression is printed between tags."""
    _walk(template.body, Place())
    return template


def _walk(body: list[nodes.Node], place: Place) -> Place:
    """Mark some nodes in their order; returns where the text after them stands."""
    for node in body:
        if isinstance(node, nodes.Output):
            place = _output(node, place)
        elif isinstance(node, nodes.If):
            after = _walk(node.body, place)
            for branch in node.elif_:
                _walk(branch.body, place)
            _walk(node.else_, place)
            place = after
        elif isinstance(node, nodes.For):
            _walk(node.else_, place)
            place = _walk(node.body, place)
        elif isinstance(node, nodes.Block):
            _walk(node.body, Place(tag="?") if node.name in OUTSIDE else place)
        elif isinstance(node, nodes.Macro | nodes.CallBlock | nodes.FilterBlock):
            _walk(node.body, Place())
        elif isinstance(node, nodes.With | nodes.Scope | nodes.ScopedEvalContextModifier):
            place = _walk(node.body, place)
    return place


def _output(node: nodes.Output, place: Place) -> Place:
    found: list[nodes.Expr] = []
    for each in node.nodes:
        if isinstance(each, nodes.TemplateData):
            place = place.after(each.data)
            found.append(each)
        elif place.marked:
            found.append(_filtered(each))
        elif isinstance(each, nodes.Const) or _clear(each):
            found.append(each)
        else:
            if place.only == SAYING and found and isinstance(before := found[-1], nodes.TemplateData):
                tag, closed, space = before.data.rpartition(">")
                if closed and not space.strip():
                    found[-1:] = [nodes.TemplateData(tag), _filter(each, ATTRIBUTE), nodes.TemplateData(">" + space)]
            found.append(_filter(each, PLAIN))
    node.nodes = found
    return place


def _filter(expression: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(expression, name, [], [], None, None, lineno=expression.lineno)


def _filtered(expression: nodes.Expr) -> nodes.Expr:
    """The expression through the filter; of a translated sentence, the values in it. Macros return markup already."""
    if isinstance(expression, nodes.CondExpr):
        expression.expr1 = _filtered(expression.expr1)
        expression.expr2 = expression.expr2 and _filtered(expression.expr2)
        return expression
    if isinstance(expression, nodes.Call) and isinstance(expression.node, nodes.Name):
        if expression.node.name in {"_", "gettext", "ngettext"}:
            for given in expression.kwargs:
                given.value = _filtered(given.value)
        return expression
    if _clear(expression):
        return expression
    return _filter(expression, FILTER)


def _clear(expression: nodes.Expr) -> bool:
    if template_constants.place(expression):
        return True
    return isinstance(expression, nodes.Filter) and expression.name in _CLEAR


def marks(language: str) -> Callable[[object, object], object]:
    """The filter for pages in a language: puts a text in markup that says its language, if it is in another one."""
    elsewhere = i18n.ELSEWHERE[language].search

    def in_its_language(_context: object, value: object) -> object:
        if type(value) is not str or not elsewhere(value):
            return value
        written = i18n.written_in(value, language)
        return value if written == language else i18n.marked(value, written)

    return in_its_language


def attribute(language: str) -> Callable[[object, object], Markup]:
    """The filter for pages in a language: the attribute that says a text's language; nothing if it is the page's."""

    def lang_of(_context: object, value: object) -> Markup:
        written = i18n.written_in(value, language) if isinstance(value, str) else language
        return Markup("" if written == language else f' lang="{written}"')  # noqa: S704 — one of our own codes

    return lang_of


def without_marks(value: object) -> object:
    """Markup as it may stand in an attribute; anything else as it is."""
    return Markup(_MARKS.sub("", value)) if type(value) is Markup and "<bdi" in value else value  # noqa: S704 — it was
