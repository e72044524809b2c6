"""What a template prints with constant arguments, looked up instead of made each time: words and icons.

A page has more than a hundred of each. Jinja's own ``gettext`` makes markup of a word and formats it whenever it is
printed, and an icon is a macro.
"""

from collections.abc import Callable
from typing import cast

import jinja2
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

TEXTS, ICONS = "texts", "icons"
_PLACES = {"_": TEXTS, "icon": ICONS}


class Kept(dict[str, Markup]):
    """Markup by its name, made on first use."""

    def __init__(self, make: Callable[[str], Markup]) -> None:
        self._make = make

    def __missing__(self, name: str) -> Markup:
        found = self[name] = self._make(name)
        return found


class Environment(jinja2.Environment):
    """The environment of a language, in which compiled templates look these up."""

    texts: Kept
    """Translations by msgid."""
    icons: Kept


def place(expression: nodes.Node) -> str:
    """Where a call is looked up, ``_("words")`` or ``icon(name)``; empty for any other expression."""
    if not isinstance(expression, nodes.Call) or not isinstance(expression.node, nodes.Name):
        return ""
    found = _PLACES.get(expression.node.name, "")
    if len(expression.args) != 1 or expression.kwargs or expression.dyn_args or expression.dyn_kwargs:
        return ""
    return found if found == ICONS or isinstance(expression.args[0], nodes.Const) else ""


class _LookUp(NodeTransformer):
    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        if not (where := place(node)):
            return node
        return nodes.Getitem(nodes.EnvironmentAttribute(where), node.args[0], "load", lineno=node.lineno)


def look_up(template: nodes.Template) -> nodes.Template:
    """The same template, with these calls replaced by look-ups."""
    return cast("nodes.Template", _LookUp().visit(template))
