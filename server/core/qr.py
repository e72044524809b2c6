"""QR codes of URLs for receipts, tickets and displays, generated here so that pages need no external service."""

import io

import segno
from markupsafe import Markup

MASK = 3
"""The pattern that breaks up the data. Trying all eight for the most even picture takes five times as long, and every
reader is told which one it is: one for all does for links, which have no long runs of the same bits."""


def svg(url: str) -> Markup:
    """A URL's QR code as inline SVG without a size, so that the page sets it (error correction M, 15 %)."""
    code = _made(url)
    return Markup(code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 — our own SVG


def picture(url: str) -> bytes:
    """The same as an SVG file with a size and the white margin that readers need, for ``<img>`` and canvas."""
    written = io.BytesIO()
    _made(url).save(written, kind="svg", border=4, scale=8, light="#fff", xmldecl=False)
    return written.getvalue()


def _made(url: str) -> segno.QRCode:
    return segno.make(url, error="m", micro=False, mask=MASK)
