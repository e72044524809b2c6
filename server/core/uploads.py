"""Files uploaded with a form: received into the store, checked, and carried along until the form is complete.

A file is stored before the petition or message it belongs to exists: a form may be shown again, for review or
correction, and a browser does not send a file twice. Until then the page carries a signed token for the file. Files
that are never filed are deleted by :func:`sweep`.
"""

import asyncio
import hashlib
import io
import logging
import os
import time
from collections.abc import Collection, Sequence
from dataclasses import astuple, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from server.core import clock, files, metadata, pictures, privacy, scan, web
from server.core.config import Settings
from server.core.errors import FieldError, Invalid, NotFound, Refusal, Text, _
from server.core.file_types import TYPES, MediaType
from server.core.files import MAX_BYTES, MAX_FILES, NO_FILE, Store, StoredFile
from server.core.signing import sign, unsign

log = logging.getLogger("sinmungo.uploads")

FIELD = "files"
PARTS = 3 * MAX_FILES
"""Maximum files in a form before the whole request is refused; between ``MAX_FILES`` and this it is shown again."""
TOKEN_LIFE = 24 * 3600
"""Seconds for which a file's token is valid."""
ORPHAN_LIFE = 3 * 24 * 3600
"""Seconds after which an unreferenced content is deleted; longer than any token's lifetime."""
ROUND = 30.0
"""Seconds after which scanning what is in quarantine begins with no further file; with one more file it ends in
less than a job's lease."""

TOO_MANY = _("Please send at most %(count)s files.", count=MAX_FILES)
GONE = _("A file was kept too long and has been deleted. Please choose it again.")


class Infected(Refusal):
    """422: the scanner found malware in the file."""

    status, code = 422, "infected"
    text = _("The virus scanner found something in it. It was not accepted.")


class Unscanned(Refusal):
    """503: the scanner cannot tell of this file; the petition can be filed without it."""

    status, code = 503, "not_scanned"
    text = _("It cannot be checked for viruses right now. Please file without it, and add it to the case later.")


class Quarantined(Refusal):
    """503: the scanner did not answer when the file came; it is scanned as soon as it does."""

    status, code, retry_after = 503, "quarantined", 60
    text = _("This file is still being checked for viruses. Please try again in a few minutes.")


async def send(request: Request, content: str, name: str, media_type: str) -> Response:
    """Respond with a stored file as a download, never displayed by the browser. The caller has checked access.

    Raises ``NotFound`` if the content is missing.
    """
    store: Store = request.app.state.store
    path = store.path(content)
    if not await asyncio.to_thread(path.exists):
        raise NotFound(_("This file is no longer available. Please tell us."))
    if await asyncio.to_thread(store.quarantined, content):
        raise Quarantined
    headers = {
        "content-type": media_type,
        "content-disposition": files.content_disposition(name),
        "content-security-policy": "sandbox",
        "cache-control": "private, no-store",
    }
    return FileResponse(path, headers=headers)


async def thumbnail(request: Request, content: str, media_type: str) -> Response:
    """Respond with the thumbnail of a stored picture, made when it is first asked for. The caller has checked access.

    Raises ``NotFound`` where there is none.
    """
    store: Store = request.app.state.store
    picture, target = store.path(content), store.thumbnail(content)
    if media_type not in pictures.SHOWN:
        raise NotFound
    if await asyncio.to_thread(store.quarantined, content):
        raise Quarantined
    if not await asyncio.to_thread(target.exists):
        made = await pictures.apart(lambda: pictures.make_thumbnail(picture, target))
        if not made:
            raise NotFound
    headers = {"content-security-policy": "sandbox", "cache-control": "private, no-store"}
    return FileResponse(target, media_type="image/jpeg", headers=headers)


async def receive(
    form: FormData, store: Store, settings: Settings, field: str = FIELD
) -> tuple[list[StoredFile], list[FieldError]]:
    """The files of a form field, both carried along and newly uploaded, and their errors.

    A refused file is left out; the others are kept. If there are more than ``MAX_FILES``, no new one is accepted.
    Closes the form's temporary files.
    """
    try:
        return await _receive(form, store, settings, field)
    finally:
        await form.close()


