"""The mail that tells an official, and the administrators, that somebody guesses the password of an account."""

from collections.abc import Sequence

from server.core import accounts, clock, config, i18n, jobs
from server.core.accounts import Account
from server.core.errors import _
from server.core.jobs import Task
from server.core.notify.correspondence import Letter

GUESSED = "core.guessed"
"""Job kind: one mail to one official."""


async def tell(username: str) -> None:
    """Enqueue the mails about an account, once a day."""
    row = await Account.filter(username=username, active=True).first()
    if row is None:
        return
    readers: Sequence[int] = [row.id, *await accounts.administrators()]
    day = clock.now().date().isoformat()
    await jobs.enqueue(
        *((f"guessed:{row.id}:{day}:{one}", GUESSED, {"account": row.id, "to": one}) for one in sorted({*readers}))
    )


async def letter(task: Task) -> Letter | None:
    """The mail; None for somebody without an address."""
    about = await Account.get_or_none(id=task.payload["account"])
    to = await Account.get_or_none(id=task.payload["to"])
    if about is None or to is None or not to.active or not to.email:
        return None
    settings = config.settings()
    language, own = settings.spoken(to.language), about.id == to.id
    context = {
        "subject": i18n.translate(language, _("Somebody is trying passwords for %(name)s", name=about.username)),
        "name": to.name,
        "account": about.username,
        "own": own,
        "link": settings.public_url + ("/desk/account" if own else "/desk/audit?of=sign-ins"),
        "link_label": i18n.translate(language, _("My account") if own else _("Sign-ins of officials")),
        "wishes": "",
    }
    return Letter(to.email, language, "mail/guessed", context)
