"""The city's districts as the administrator loads them: read from GeoJSON, reviewed, applied, and undone.

A district that the file does not contain keeps its names, because old cases refer to it, but is retired and no longer
on the map. The previous state is kept completely, so that one click restores it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from server.core import city, clock, database, geo, ledger
from server.core.accounts import Official
from server.core.city import District, DistrictChange
from server.core.errors import FieldError, Invalid, Text, _
from server.core.ledger import SettingChanged

SUBJECT = "settings/districts"
DRAFT, BEFORE = "draft", "before"
LONGEST_NAME = 80
_CODE = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_-]{1,40}")
MOST_BYTES = 8 * 1024 * 1024
NAMES = ("code", "name", "name_ja", "name_en")
GUESSES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "id", "sgg_cd", "SIG_CD", "adm_cd", "N03_007"),
    "name": ("name", "name_ko", "nm", "SIG_KOR_NM", "sggnm", "N03_004"),
    "name_ja": ("name_ja", "name:ja"),
    "name_en": ("name_en", "name_eng", "name:en", "SIG_ENG_NM"),
}
"""Property names that files commonly use, if the administrator gives none."""


@dataclass(frozen=True)
class Draft:
    """Districts read from a file that await approval."""

    id: int
    districts: tuple[Mapping[str, Any], ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    """Names of current districts that the file does not contain."""


def read(raw: bytes, properties: Mapping[str, str], known: city.City) -> list[dict[str, Any]]:
    """The districts of a GeoJSON file. Raises ``Invalid`` saying what is wrong and where."""
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _wrong(_("This is not a GeoJSON file: it cannot be read as JSON.")) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise _wrong(_("This is not a GeoJSON file of areas: it has no features."))
    if len(features) > geo.MOST_AREAS:
        raise _wrong(_("The file contains more than %(most)s areas.", most=geo.MOST_AREAS))
    found: dict[str, dict[str, Any]] = {}
    points = 0
    for number, feature in enumerate(features, 1):
        row = _district(number, feature, properties)
        if row["code"] in found:
            raise _wrong(_("Area %(number)s: the code %(code)s appears twice.", number=number, code=row["code"]))
        old = known.districts.get(row["code"], {})
        row["name_ja"] = row["name_ja"] or old.get("ja", "")
        row["name_en"] = row["name_en"] or old.get("en", "")
        found[row["code"]] = row
        points += sum(map(len, row["outline"]))
        if points > geo.MOST_POINTS:
            raise _wrong(
                _("The boundaries have more than %(most)s points. Please simplify them.", most=geo.MOST_POINTS)
            )
    return list(found.values())


def _district(number: int, feature: Any, properties: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise _wrong(_("Area %(number)s has no properties.", number=number))
    said = {**({"id": feature["id"]} if "id" in feature else {}), **feature["properties"]}
    row: dict[str, Any] = {}
    for name in NAMES:
        wanted = (properties[name],) if properties.get(name) else GUESSES[name]
        value = next((said[one] for one in wanted if said.get(one) not in (None, "")), "")
        row[name] = " ".join(str(value).split()) if isinstance(value, str | int) else ""
    if not _CODE.fullmatch(row["code"]):
        raise _wrong(_("Area %(number)s has no usable code (letters, digits, - and _).", number=number))
    if not row["name"] or any(len(row[name]) > LONGEST_NAME for name in NAMES[1:]):
        raise _wrong(_("Area %(number)s has no name, or its name is too long.", number=number))
    try:
        row["outline"] = geo.read_geometry(feature.get("geometry"))
    except geo.BadShape as error:
        raise _wrong(Text(error.text.msgid, {"number": number})) from error
    return row


def _wrong(text: Text) -> Invalid:
    return Invalid([FieldError("file", text)])


async def propose(rows: list[dict[str, Any]]) -> int:
    """Save districts as the draft, replacing any older one. Returns its id."""
    async with database.transaction():
        await DistrictChange.filter(kind=DRAFT).delete()
        return int((await DistrictChange.create(kind=DRAFT, content=rows, made_at=clock.now())).id)


async def draft(known: city.City) -> Draft | None:
    """The draft that awaits approval."""
    row = await DistrictChange.filter(kind=DRAFT).order_by("-id").first()
    if row is None:
        return None
    codes = {one["code"] for one in row.content}
    return Draft(
        row.id,
        tuple(row.content),
        tuple(one["code"] for one in row.content if one["code"] not in known.districts),
        tuple(names["ko"] for code, names in known.districts.items() if code not in codes),
    )


async def discard() -> None:
    """Delete the draft."""
    await DistrictChange.filter(kind=DRAFT).delete()


async def apply(actor: Official, draft_id: int) -> int:
    """Apply the draft. Returns its number of districts; 0 if it no longer exists (applied already, or discarded)."""
    async with database.transaction():
        chain = await ledger.open_or_begin(SUBJECT)
        row = await DistrictChange.filter(kind=DRAFT, id=draft_id).first()
        if row is None:
            return 0
        before = [
            {**{name: getattr(one, name) for name in NAMES}, "outline": one.outline} for one in await District.all()
        ]
        kept = await DistrictChange.create(kind=BEFORE, content=before, made_at=clock.now())
        await District.exclude(code__in=[one["code"] for one in row.content]).update(outline=[])
        await _restore(row)
        await chain.append(actor.actor, SettingChanged("districts", kept.id, "changed"))
        return len(row.content)


async def _restore(change: DistrictChange) -> None:
    """Write the districts of a change, which is used up by it."""
    for one in change.content:
        await District.update_or_create({name: one[name] for name in (*NAMES[1:], "outline")}, code=one["code"])
    await change.delete()
    database.after_commit(city.forget)


async def last_change() -> int:
    """The id of the change that can be undone; 0 if there is none."""
    row = await DistrictChange.filter(kind=BEFORE).order_by("-id").first()
    return row.id if row else 0


async def undo(actor: Official, change_id: int) -> bool:
    """Restore the state before the last change. Returns False if ``change_id`` is not the last change."""
    async with database.transaction():
        chain = await ledger.open_or_begin(SUBJECT)
        row = await DistrictChange.filter(kind=BEFORE).order_by("-id").first()
        if row is None or row.id != change_id:
            return False
        await District.exclude(code__in=[one["code"] for one in row.content]).delete()
        await _restore(row)
        await chain.append(actor.actor, SettingChanged("districts", change_id, "undone"))
        return True