async def sent(request: Request) -> list[StoredFile]:
    """The files of a request that consists only of files. Raises ``Invalid`` if any is wrong or there is none."""
    form = await web.read_form(request, files=PARTS)
    files, errors = await receive(form, request.app.state.store, web.site(request).settings)
    if not (files or errors):
        errors = [FieldError(FIELD, NO_FILE)]
    if errors:
        raise Invalid(errors)
    return files


class _Scanner:
    """The virus scanner during one request, which waits for it no longer than ``scan.TIMEOUT`` for all its files."""

    def __init__(self, url: str, store: Store) -> None:
        self.url = url
        self.store = store
        self.left = scan.TIMEOUT

    async def scan(self, hash_: str) -> None:
        """Scan a stored content, or put it into quarantine. Raises :class:`Infected` and :class:`Unscanned`."""
        if not self.url:
            return
        began = time.monotonic()
        if self.left > 0:
            try:
                await _judge(self.url, self.store, hash_, self.left)
            except scan.NoVerdict as error:
                raise Unscanned from error
            except scan.ScannerUnavailable:
                log.warning("a file could not be scanned; what comes with it is in quarantine as well")
                self.left = 0.0
            else:
                self.left -= time.monotonic() - began
                return
        await asyncio.to_thread(self.store.quarantine, hash_)


async def _judge(url: str, store: Store, hash_: str, seconds: float) -> None:
    verdict = await scan.scan(url, store.path(hash_), seconds=seconds)
    if not verdict.clean:
        if not await store.referred([hash_]):
            await store.delete(hash_)
        raise Infected
    await asyncio.to_thread(store.release, hash_)  # the same content may have come while the scanner did not answer


async def scan_quarantined(store: Store, settings: Settings) -> None:
    """Scan what came while the scanner did not answer: release what is clean, delete what is not.

    What is left after :data:`ROUND` seconds is scanned the next time, and before what had no verdict.
    """
    began = time.monotonic()
    for hash_ in await asyncio.to_thread(store.all_quarantined):
        if time.monotonic() - began > ROUND:
            return
        if not settings.clamd_url or not await asyncio.to_thread(store.path(hash_).exists):
            await asyncio.to_thread(store.release, hash_)
            continue
        try:
            verdict = await scan.scan(settings.clamd_url, store.path(hash_), seconds=scan.TIMEOUT)
        except scan.ScannerUnavailable as error:
            await asyncio.to_thread(store.scan_last, hash_)
            if not isinstance(error, scan.NoVerdict | scan.TooLong):
                return
            log.exception("the scanner cannot tell of a file, which stays in quarantine")
        else:
            if verdict.clean:
                await asyncio.to_thread(store.release, hash_)
            else:
                log.error("a file in quarantine was infected and has been deleted", extra={"found": verdict.name})
                await store.delete(hash_)


async def _receive(
    form: FormData, store: Store, settings: Settings, field: str
) -> tuple[list[StoredFile], list[FieldError]]:
    removed = set(form.getlist(f"{field}_remove"))
    kept, lost = await _carried(form.getlist(f"{field}_kept"), store, settings, removed)
    errors = [FieldError(field, lost)] if lost else []
    new = [item for item in form.getlist(field) if isinstance(item, UploadFile) and item.filename]
    if len(kept) + len(new) > MAX_FILES:
        return kept[:MAX_FILES], [*errors, FieldError(field, TOO_MANY)]
    scanner = _Scanner(settings.clamd_url, store)
    for item in new:
        try:
            taken = await _take(item, store, scanner)
        except Refusal as refusal:
            errors.append(FieldError(field, _named(item.filename or "", refusal.text)))
        else:
            if taken.hash not in {file.hash for file in kept}:
                kept.append(taken)
    return kept, errors


