"""Files that come with a form: read from multipart into the store, checked, and carried along until it is sent.

A file is in the store before what it belongs to exists: a form is shown again (to check it, or to mend it) and a
browser does not send a file twice. Until then the page carries a signed token for it; what is never filed is swept.
"""

import asyncio
import os
from collections.abc import Collection, Sequence
from dataclasses import astuple
from pathlib import Path

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from server.core import clock, files, scan, web
from server.core.config import Settings
from server.core.errors import FieldError, Invalid, NotFound, Refusal, Text, _
from server.core.files import MAX_BYTES, MAX_FILES, NO_FILE, Store, StoredFile
from server.core.security import sign, unsign

FIELD = "files"
PARTS = 3 * MAX_FILES
"""How many files a form may hold before it is refused as a whole; between this and the limit it is shown again."""
TOKEN_LIFE = 24 * 3600
"""Seconds for which a page may carry a file."""
ORPHAN_LIFE = 3 * 24 * 3600
"""Seconds after which a content that no case refers to is deleted; longer than any token lives."""

TOO_MANY = _("Please send at most %(count)s files.", count=MAX_FILES)
GONE = _("A file was kept too long and has been deleted. Please choose it again.")


class Infected(Refusal):
    """422: the scanner found something in the file."""

    status, code = 422, "infected"
    text = _("The virus scanner found something in it. It was not accepted.")


class Unscanned(Refusal):
    """503: no verdict of the scanner; the petition can be filed without the file and the file added later."""

    status, code = 503, "not_scanned"
    text = _("It cannot be checked for viruses right now. Please file without it, and add it to the case later.")


async def send(request: Request, content: str, name: str, media_type: str) -> Response:
    """A file that the reader may have, by the hash of its content: to be saved and never shown by the browser.

    Raises ``NotFound`` where the content is gone.
    """
    store: Store = request.app.state.store
    path = store.path(content)
    if not await asyncio.to_thread(path.exists):
        raise NotFound(_("This file is no longer available. Please tell us."))
    headers = {
        "content-type": media_type,
        "content-disposition": files.content_disposition(name),
        "content-security-policy": "sandbox",
        "cache-control": "private, no-store",
    }
    return FileResponse(path, headers=headers)


async def receive(
    form: FormData, store: Store, settings: Settings, field: str = FIELD
) -> tuple[list[StoredFile], list[FieldError]]:
    """The files that a form carries from before and brings now in a field, and what is wrong with any of them.

    A file that is refused is left out; the others are kept. Past ``MAX_FILES`` none of the new ones is taken. The
    form's temporary files are closed.
    """
    try:
        return await _receive(form, store, settings, field)
    finally:
        await form.close()


async def sent(request: Request) -> list[StoredFile]:
    """The files of a request that brings nothing else. Raises ``Invalid`` where any is wrong, or none is there."""
    form = await web.read_form(request, files=PARTS)
    files, errors = await receive(form, request.app.state.store, web.site(request).settings)
    if not (files or errors):
        errors = [FieldError(FIELD, NO_FILE)]
    if errors:
        raise Invalid(errors)
    return files


async def _receive(
    form: FormData, store: Store, settings: Settings, field: str
) -> tuple[list[StoredFile], list[FieldError]]:
    removed = set(form.getlist(f"{field}_remove"))
    kept, lost = await _carried(form.getlist(f"{field}_kept"), store, settings, removed)
    errors = [FieldError(field, lost)] if lost else []
    new = [item for item in form.getlist(field) if isinstance(item, UploadFile) and item.filename]
    if len(kept) + len(new) > MAX_FILES:
        return kept[:MAX_FILES], [*errors, FieldError(field, TOO_MANY)]
    for item in new:
        try:
            taken = await _take(item, store, settings)
        except Refusal as refusal:
            errors.append(FieldError(field, _named(item.filename or "", refusal.text)))
        else:
            if taken.hash not in {file.hash for file in kept}:
                kept.append(taken)
    return kept, errors


