"""HTML as a tree that tests can query: enough to check what a template rendered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


class Unbalanced(AssertionError):
    """A tag is closed that is not open, or left open."""


@dataclass
class Element:
    """One element; ``text`` is all the text inside it, spaces folded."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str | None = None, **attrs: str) -> list["Element"]:
        """The elements inside with a tag and attributes; ``class_`` is one class, ``_`` stands for ``-``."""
        return [element for element in self.walk() if element.is_a(tag, **attrs)]

    def one(self, tag: str | None = None, **attrs: str) -> "Element":
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag} {attrs} in {self.text[:200]!r}"
        return found[0]

    def is_a(self, tag: str | None, **attrs: str) -> bool:
        if tag not in {None, self.tag}:
            return False
        for name, value in attrs.items():
            if name == "class_":
                if value not in self.attrs.get("class", "").split():
                    return False
            elif self.attrs.get(name.replace("_", "-")) != value:
                return False
        return True

    @property
    def text(self) -> str:
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise Unbalanced(f"</{tag}> closes <{self.open[-1].tag}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    """The tree of a page or a piece of one. Raises :class:`Unbalanced`."""
    builder = _Builder()
    builder.feed(html.replace("\r\n", "\n").replace("\r", "\n"))  # as a browser reads its lines
    builder.close()
    if len(builder.open) != 1:
        raise Unbalanced(f"<{builder.open[-1].tag}> is left open")
    return builder.open[0]
