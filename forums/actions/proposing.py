"""Forums that citizens propose: accepted or declined with a reason, or opened when enough people support them.

A proposal keeps its address; it gets a number among the forums of its kind only when it is accepted.
"""

import contextlib
from datetime import timedelta

from forums import spam
from forums.actions.change import SYSTEM, changing_forum
from forums.actions.moderating import hold
from forums.actions.planning import number_it
from forums.errors import NotShownYet, TooManyProposals
from forums.events import ForumAccepted, ForumDeclined, ForumOpened, ForumProposed
from forums.forms.assigning import TextOnly
from forums.forms.proposing import ProposeForum
from forums.models import Forum
from forums.numbering import next_number, slug_of
from forums.queries import speaking
from forums.rights import forum_subject, talk_subject
from forums.search import refresh_forums
from forums.states import ForumAction, ForumState
from server.core import clock, config, database, ledger
from server.core.accounts import Official
from server.core.errors import NotPossibleNow
from server.core.participants.people import Person

SERIES = "proposal"
MOST_OPEN = 5
"""Undecided proposals that a participant may have."""
OPEN_DAYS = 30
"""Days for which a discussion is open that support has opened."""


async def propose(person: Person, command: ProposeForum) -> str:
    """Propose a forum; its slug. An equal proposal that is still undecided is returned instead.

    A proposal that looks like spam is held for a moderator. Raises ``TooManyProposals``.
    """
    async with database.transaction():
        number = await next_number(SERIES)  # serialises proposals, so that the limit holds
        waiting = await Forum.filter(proposer_id=person.id, status=ForumState.PROPOSED).values("slug", "title", "kind")
        for one in waiting:
            if (one["title"], one["kind"]) == (command.title, command.kind):
                return str(one["slug"])
        if len(waiting) >= MOST_OPEN:
            raise TooManyProposals
        slug, now = slug_of(SERIES, number), clock.now()
        said = f"{command.title}\n{command.body}"
        why = spam.why_held(said, "after", (), await speaking.said_by(person.id), forum_id=0, now=now)
        chain = await ledger.begin(forum_subject(slug))
        forum = await Forum.create(
            slug=slug,
            number=0,
            kind=command.kind,
            status=ForumState.PROPOSED,
            title=command.title,
            body=command.body,
            language=command.language,
            district=command.district,
            place=command.place,
            panel=list(command.people),
            starts_at=command.starts_at,
            proposer_id=person.id,
            visibility="pending" if why else "shown",
            created_at=now,
            published_at=now,
        )
        await chain.append(person.actor, ForumProposed(command.kind))
        if why:
            await hold(await ledger.open_or_begin(talk_subject(slug)), forum_subject(slug), forum.id, why)
        else:
            await refresh_forums(forum.id)
    return slug


async def accept(actor: Official, slug: str, command: TextOnly) -> None:
    """Accept a proposal, with a public text: from now on the city plans it.

    Raises ``NotShownYet`` for one that no moderator has shown, because the announcement makes it public.
    """
    async with changing_forum(slug, ForumAction.ACCEPT, actor, seen=command.seen) as change:
        if change.row.visibility != "shown":
            raise NotShownYet
        await number_it(change)
        change.record(ForumAccepted(await change.say(command.text)))


async def decline(actor: Official, slug: str, command: TextOnly) -> None:
    """Decline a proposal, with a public reason."""
    async with changing_forum(slug, ForumAction.DECLINE, actor, seen=command.seen) as change:
        change.set(closed_at=clock.now())
        change.record(ForumDeclined(await change.say(command.text)))


async def open_supported(slug: str) -> bool:
    """Open a proposed discussion with enough support, for ``OPEN_DAYS``. Returns whether it was opened now.

    Call it after the commit of a support: an action on a forum locks its chain before its row.
    """
    if not await Forum.exists(
        slug=slug, kind="discussion", status=ForumState.PROPOSED, supports__gte=config.settings().forum_supports
    ):
        return False
    with contextlib.suppress(NotPossibleNow):  # an official or another supporter was faster
        async with changing_forum(slug, ForumAction.OPEN, SYSTEM) as change:
            now = clock.now()
            await number_it(change)
            change.set(starts_at=now, ends_at=now + timedelta(days=OPEN_DAYS), published_at=now)
            change.record(ForumOpened(change.row.supports))
        return True
    return False
