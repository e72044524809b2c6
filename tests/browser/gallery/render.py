"""All components on two pages, drawn by the program's own template environment, to be looked at and checked.

``python -m tests.browser.gallery.render FOLDER`` writes them with all they need, to be opened by hand.
"""

import functools
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from petitions.acts import DESK
from server.core import places
from server.core.accounts import Official, Role
from server.core.acts import draw
from server.core.config import Settings
from server.core.templates import STATIC, TEMPLATES
from server.core.web import City, Site
from server.wiring import PERMISSIONS
from tests.support.sample_form import Sample

HERE = Path(__file__).parent
PAGES = ("gallery", "desk")
LANGUAGES = ("ko", "ja", "en")
OFFICIAL = Official(1, "intake", "김하늘", Role.ADMINISTRATOR, 3, "민원봉사과", "ko")


@functools.cache
def environment(language: str = "ko") -> Environment:
    """The site's environment in a language, which also finds the gallery's own pages."""
    site = Site(Settings(languages=LANGUAGES))
    return site.environments[language].overlay(loader=FileSystemLoader([TEMPLATES, HERE]))


def context(path: str = "/petitions/new", official: Official | None = None) -> dict[str, object]:
    """What every page is given."""
    city = City({"ko": "한빛시", "ja": "ハンビッ市", "en": "Hanbit City"}, "120", demo=True)
    return {
        "city": {"name": city.names["ko"], "call_centre": city.call_centre, "demo": city.demo},
        "path": path,
        "query": {},
        "reader": official,
        "permissions": PERMISSIONS,
        "notice": None,
        "origin": "https://sinmungo.example",
        "text_size": "",
        "text_url": lambda size: f"{path}?text_size={size}",
        "language_url": lambda code: f"{path}?lang={code}",
        "now": datetime(2026, 11, 20, 5, 30, tzinfo=UTC),
    }


SQUARE = (((126.9, 37.4), (127.1, 37.4), (127.1, 37.6), (126.9, 37.6), (126.9, 37.4)),)


def page(name: str, language: str = "ko", extra: Mapping[str, object] | None = None) -> str:
    """One page of the gallery as HTML."""
    code = segno.make("https://sinmungo.example/cases/2026-K7QF-3M9D-X", error="m")
    given = {
        **context(*(("/desk", OFFICIAL) if name == "desk" else ())),
        "qr_code": Markup(code.svg_inline(scale=4, border=2, omitsize=True)),  # noqa: S704 — drawn by segno
        "sample_form": Sample,
        "drawing": places.draw({"here": SQUARE}, "here", 37.5, 127.0),
        "sample_act": draw(*DESK["undelivered"], to="/desk/cases/X", hidden={"version": 3}, language=language),
        **(extra or {}),
    }
    return environment(language).get_template(f"{name}.html").render(given)


def main(folder: Path) -> None:
    """Write every page in every language."""
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    for name in PAGES:
        for language in LANGUAGES:
            html = page(name, language).replace('="/static/', '="static/')
            (folder / f"{name}.{language}.html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
