"""QR codes of URLs for receipts, tickets and displays, generated here so that pages need no external service."""

import io

import segno
from markupsafe import Markup


def svg(url: str) -> Markup:
    """A URL's QR code as inline SVG without a size, so that the page sets it (error correction M, 15 %)."""
    code = segno.make(url, error="m", micro=False)
    return Markup(code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 — our own SVG


def picture(url: str) -> bytes:
    """The same as an SVG file with a size and the white margin that readers need, for ``<img>`` and canvas."""
    written = io.BytesIO()
    segno.make(url, error="m", micro=False).save(written, kind="svg", border=4, scale=8, light="#fff", xmldecl=False)
    return written.getvalue()
