"""The city's districts as the administrator loads them: read from GeoJSON, reviewed, applied, and undone.

A district that the file does not contain keeps its names, because old cases refer to it, but is retired and no longer
on the map. The previous state is kept completely, so that one click restores it.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any

import orjson

from server.core import characters, city, clock, database, encodings, geo, ledger
from server.core.accounts import Official
from server.core.city import District, DistrictChange
from server.core.errors import FieldError, Invalid, Text, _
from server.core.ledger import SettingChanged

SUBJECT = "settings/districts"
DRAFT, BEFORE = "draft", "before"
LONGEST_NAME = 80
NAMED = 20
"""Areas that a warning names."""
_CODE = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_-]{1,40}")
MOST_BYTES = 8 * 1024 * 1024
NAMES = ("code", "name", "name_ja", "name_en")
GUESSES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "id", "adm_cd", "sgg_cd", "SIG_CD", "N03_007"),
    "name": ("name", "name_ko", "nm", "adm_nm", "SIG_KOR_NM", "sggnm", "N03_004"),
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
    warnings: tuple[Text, ...]
    sketch: Mapping[str, geo.Rings]
    """Their outlines for a small map."""


@dataclass(frozen=True)
class Reading:
    """What a file contains."""

    districts: list[dict[str, Any]]
    warnings: list[Text]
    """What was left out of it, or looks wrong."""


def read(raw: bytes, properties: Mapping[str, str], known: city.City) -> Reading:
    """The districts of a GeoJSON file; areas with one code are one district. Raises ``Invalid``.

    A large file takes a second: call it in a thread.
    """
    features = _features(raw)
    found: dict[str, dict[str, Any]] = {}
    nameless: list[int] = []
    shapeless: list[int] = []
    points = 0
    for number, feature in enumerate(features, 1):
        row = _names(number, feature, properties)
        if not row["code"]:
            nameless.append(number)
            continue
        if geo.no_area(feature.get("geometry")):
            shapeless.append(number)
            continue
        first = found.setdefault(row["code"], {**row, "outline": []})
        outline = _outline(number, feature)
        for name in NAMES[1:]:
            first[name] = first[name] or row[name]
        first["outline"] += [ring for ring in outline if ring not in first["outline"]]
        points += sum(map(len, outline))
        if points > geo.MOST_POINTS:
            raise _wrong(
                _("The boundaries have more than %(most)s points. Please simplify them.", most=geo.MOST_POINTS)
            )
    if not found and nameless:
        raise _wrong(_("Area %(number)s has no usable code (letters, digits, - and _).", number=nameless[0]))
    if not found:
        raise _wrong(_("Area %(number)s: the geometry is neither a Polygon nor a MultiPolygon.", number=shapeless[0]))
    for code, row in found.items():
        old = known.districts.get(code, {})
        row["name_ja"] = row["name_ja"] or old.get("ja", "")
        row["name_en"] = row["name_en"] or old.get("en", "")
        if not row["name"]:
            raise _wrong(_("District %(code)s has no name.", code=code))
    return Reading(list(found.values()), _warnings(nameless, shapeless, [row["name"] for row in found.values()]))


def _features(raw: bytes) -> list[Any]:
    try:
        content = orjson.loads(encodings.decoded(raw))
    except (orjson.JSONDecodeError, UnicodeDecodeError) as error:
        raise _wrong(_("This is not a GeoJSON file: it cannot be read as JSON.")) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise _wrong(_("This is not a GeoJSON file of areas: it has no features."))
    if len(features) > geo.MOST_AREAS:
        raise _wrong(_("The file contains more than %(most)s areas.", most=geo.MOST_AREAS))
    return features


def _warnings(nameless: Sequence[int], shapeless: Sequence[int], names: Sequence[str]) -> list[Text]:
    found = []
    if nameless:
        found.append(
            _("Left out, because they have no code: areas %(numbers)s of the file.", numbers=_listed(nameless))
        )
    if shapeless:
        found.append(
            _("Left out, because they have no boundary: areas %(numbers)s of the file.", numbers=_listed(shapeless))
        )
    if len(names) > 1 and len(set(names)) == 1:
        found.append(
            _("All districts have the same name, “%(name)s”. Please check which property is the name.", name=names[0])
        )
    return found


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:NAMED])) + "…" * (len(numbers) > NAMED)


def _names(number: int, feature: Any, properties: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict | NoneType):
        raise _wrong(_("Area %(number)s has no properties.", number=number))
    said = {"id": feature.get("id"), **{key.strip(): value for key, value in (feature["properties"] or {}).items()}}
    row: dict[str, Any] = {}
    for name in NAMES:
        wanted = (properties[name],) if properties.get(name) else GUESSES[name]
        value = next((said[one] for one in wanted if said.get(one) not in (None, "")), "")
        row[name] = characters.clean(str(value)) if isinstance(value, str | int) else ""
    if row["code"] and not _CODE.fullmatch(row["code"]):
        raise _wrong(_("Area %(number)s has no usable code (letters, digits, - and _).", number=number))
    if any(len(row[name]) > LONGEST_NAME for name in NAMES[1:]):
        raise _wrong(_("Area %(number)s has no name, or its name is too long.", number=number))
    return row


def _outline(number: int, feature: Mapping[str, Any]) -> list[list[list[float]]]:
    try:
        return geo.read_geometry(feature.get("geometry"))
    except geo.BadShape as error:
        raise _wrong(Text(error.text.msgid, {"number": number})) from error


def _wrong(text: Text) -> Invalid:
    return Invalid([FieldError("file", text)])


async def propose(reading: Reading) -> int:
    """Save districts as the draft, replacing any older one. Returns its id."""
    outlines = {one["code"]: geo.rings(one["outline"]) for one in reading.districts}
    content = {
        "districts": reading.districts,
        "warnings": [[text.msgid, dict(text.params)] for text in reading.warnings],
        "sketch": await asyncio.to_thread(geo.sketch, outlines),
    }
    async with database.transaction():
        await DistrictChange.filter(kind=DRAFT).delete()
        return int((await DistrictChange.create(kind=DRAFT, content=content, made_at=clock.now())).id)


async def draft(known: city.City) -> Draft | None:
    """The draft that awaits approval."""
    row = await DistrictChange.filter(kind=DRAFT).order_by("-id").first()
    if row is None:
        return None
    read = row.content["districts"]
    codes = {one["code"] for one in read}
    return Draft(
        row.id,
        tuple(read),
        tuple(one["code"] for one in read if one["code"] not in known.districts),
        tuple(names["ko"] for code, names in known.districts.items() if code not in codes),
        tuple(Text(msgid, params) for msgid, params in row.content["warnings"]),
        {code: geo.rings(outline) for code, outline in row.content["sketch"].items()},
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
        kept = await DistrictChange.create(kind=BEFORE, content={"districts": before}, made_at=clock.now())
        await District.exclude(code__in=[one["code"] for one in row.content["districts"]]).update(outline=[])
        await _restore(row)
        await chain.append(actor.actor, SettingChanged("districts", kept.id, "changed"))
        return len(row.content["districts"])


async def _restore(change: DistrictChange) -> None:
    """Write the districts of a change, which is used up by it."""
    for one in change.content["districts"]:
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
        await District.exclude(code__in=[one["code"] for one in row.content["districts"]]).delete()
        await _restore(row)
        await chain.append(actor.actor, SettingChanged("districts", change_id, "undone"))
        return True
