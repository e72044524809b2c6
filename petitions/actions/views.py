"""Saved inbox views. They belong to one official and are not events of any case."""

from petitions.models import SavedView
from server.core import database
from server.core.accounts import Official
from server.core.errors import Invalid, NotFound, _

MOST = 20


async def save(actor: Official, name: str, query: str) -> None:
    """Save a filter under a name; an earlier one of the same name is replaced. Raises ``Invalid`` beyond ``MOST``."""
    async with database.transaction():
        replaced = await SavedView.filter(account_id=actor.id, name=name).update(query=query)
        if replaced:
            return
        if await SavedView.filter(account_id=actor.id).count() >= MOST:
            raise Invalid.at("name", _("You already have %(most)s saved views. Please delete one first.", most=MOST))
        await SavedView.create(account_id=actor.id, name=name, query=query)


async def delete(actor: Official, view_id: int) -> None:
    """Delete one of the official's own views. Raises ``NotFound``."""
    if not await SavedView.filter(account_id=actor.id, id=view_id).delete():
        raise NotFound
