"""Tables as CSV files for spreadsheets: quoted as in RFC 4180, streamed, and without cells that run as formulas."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

from starlette.responses import Response, StreamingResponse

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins like this as a formula."""
MARK = "\ufeff"
"""Without it Excel does not read the file as UTF-8."""


def cell(value: object) -> str:
    """A value as text. One that a spreadsheet would run as a formula gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as lines of CSV."""
    written = io.StringIO()
    csv.writer(written).writerows([cell(value) for value in row] for row in rows)
    return written.getvalue()


def table(name: str, head: Sequence[str], blocks: AsyncIterator[Sequence[Sequence[object]]]) -> Response:
    """A file to download, sent block by block as it is read."""

    async def content() -> AsyncIterator[str]:
        yield MARK + lines([head])
        async for block in blocks:
            yield lines(block)

    headers = {"content-disposition": f'attachment; filename="{name}.csv"', "cache-control": "no-store"}
    return StreamingResponse(content(), media_type="text/csv", headers=headers)