def token(settings: Settings, file: StoredFile) -> str:
    """What a page carries of a file that is in the store."""
    return sign(settings, "upload", astuple(file))


def shown(settings: Settings, files: Sequence[StoredFile]) -> list[dict[str, object]]:
    """Files as a page's field carries them along."""
    return [{"id": file.hash, "name": file.name, "size": file.size, "token": token(settings, file)} for file in files]


async def named(tokens: object, store: Store, settings: Settings) -> list[StoredFile]:
    """The files that a program names by their tokens; nothing names none. Raises ``Invalid``."""
    if tokens is None:
        return []
    if not isinstance(tokens, list):
        raise Invalid([FieldError(FIELD, _("Please send the list of tokens you received for the files."))])
    if len(tokens) > MAX_FILES:
        raise Invalid([FieldError(FIELD, TOO_MANY)])
    files, lost = await _carried(tokens, store, settings)
    if lost:
        raise Invalid([FieldError(FIELD, lost)])
    return files


async def _carried(
    tokens: Sequence[object], store: Store, settings: Settings, removed: Collection[object] = ()
) -> tuple[list[StoredFile], Text | None]:
    """The files that tokens stand for, each once, and what is to be said of one that is gone."""
    kept: list[StoredFile] = []
    for text in tokens[: MAX_FILES + 1]:
        value = unsign(settings, "upload", text, TOKEN_LIFE) if isinstance(text, str) else None
        if not isinstance(value, list):
            return kept, GONE
        file = StoredFile(*value)
        if file.hash in removed or file in kept:
            continue
        try:
            # As a new one: a page may carry a file on for longer than an upload that nobody files is kept.
            await asyncio.to_thread(_keep, store.path(file.hash))
        except FileNotFoundError:
            return kept, GONE
        kept.append(file)
    return kept, None


async def _take(item: UploadFile, store: Store, settings: Settings) -> StoredFile:
    if (item.size or 0) > MAX_BYTES:
        raise files.TooLarge
    head = await item.read(files.HEAD_BYTES)
    await item.seek(0)
    name, kind = files.accept(head, item.filename or "")
    stored = await store.put(item.file)
    path = store.path(stored.hash)
    # The content may be an old one: it must not be swept while this page carries it.
    await asyncio.to_thread(_keep, path)
    if settings.clamd_url:
        await _scan(settings.clamd_url, store, stored.hash, path)
    return StoredFile(stored.hash, name, stored.size, kind.mime)


async def _scan(url: str, store: Store, hash_: str, path: Path) -> None:
    try:
        verdict = await scan.scan(url, path)
    except scan.ScannerUnavailable as error:
        raise Unscanned from error
    if not verdict.clean:
        if not await store.referred([hash_]):
            await store.delete(hash_)
        raise Infected


def _named(name: str, why: Text) -> Text:
    return _("%(name)s: %(why)s", name=files.safe_name(name), why=why)


def _keep(path: Path) -> None:
    """Make a file as good as new, by the clock that :func:`sweep` goes by."""
    moment = clock.now().timestamp()
    os.utime(path, (moment, moment))


async def sweep(store: Store) -> int:
    """Delete contents that were uploaded but never filed; how many."""
    moment = clock.now().timestamp() - ORPHAN_LIFE
    old = await asyncio.to_thread(_older_than, store.path("0" * 64).parents[2], moment)
    deleted = 0
    for start in range(0, len(old), 500):
        batch = old[start : start + 500]
        referred = await store.referred(batch)
        for hash_ in batch:
            # Looked at again: the same content may have been sent in meanwhile, for a case that is filed just now.
            if hash_ not in referred and await asyncio.to_thread(_is_older_than, store.path(hash_), moment):
                await store.delete(hash_)
                deleted += 1
    return deleted


def _older_than(root: Path, moment: float) -> list[str]:
    return [path.name for path in root.glob("??/??/*") if _is_older_than(path, moment)]


def _is_older_than(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:  # another process sweeps as well
        return False
