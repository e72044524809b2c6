"""What templates print and import, without what Jinja does again each time.

A page has more than a hundred words and icons with constant arguments. Jinja's own ``gettext`` makes markup of a word
and formats it whenever it is printed, and an icon is a macro: both are looked up. What a macro returns is markup, which
Jinja copies when it is printed; and for each import it compares all global names, although ours are the same
everywhere.
"""

from collections.abc import Callable
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

TEXTS, ICONS = "texts", "icons"
_PLACES = {"_": TEXTS, "icon": ICONS}


class Kept(dict[str, Markup]):
    """Markup by its name, made on first use."""

    def __init__(self, make: Callable[[str], Markup]) -> None:
        self._make = make

    def __missing__(self, name: str) -> Markup:
        found = self[name] = self._make(name)
        return found


class _Template(jinja2.Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - Jinja's name
        return super()._get_default_module()


class _Generator(CodeGenerator):
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("(" if _looked_up(node) else "environment.printed(")


class Environment(jinja2.Environment):
    """The environment of a language, in which compiled templates look these up."""

    template_class = _Template
    code_generator_class = _Generator

    texts: Kept
    """Translations by msgid."""
    icons: Kept

    @staticmethod
    def printed(value: object) -> str:
        """A value as it stands on a page: markup as it is, anything else escaped."""
        return value if type(value) is Markup else escape(value)


def place(expression: nodes.Node) -> str:
    """Where a call is looked up, ``_("words")`` or ``icon(name)``; empty for any other expression."""
    if not isinstance(expression, nodes.Call) or not isinstance(expression.node, nodes.Name):
        return ""
    found = _PLACES.get(expression.node.name, "")
    if len(expression.args) != 1 or expression.kwargs or expression.dyn_args or expression.dyn_kwargs:
        return ""
    return found if found == ICONS or isinstance(expression.args[0], nodes.Const) else ""


def _looked_up(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.EnvironmentAttribute)


class _LookUp(NodeTransformer):
    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        if not (where := place(node)):
            return node
        return nodes.Getitem(nodes.EnvironmentAttribute(where), node.args[0], "load", lineno=node.lineno)


def look_up(template: nodes.Template) -> nodes.Template:
    """The same template, with these calls replaced by look-ups."""
    return cast("nodes.Template", _LookUp().visit(template))
