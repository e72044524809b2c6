"""The desk as an official uses it: open a page, read the list, fill in a form that is there, send it."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from tests.support.markup import Element, parse
from tests.support.page_forms import File, Form, Value, form_on, send
from tests.support.system import System


@dataclass
class Desk:
    """An official at their desk; every page they look at is ``page``."""

    client: httpx.AsyncClient
    page: Element
    status: int = 200
    url: str = ""

    async def open(self, url: str) -> "Desk":
        """Go to an address."""
        return self._look(await self.client.get(url, follow_redirects=True))

    def _look(self, answer: httpx.Response) -> "Desk":
        self.status, self.url, self.page = answer.status_code, str(answer.url), parse(answer.text)
        return self

    @property
    def listed(self) -> list[str]:
        """The numbers of the cases in the inbox, from top to bottom."""
        return [row.attrs["id"].removeprefix("row-") for row in self.page.all("tr") if "data-row" in row.attrs]

    def row(self, reference: str) -> Element:
        """A case in the inbox."""
        return self.page.one("tr", id=f"row-{reference}")

    def form(self, action: str) -> Form:
        """The form that does something; it must be there."""
        return form_on(self.page, self.url, f"/{action}")

    @property
    def actions(self) -> set[str]:
        """What can be done to the case of this page."""
        forms = [f.attrs.get("action", "").split("/") for f in self.page.all("form")]
        return {parts[-1] for parts in forms if parts[:3] == ["", "desk", "cases"]}

    def fields(self, action: str) -> dict[str, str]:
        """What the fields of a form hold."""
        return {name: values[0] for name, values in self.form(action).values.items()}

    async def send(self, action: str, *files: File, step: str = "", **filled: str) -> "Desk":
        """Fill in a form of the page, with files, and press a step's button or the one that sends it; fields without
        the form's name.
        """
        shown = self.form(action)
        own: dict[str, Value] = {
            f"{action}.{name}" if f"{action}.{name}" in shown.names else name: text for name, text in filled.items()
        }
        if files:
            own[f"{action}.files"] = files
        return await self._press(shown, step or next(b.text for b in shown.buttons if "name" not in b.attrs), own)

    async def bulk(self, action: str, *references: str, **filled: str) -> "Desk":
        """Tick rows of the inbox and press one of the buttons above them."""
        boxes = {b.attrs["value"].partition(":")[0]: b.attrs["value"] for b in self.page.all("input", name="case")}
        ticked = [boxes[reference] for reference in references]
        return await self._press(self.form("bulk"), action, {"case": ticked, **filled})

    async def take(self, reference: str) -> "Desk":
        """Press the button in a row that takes the proposed department."""
        button = next(b for b in self.row(reference).all("button") if b.attrs.get("data-key") == "a")
        return await self._press(self.form("bulk"), button.text, {})

    async def _press(self, shown: Form, button: str, filled: Mapping[str, Value]) -> "Desk":
        answer = await send(self.client, shown, button=button, **filled)
        if answer.next_request:
            answer = await self.client.send(answer.next_request, follow_redirects=True)
        return self._look(answer)

    @property
    def text(self) -> str:
        """Everything on the page."""
        return self.page.text


async def desk(system: System, username: str) -> Desk:
    """An official who has signed in and sees the inbox (in English, so that tests read well)."""
    found = Desk(await system.official(username), Element(""))
    return await found.open("/desk?lang=en")
