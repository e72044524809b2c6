"""The kiosks and displays of offices: enrolled with a code that is shown once, and locked when one is lost."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from server.core import config, i18n
from server.core.accounts import Official
from server.core.contract import TEXT
from server.core.errors import Invalid, _
from server.core.forms import Form, Hint, Label, OneOf, line
from server.core.ledger import SettingChanged
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import Column, Question, Shown, View
from tracking.visits.actions import devices
from tracking.visits.desk.places.tables import OfOffice
from tracking.visits.models import Device
from tracking.visits.states import DeviceKind, Printer

KINDS = {DeviceKind.KIOSK.value: _("Kiosk"), DeviceKind.DISPLAY.value: _("Display")}
PRINTERS = {
    Printer.NONE.value: _("No printer"),
    Printer.BROWSER.value: _("Printer of the browser"),
    Printer.ESCPOS.value: _("Receipt printer (ESC/POS)"),
}
PAPERS = {"80": _("80 mm"), "58": _("58 mm")}
NEW_CODE = Question(
    _("Enrol %(name)s again?"),
    _("The device that is enrolled now stops working. You get a new code, which is valid for ten minutes."),
    _("Show a new code"),
)


class AddDevice(Form):
    """A device to be enrolled."""

    office: Annotated[str, OneOf(), Label(_("Office"))]
    kind: Annotated[str, OneOf(KINDS), Label(_("Kind of device"))]
    name: Annotated[
        str, line(80, safe=False), Label(_("Name")), Hint(_("Where it stands, for example “entrance, left”."))
    ]
    printer: Annotated[
        str,
        OneOf(PRINTERS),
        Label(_("Printer of a kiosk")),
        Hint(_("Without one, visitors note their number or follow their ticket on the phone.")),
    ] = Printer.NONE.value
    paper_mm: Annotated[str, OneOf(PAPERS), Label(_("Width of its paper"))] = "80"


class Devices(OfOffice[AddDevice]):
    """The devices of all offices."""

    what, path, chain = "device", "offices/devices", devices.CHAIN
    model, form = Device, AddDevice
    title, add_label, added = _("Kiosks and displays"), _("Add a device"), _("The device has been added.")
    trail = _("Device %(id)s")
    intro = _("Each device is enrolled with a code at the device itself. Lock a device that is lost or stolen.")
    empty = (_("There are no kiosks or displays"), _("Add one, and enter its code at the device."))
    columns = (Column("office"), Column("kind"), Column("enrolled", _("State")), Column("seen", _("Last contact")))
    order = ("office__name", "name", "id")
    shown_once: ClassVar = {"enrolment_code": TEXT}
    shown_template = "desk/visits/places/enrolment.html"
    closing = Question(
        _("Lock %(name)s?"),
        _("It stops working at once. To use it again, unlock it and enrol it with a new code."),
        _("Lock the device"),
        done=_("The device has been locked."),
    )
    opened, closed_tag = _("The device has been unlocked. Enrol it with a new code."), _("locked")
    closed_note = _("This device is locked.")

    async def affected(self, _row: Device) -> Mapping[int, Collection[date] | None]:
        return {}

    def address(self, row: Device) -> str:
        """The page at which a device is enrolled, and which it shows afterwards."""
        path = "/display" if row.kind == DeviceKind.DISPLAY else f"/kiosk/{row.office.code}"
        return config.settings().public_url + path

    def cell(self, row: Device, name: str, view: View) -> object:
        if name == "enrolled":
            enrolled = _("enrolled") if row.token_hash else _("waiting for its code to be entered")
            return i18n.translate(view.language, enrolled)
        if name == "seen":
            return i18n.datetime_text(row.seen_at, view.language, config.settings().zone) if row.seen_at else "–"
        return super().cell(row, name, view)

    async def column(self, name: str, value: Any) -> dict[str, Any]:
        return {name: int(value)} if name == "paper_mm" else await super().column(name, value)

    async def values(self, row: Device) -> dict[str, Any]:
        return {**await super().values(row), "paper_mm": str(row.paper_mm)}

    async def check(self, command: AddDevice, row: Device | None) -> None:
        if row is not None and command.office != row.office.code:
            raise Invalid.at("office", _("A device stays in its office. Please lock it and add it to the other one."))

    async def check_switch(self, row: Device, *, on: bool) -> None:
        """Whoever has the token of a locked device cannot use it, also after it is unlocked."""
        if not on:
            await Device.filter(id=row.id).update(token_hash=None, code_hash=None)

    async def insert(self, actor: Official, command: AddDevice) -> tuple[int, Shown]:
        code, kept = devices.new_code()
        return await self.add(actor, command, **kept), {"enrolment_code": code}

    async def new_code(self, actor: Official, number: int) -> Shown:
        """Enrol a device again: its token ends."""
        code, kept = devices.new_code()
        async with self.changing() as chain:
            await self.need(number)
            if not await Device.filter(id=number, active=True).update(**kept):
                raise Invalid.at("name", self.closed_note)
            await chain.append(actor.actor, SettingChanged(self.what, number, "code_made"))
        return {"enrolment_code": code}

    steps: ClassVar = {"code": (NEW_CODE, new_code)}


DEVICES = Devices()
routes = [*Pages(DEVICES).routes, *Operations(DEVICES).routes]
