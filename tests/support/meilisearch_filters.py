"""The filter expressions of the tests' Meilisearch: its grammar as documented, evaluated on one document."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Holds = Callable[[Mapping[str, Any]], bool]

_token = re.compile(
    r"""\s*(?:(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<sign>!=|>=|<=|[=<>()\[\],])|(?P<word>[^\s"'=<>!()\[\],]+))""",
    re.DOTALL,
)


class BadFilter(ValueError):
    """An expression that is no filter, or asks for an attribute that is not filterable."""


def parse(given: Any, filterable: Collection[str]) -> Holds:
    """A filter as a request gives it: an expression, or an array of conditions that all hold, in which an inner array
    is of conditions any of which holds.
    """
    if given is None:
        return lambda _document: True
    if isinstance(given, str):
        return _Parser(given, filterable).whole()
    if isinstance(given, list):
        groups = [
            [parse(each, filterable) for each in one] if isinstance(one, list) else [parse(one, filterable)]
            for one in given
        ]
        return lambda document: all(any(holds(document) for holds in group) for group in groups)
    raise BadFilter("a filter is a string or an array")


class _Parser:
    def __init__(self, expression: str, filterable: Collection[str]) -> None:
        self._filterable = filterable
        self._tokens, at = list[tuple[str, str]](), 0
        expression = expression.strip()
        while at < len(expression):
            match = _token.match(expression, at)
            if match is None or match.lastgroup is None:
                raise BadFilter(f"unexpected characters: {expression[at:]}")
            value = match[match.lastgroup]
            if match.lastgroup == "text":
                value = re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)
            self._tokens.append((match.lastgroup, value))
            at = match.end()
        self._at = 0

    def whole(self) -> Holds:
        found = self._any()
        if self._at < len(self._tokens):
            raise BadFilter(f"unexpected {self._tokens[self._at][1]}")
        return found

    def _next(self, *wanted: str) -> str | None:
        """The next token if it is one of these keywords or signs."""
        if self._at < len(self._tokens):
            sort, value = self._tokens[self._at]
            if sort != "text" and value.upper() in wanted:
                self._at += 1
                return value.upper()
        return None

    def _value(self) -> str:
        if self._at == len(self._tokens) or self._tokens[self._at][0] == "sign":
            raise BadFilter("a value is missing")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _need(self, sign: str) -> None:
        if not self._next(sign):
            raise BadFilter(f"{sign} is missing")

    def _any(self) -> Holds:
        found = [self._all()]
        while self._next("OR"):
            found.append(self._all())
        return lambda document: any(holds(document) for holds in found)

    def _all(self) -> Holds:
        found = [self._not()]
        while self._next("AND"):
            found.append(self._not())
        return lambda document: all(holds(document) for holds in found)

    def _not(self) -> Holds:
        if self._next("NOT"):
            holds = self._not()
            return lambda document: not holds(document)
        if self._next("("):
            found = self._any()
            self._need(")")
            return found
        return self._condition()

    def _condition(self) -> Holds:
        name = self._value()
        if name not in self._filterable:
            raise BadFilter(f"Attribute `{name}` is not filterable.")
        if self._next("NOT"):
            holds = self._named(name)
            return lambda document: not holds(document)
        return self._named(name)

    def _named(self, name: str) -> Holds:
        if self._next("IN"):
            self._need("[")
            wanted = set[str]()
            while not self._next("]"):
                wanted.add(self._value().casefold())
                if not self._next(","):
                    self._need("]")
                    break
            return lambda document: any(str(one).casefold() in wanted for one in _values(document, name))
        if self._next("EXISTS"):
            return lambda document: name in document
        if self._next("IS"):
            wanted_word = self._next("NULL", "EMPTY")
            if wanted_word == "NULL":
                return lambda document: name in document and document[name] is None
            return lambda document: document.get(name) in ("", [], {})
        sign = self._next("=", "!=", ">", ">=", "<", "<=")
        if sign is None:
            raise BadFilter("an operator is missing")
        value = self._value()
        if sign in {"=", "!="}:
            return lambda document: (
                any(str(one).casefold() == value.casefold() for one in _values(document, name)) == (sign == "=")
            )
        try:
            limit = float(value)
        except ValueError:
            raise BadFilter(f"{value} is no number") from None
        return lambda document: any(_compares(one, sign, limit) for one in _values(document, name))


def _values(document: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = document.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _compares(value: Any, sign: str, limit: float) -> bool:
    if not isinstance(value, int | float):
        return False
    return {">": value > limit, ">=": value >= limit, "<": value < limit, "<=": value <= limit}[sign]
