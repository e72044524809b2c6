"""The desk as an official uses it: open a page, read the list, fill in a form that is there, send it."""

from dataclasses import dataclass

import httpx

from tests.support.markup import Element, parse
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

    def form(self, action: str) -> Element:
        """The form that does something; it must be there."""
        found = [f for f in self.page.all("form") if f.attrs.get("action", "").endswith(f"/{action}")]
        assert len(found) == 1, (action, self.actions)
        return found[0]

    @property
    def actions(self) -> set[str]:
        """What can be done to the case of this page."""
        forms = [f.attrs.get("action", "").split("/") for f in self.page.all("form")]
        return {parts[-1] for parts in forms if parts[:3] == ["", "desk", "cases"]}

    def fields(self, action: str) -> dict[str, str]:
        """What a form holds, as the browser would send it."""
        form, values = self.form(action), {}
        for field in form.all("input"):
            kind = field.attrs.get("type", "text")
            if kind != "file" and (kind not in {"checkbox", "radio"} or "checked" in field.attrs):
                values[field.attrs.get("name", "")] = field.attrs.get("value", "")
        for field in form.all("textarea"):
            values[field.attrs["name"]] = "".join(c for c in field.children if isinstance(c, str)).removeprefix("\n")
        for field in form.all("select"):
            options = [o for o in field.all("option") if "selected" in o.attrs] or field.all("option")[:1]
            values[field.attrs["name"]] = options[0].attrs.get("value", "") if options else ""
        return values

    def carried(self, action: str) -> list[str]:
        """What a form holds of each file that was sent before."""
        return [e.attrs["value"] for e in self.form(action).all("input", name=f"{action}.files_kept")]

    async def send(self, action: str, *files: tuple[str, bytes], **filled: str) -> "Desk":
        """Fill in a form of the page, with files by name and content, and send it; fields without the form's name."""
        fields: dict[str, str | list[str]] = {**self.fields(action), f"{action}.files_kept": self.carried(action)}
        for name, value in filled.items():
            own = f"{action}.{name}"
            fields[own if own in fields or name not in {"step", "template"} else name] = value
        url = self.form(action).attrs["action"]
        # Without files as well: the browser sends a form of this kind in parts either way.
        new = [(f"{action}.files", file) for file in files] if files else None
        return self._look(await self.client.post(url, data=fields, files=new, follow_redirects=True))

    async def bulk(self, action: str, *references: str, **filled: str) -> "Desk":
        """Tick rows of the inbox and press one of the buttons above them."""
        boxes = {b.attrs["value"].partition(":")[0]: b.attrs["value"] for b in self.page.all("input", name="case")}
        data = {**self.fields("bulk"), **filled, "action": action, "case": [boxes[r] for r in references]}
        return self._look(await self.client.post("/desk/bulk", data=data, follow_redirects=True))

    async def take(self, reference: str) -> "Desk":
        """Press the button in a row that takes the proposed department."""
        button = next(b for b in self.row(reference).all("button") if b.attrs.get("data-key") == "a")
        data = {**self.fields("bulk"), "version": button.attrs["value"]}
        return self._look(await self.client.post(button.attrs["formaction"], data=data, follow_redirects=True))

    @property
    def text(self) -> str:
        """Everything on the page."""
        return self.page.text


async def desk(system: System, username: str) -> Desk:
    """An official who has signed in and sees the inbox (in English, so that tests read well)."""
    found = Desk(await system.official(username), Element(""))
    return await found.open("/desk?lang=en")
