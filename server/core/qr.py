"""Addresses as QR codes for receipts, tickets and displays, drawn here so that no page needs somebody else's server."""

import segno
from markupsafe import Markup


def svg(url: str) -> Markup:
    """The address as inline SVG without a size of its own, so that the page sizes it (error correction M, 15 %)."""
    code = segno.make(url, error="m", micro=False)
    return Markup(code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 — our own SVG
