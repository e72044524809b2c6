"""The Jinja templates: compiled once for all languages, and cached in the data folder between starts.

Each language has an environment with its own translations, filters and ``lang``, so that a macro knows its language
wherever it is imported. The compiled code is the same for all: the compiler must not evaluate anything that depends on
the language, which is why these filters take a context that they do not use.
"""

import functools
import hashlib
import importlib.util
import logging
import marshal
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, MutableMapping
from datetime import date, datetime
from pathlib import Path
from types import CodeType
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from server.core import characters, i18n, marking, romanised, template_constants

log = logging.getLogger("sinmungo.templates")

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "server" / "static"
MEGABYTE = 1024 * 1024
MACROS = 1_000
"""Results of macros that each language keeps: ``remembered(macro, …)``, for what depends on its arguments alone."""
DIGEST = hashlib.sha256().digest_size

_codes: dict[str, CodeType] = {}
"""This process's compiled templates, by name."""


class _Loader(FileSystemLoader):
    """Compiles a template on first use in any language, unless its compiled code was loaded."""

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> Template:
        return environment.template_class.from_code(environment, self.code(environment, name), globals or {})

    def code(self, environment: Environment, name: str) -> CodeType:
        """A template's compiled code, the same in every environment."""
        if name not in _codes:
            source, path, _fresh = self.get_source(environment, name)
            tree = environment.parse(source, name, path)
            if name.endswith(".html"):  # texts of mails are no markup: nothing in them is escaped
                tree = template_constants.look_up(marking.mark(tree))
            _codes[name] = environment.compile(tree, name, path)
        return _codes[name]


_loader = _Loader(TEMPLATES)


@functools.cache
def environment(language: str, languages: tuple[str, ...], zone: ZoneInfo) -> template_constants.Environment:
    """The environment of a language."""
    found = template_constants.Environment(
        loader=_loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    gettext, ngettext = i18n.gettext_for(language)
    found.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]

    @pass_eval_context
    def said(context: EvalContext, msgid: str, **values: object) -> str:
        if not context.autoescape:
            return gettext(msgid) % values
        return Markup(gettext(msgid)) % values  # noqa: S704 - msgids and catalogues are ours, values are escaped

    def word(msgid: str) -> Markup:
        return Markup(gettext(msgid)) % {}  # noqa: S704 - the same

    def drawn(name: str) -> Markup:
        return Markup(found.get_template("components/icon.html").module.icon(name))  # type: ignore[attr-defined]  # noqa: S704 - a macro's

    found.texts, found.icons = template_constants.Kept(word), template_constants.Kept(drawn)
    found.globals.update(
        lang=language,
        languages=languages,
        static=static_url,
        language_names=i18n.NAMES,
        _=said,
        remembered=functools.lru_cache(MACROS, typed=True)(lambda macro, *given, **named: macro(*given, **named)),
    )
    filters: Mapping[str, Callable[..., object]] = {
        "datetime": lambda value: i18n.datetime_text(value, language, zone),
        "short": lambda value: i18n.short_text(value, language, zone),
        "date": lambda value: i18n.date_text(_day(value, zone), language),
        "time": lambda value: i18n.time_text(value, language, zone),
        "iso": lambda value: value.astimezone(zone).isoformat(timespec="seconds"),
        "number": lambda value: i18n.number_text(value, language),
        "text": lambda value: i18n.translate(language, value),
        "name_in": lambda row: i18n.name_in(row, language),
        "person": lambda name: romanised.name_in(name, language),
        "hours": lambda hours: i18n.hours_text(hours, language),
        "text_in": lambda row, name: i18n.text_in(row, name, language),
        "plain": lambda value: characters.plain(str(value)),
        "written_elsewhere": lambda value: _elsewhere(str(value), language),
    }
    found.filters[marking.FILTER] = pass_context(marking.marks(language))
    found.filters[marking.ATTRIBUTE] = pass_context(marking.attribute(language))
    found.filters[marking.PLAIN] = pass_context(lambda _context, value: marking.without_marks(value))
    found.filters.update({name: _at_run_time(filter_) for name, filter_ in filters.items()}, filesize=_filesize)
    return found


def _at_run_time(filter_: Callable[..., object]) -> Callable[..., object]:
    return pass_context(lambda _context, *given: filter_(*given))


def _elsewhere(text: str, language: str) -> str:
    """The name of the language that a text is written in, if it is not the page's; else empty."""
    written = i18n.written_in(text, language)
    return "" if written == language else i18n.language_names(written)[language]


def _day(value: date | datetime, zone: Any) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def _filesize(size: int) -> str:
    if size < MEGABYTE:
        return f"{max(1, size // 1024)} kB"
    return f"{size / MEGABYTE:.1f} MB".replace(".0 ", " ")


@functools.cache
def static_url(path: str) -> str:
    """The URL of a static file, with a hash of its content so that it can be cached for ever."""
    if path.startswith("vendor/"):
        return f"/static/{path}"
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


# --- Disk cache ------------------------------------------------------------------------------------------------------


def _kept(folder: Path) -> Path:
    """The cache file for this program's templates: its name depends on everything they are compiled from."""
    return folder / f"{fingerprint()}.compiled"


@functools.cache
def fingerprint() -> str:
    """Changes with the templates and with what compiles them."""
    made_of = hashlib.sha256(jinja2.__version__.encode() + importlib.util.MAGIC_NUMBER)
    for module in (__file__, marking.__file__, template_constants.__file__):
        made_of.update(Path(module).read_bytes())
    for path in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        made_of.update(f"\0{path}\0".encode() + path.read_bytes())
    return made_of.hexdigest()[:32]


def load(folder: Path) -> bool:
    """Load what :func:`make` has saved in the folder; False if there is nothing for this version of the program.

    A damaged file is ignored: missing templates are compiled on first use.
    """
    if _codes:
        return True
    try:
        content = _kept(folder).read_bytes()
    except OSError:
        return False
    if hashlib.sha256(content[DIGEST:]).digest() != content[:DIGEST]:
        log.warning("the compiled templates are damaged: %s", _kept(folder))
        return False
    _codes.update(marshal.loads(content[DIGEST:]))  # noqa: S302 - our own, kept beside the secret key
    return True


def make(folder: Path) -> None:
    """Compile all templates and save them in the folder, replacing older ones."""
    compiler = environment("en", ("en",), ZoneInfo("UTC"))
    content = marshal.dumps({name: _loader.code(compiler, name) for name in compiler.list_templates()})
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(hashlib.sha256(content).digest() + content)
    Path(file.name).replace(_kept(folder))
    for path in folder.glob("*.compiled"):
        if path != _kept(folder):
            path.unlink(missing_ok=True)


def make_beside(folder: Path) -> None:
    """Compile all templates for the next start, if that has not been done, in a process of the lowest priority."""
    command = [sys.executable, "-m", "server.core.templates", str(folder)]
    run = functools.partial(
        subprocess.run, command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    threading.Thread(target=run, daemon=True).start()


if __name__ == "__main__":
    os.nice(10)
    make(Path(sys.argv[1]))