def token(settings: Settings, file: StoredFile) -> str:
    """The signed token with which a page carries a stored file."""
    return sign(settings, "upload", astuple(file))


def shown(settings: Settings, files: Sequence[StoredFile]) -> list[dict[str, object]]:
    """Files as a page's file field shows them."""
    return [{"id": file.hash, "name": file.name, "size": file.size, "token": token(settings, file)} for file in files]


async def named(tokens: object, store: Store, settings: Settings) -> list[StoredFile]:
    """The files for the tokens in a JSON request; an absent value means none. Raises ``Invalid``."""
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
    """The files for these tokens, without duplicates, and an error if one no longer exists."""
    kept: list[StoredFile] = []
    for text in tokens[: MAX_FILES + 1]:
        value = unsign(settings, "upload", text, TOKEN_LIFE) if isinstance(text, str) else None
        if not isinstance(value, list):
            return kept, GONE
        file = StoredFile(*value)
        if file.position:
            lat, lng = file.position
            file = replace(file, position=(lat, lng))
        if file.hash in removed or file in kept:
            continue
        try:
            # Renewed, because a page may carry a file for longer than unreferenced contents are kept.
            await asyncio.to_thread(_keep, store.path(file.hash))
        except FileNotFoundError:
            return kept, GONE
        kept.append(file)
    return kept, None


async def _take(item: UploadFile, store: Store, scanner: _Scanner) -> StoredFile:
    if (item.size or 0) > MAX_BYTES:
        raise files.TooLarge
    taken = await pictures.apart(lambda: _read(item.file, item.filename or ""))
    stored = await store.put(io.BytesIO(taken.content))
    path = store.path(stored.hash)
    # The content may have been stored earlier: it must not be swept while this page carries it.
    await asyncio.to_thread(_keep, path)
    await scanner.scan(stored.hash)
    sent = "" if taken.sent == stored.hash else taken.sent
    return StoredFile(stored.hash, taken.name, stored.size, taken.kind.mime, sent, taken.position)


class _Taken(NamedTuple):
    """An upload as it is stored, with the hash of the bytes that were sent."""

    name: str
    kind: MediaType
    content: bytes
    sent: str
    position: tuple[float, float] | None


def _read(stream: BinaryIO, filename: str) -> _Taken:
    """Determine what was sent, and cut out where and with what it was taken. Raises a ``Refusal``."""
    content = stream.read(MAX_BYTES + 1)
    name, kind = files.accept(content, filename)
    found = pictures.as_jpeg(content) if kind == TYPES["heic"] else metadata.cleaned(content, kind)
    if kind == TYPES["heic"]:
        kind = TYPES["jpg"]
        name = files.named(name, kind)
    return _Taken(name, kind, found.content, hashlib.sha256(content).hexdigest(), found.position)


def _named(name: str, why: Text) -> Text:
    return _("%(name)s: %(why)s", name=privacy.mask_text(files.safe_name(name), official=False), why=why)


def _keep(path: Path) -> None:
    """Renew a file's modification time, by which :func:`sweep` decides."""
    moment = clock.now().timestamp()
    os.utime(path, (moment, moment))


async def sweep(store: Store) -> int:
    """Delete contents that were uploaded but never filed. Returns their number."""
    moment = clock.now().timestamp() - ORPHAN_LIFE
    old = await asyncio.to_thread(_older_than, store.path("0" * 64).parents[2], moment)
    deleted = 0
    for start in range(0, len(old), 500):
        batch = old[start : start + 500]
        referred = await store.referred(batch)
        for hash_ in batch:
            # Checked again: the same content may have been uploaded meanwhile, for a case that is being filed.
            if hash_ not in referred and await asyncio.to_thread(_is_older_than, store.path(hash_), moment):
                await store.delete(hash_)
                deleted += 1
    return deleted


def _older_than(root: Path, moment: float) -> list[str]:
    return [path.name for path in root.glob("??/??/*") if _is_older_than(path, moment)]


def _is_older_than(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:  # another process is sweeping, too
        return False
