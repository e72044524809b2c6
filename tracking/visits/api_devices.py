"""Kiosks and displays in the JSON interface: one is added, enrolled with its code, and known by its token."""

from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, contract, web
from server.core.contract import Answer, Contract, among, said
from server.core.security import DEVICE_HEADER, SIGN_IN, network
from tracking.visits.actions import devices
from tracking.visits.actions.devices import DeviceRow
from tracking.visits.desk.places.devices import DEVICES, KINDS, PAPERS, PRINTERS
from tracking.visits.permissions import Permission
from tracking.visits.queries import offices
from tracking.visits.queue_forms import Enrol
from tracking.visits.states import DeviceKind

TOKEN = {"X-Device-Token": contract.text(about="The token that the device got when it was enrolled.")}


class EnrolledDevice(Answer):
    """A device that has just been enrolled."""

    device_token: Annotated[str, said("Shown once.")]
    office: str
    kind: Annotated[str, among([one.value for one in DeviceKind])]
    name: str


class EnrolmentCode(Answer):
    """A device to be enrolled."""

    id: int
    enrolment_code: Annotated[str, said("Shown once; one use within ten minutes.")]


@Contract(
    "Add a kiosk or a display to an office", EnrolmentCode, 201, access=contract.Access.OFFICIAL,
    body=contract.asked(
        {
            "kind": contract.one_of(KINDS), "name": contract.TEXT,
            "printer": contract.one_of(PRINTERS), "paper_mm": contract.one_of(PAPERS),
        }, "kind", "name",
    ), refusals=(404,),
)  # fmt: skip
async def add_device(request: Request) -> Response:
    """``POST /desk/offices/{code}/devices``."""
    actor = auth.official(request, Permission.EDIT_OFFICES)
    place = await offices.office(request.path_params["code"])
    raw = {**await web.read_json(request), "office": place.code}
    command = DEVICES.parse(raw, await DEVICES.view(web.language(request)), strict=True)
    number, shown = await DEVICES.insert(actor, command)
    return web.json(EnrolmentCode(id=number, **(shown or {})), 201)


@Contract("Enrol a kiosk or a display with its code", EnrolledDevice, 201, body=Enrol, refusals=(401,))
async def enrol(request: Request) -> Response:
    """``POST /kiosk/enrol``."""
    auth.limit(request, f"enrol:{network(request.scope)}", SIGN_IN)
    command = Enrol.parse(await web.read_json(request), strict=True)
    device, token = await devices.enrol(command.enrolment_code)
    return web.json(EnrolledDevice.of(device, device_token=token, kind=device.kind.value), 201)


async def the_kiosk(request: Request) -> DeviceRow:
    """The kiosk that sends the request. Raises ``NotEnrolled``."""
    token = request.headers.get(DEVICE_HEADER, "")
    found = await devices.known(token, DeviceKind.KIOSK, request.path_params["code"])
    auth.remember_sender(request, token)
    return found


routes = [
    Route("/api/v1/desk/offices/{code}/devices", add_device, methods=["POST"]),
    Route("/api/v1/kiosk/enrol", enrol, methods=["POST"]),
]
