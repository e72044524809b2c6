"""The composition root: the jobs that follow each event, the handler of each job, the adapter for each port."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain

from forums import events as forum_events
from forums import messages as forum_messages
from forums import participant_acts
from forums import search as forum_search
from forums.actions import merging, news, proposing, registering, timing, watching
from forums.letters import ForumLetters
from forums.permissions import Permission as ForumPermission
from forums.queries import files as forum_files
from forums.queries.news import HEARD as NEWS
from forums.routes.following import PAGE as FOLLOWS_PAGE
from petitions import events as petition_events
from petitions import messages as petition_messages
from petitions import reference
from petitions import search as petition_search
from petitions.actions import drafts, learning, leaving, watch
from petitions.letters import GUESSED_JOB, MAILBOX_JOB, CaseLetters
from petitions.permissions import Permission as PetitionPermission
from petitions.queries import cases
from petitions.queries.following import affected_desks
from petitions.reference import duties_said
from server import crossing, sign_in_letters
from server.core import (
    config,
    database,
    guesses,
    idempotency,
    jobs,
    kept,
    ledger,
    mail,
    messages,
    search,
    sessions,
    texts,
    uploads,
)
from server.core.accounts import CorePermission, Permission
from server.core.city import KEPT
from server.core.config import Settings
from server.core.delivery import Journal
from server.core.errors import _
from server.core.files import Store
from server.core.jobs import Handler, Task, Together
from server.core.mail import Transport
from server.core.notify import digest, notifier, texting
from server.core.notify.correspondence import Correspondent
from server.core.notify.post import Post, Render
from server.core.participants import links
from server.core.participants.confirming import Confirmations
from server.core.search import Kind
from server.core.stream.hub import Hub, Narrator, Watcher
from tracking import stream_access
from tracking.statistics.actions import counting, recounting
from tracking.visits import events as visit_events
from tracking.visits import messages as visit_messages
from tracking.visits import search as visit_search
from tracking.visits.actions import (
    booking,
    counters,
    crowding,
    daylists,
    moving,
    offering,
    passes,
    printing,
    rebuilding,
    reminding,
    supply,
    telling,
    tickets,
    waiting,
)
from tracking.visits.actions import papers as documents
from tracking.visits.desk import case_section, finding
from tracking.visits.desk import counters as counter_pages
from tracking.visits.letters import VisitLetters
from tracking.visits.permissions import Permission as VisitPermission
from tracking.visits.queries import papers
from tracking.visits.ticket_letters import TicketLetters
from tracking.visits.waiting_letters import WaitingLetters

APPS = {
    "petitions": "petitions.models",
    "forums": "forums.models",
    "statistics": "tracking.statistics.models",
    "visits": "tracking.visits.models",
}
"""Tortoise apps of the domains: label to models module."""

HEARD: Mapping[str, tuple[str, ...]] = {
    notifier.NOTIFY: (
        *messages.kinds_with_mail(petition_messages.MESSAGES),
        *messages.kinds_with_mail(forum_messages.MESSAGES),
        *messages.kinds_with_mail(visit_messages.MESSAGES),
    ),
    "forums.news": NEWS,
    counting.COUNT: counting.HEARD,
    "petitions.recount": (petition_events.CalendarChanged.kind,),
    rebuilding.FOLLOW: (petition_events.CalendarChanged.kind, ledger.SettingChanged.kind),
    "petitions.visits": tuple(crossing.OF_VISITS),
    tickets.FOLLOW: (visit_events.VisitCancelled.kind,),
    "forums.release": (forum_events.SubmissionWithdrawn.kind, forum_events.TranscriptionWithdrawn.kind),
}
"""Job kind to the kinds of events that enqueue it."""

CONSUMERS: Mapping[str, tuple[str, ...]] = {
    kind: tuple(job for job, kinds in HEARD.items() if kind in kinds) for kind in sorted({*chain(*HEARD.values())})
}
"""Event kind to the jobs it enqueues."""

PERIODIC: Mapping[str, timedelta] = {
    "petitions.remind": timedelta(minutes=1),
    "petitions.close_uncontested": timedelta(hours=1),
    learning.DUE: timedelta(minutes=10),
    "core.digest": timedelta(minutes=10),
    "forums.watch": timedelta(minutes=1),
    "forums.remind": timedelta(hours=1),
    "forums.offers": timedelta(minutes=1),
    "visits.expire": timedelta(minutes=1),
    "visits.supply": timedelta(hours=1),
    "visits.remind": timedelta(minutes=1),
    "visits.evening": timedelta(minutes=10),
    "visits.queue": timedelta(minutes=1),
    "visits.tell": timedelta(seconds=20),
    crowding.NIGHTLY: timedelta(minutes=30),
    recounting.NIGHTLY: timedelta(minutes=30),
    "core.sweep": timedelta(hours=6),
    "core.scan": timedelta(minutes=1),
    "core.kept": kept.SWEPT,
    "core.search": timedelta(seconds=30),
    "core.related": timedelta(hours=1),
}
"""Periodic job kinds and their intervals."""

SEARCHED: Sequence[Kind] = (*petition_search.KINDS, *forum_search.KINDS, *visit_search.KINDS)
"""Everything that can be found, each domain's own."""

DELIVERIES = frozenset({
    notifier.MAIL, notifier.TEXT, MAILBOX_JOB, GUESSED_JOB, links.CONFIRM_JOB, telling.LINK, daylists.DAYLIST,
    reminding.ALL_VISITS, reminding.LETTER, sign_in_letters.GUESSED, "core.digest", "core.scan", search.FILL,
})  # fmt: skip
"""Job kinds that wait for another server."""

REMIND_ON = "forums.remind_on"

PERMISSIONS: Mapping[str, Permission] = {
    one.value: one for room in (CorePermission, PetitionPermission, ForumPermission, VisitPermission) for one in room
}
"""The permissions of all domains by name."""

CONFIRMATIONS = Confirmations(participant_acts.ACTS, "/forums/mine", (_("All forums"), "/forums"))
"""The participants' actions of all domains, and the pages that confirm them."""

CASE_SECTIONS = (case_section.section,)
"""The other domains' parts of a case's page at the desk: functions of case, official and language."""

FINDERS = (finding.address,)
"""What else the search in the desk's bar finds by a number: functions of official and words, to a page's address."""

FILED_AT_COUNTER = counter_pages.filed
"""Told of a petition that an official files for the visitor of a ticket; returns the page to go back to."""

TORTOISE_ORM = database.config(Settings(), APPS)
"""For ``tortoise -c server.wiring.TORTOISE_ORM makemigrations``."""


@dataclass(frozen=True)
class Ports:
    """The adapters of one process."""

    transport: Transport
    texts: texts.Transport
    store: Store


def ports(settings: Settings) -> Ports:
    """The adapters for these settings: a server or the spool folder for mail and text messages, a folder for files."""
    return Ports(
        mail.make_transport(
            settings.smtp_url or None,
            settings.spool,
            settings.mail_from,
            utf8=settings.smtp_utf8,
            journal=Journal(settings.data_dir / "delivered"),
        ),
        texts.make_transport(settings.text_url or None, settings.spool),
        Store(settings.data_dir / "files", (cases.referred, forum_files.referred, papers.referred)),
    )


def _each(*works: Callable[[], Awaitable[object]]) -> Handler:
    """A handler that needs nothing of its job."""

    async def handle(_task: Task) -> None:
        for work in works:
            await work()

    return handle


async def _open_discussion(task: Task) -> None:
    await proposing.open_supported(str(task.payload["slug"]))


async def _remind_of_commitments(task: Task) -> None:
    if await watching.remind() >= watching.BATCH:  # one job per batch, because none may last longer than its lease
        batch = task.payload.get("batch", 0) + 1
        await jobs.enqueue((f"{REMIND_ON}:{batch}", REMIND_ON, {"batch": batch}))


async def _release(task: Task) -> None:
    await merging.release(str(task.payload["subject"]).partition("/")[2])


async def _record_placed(task: Task) -> None:
    await supply.record_placed(int(task.payload["calendar"]))


async def _fit_forecast(task: Task) -> None:
    await crowding.fit(int(task.payload["office"]))


def correspondents(settings: Settings) -> Sequence[Correspondent]:
    """The domains' correspondents for the mail engine, in the order of their sections in a digest."""
    return (
        CaseLetters(settings),
        ForumLetters(settings),
        VisitLetters(settings),
        WaitingLetters(settings),
        TicketLetters(settings),
    )


def hub(settings: Settings, narrators: Sequence[Narrator], watchers: Sequence[Watcher] = ()) -> Hub:
    """The live streams of one process."""
    return Hub(
        settings, narrators, watchers,
        affected_desks=affected_desks, revoked=stream_access.revoked, settings_changed=reference.forget,
    )  # fmt: skip


def handlers(settings: Settings, adapters: Ports, render: Render) -> dict[str, Handler]:
    """The handler of each job kind."""
    post = Post(settings, adapters.transport, adapters.texts, render)
    letters = correspondents(settings)
    notifying = notifier.Notifier(post, letters)

    async def recount(task: Task) -> None:
        event = await ledger.get(task.payload["event"])
        again = bool(task.payload.get("again"))
        following = await watch.recount(str(event.data["what"]), task.payload.get("after", 0))
        if following is not None:  # one job per batch, because none may last longer than its lease
            key = f"{task.kind}:{event.id}:{again:d}:{following}"
            await jobs.enqueue((key, task.kind, {**task.payload, "after": following}))
        elif not again:  # other processes use the old calendar until they notice the change
            payload = {"event": event.id, "again": True}
            delay = timedelta(seconds=2 * KEPT)
            await jobs.enqueue((f"{task.kind}:{event.id}:again", task.kind, payload), delay=delay)

    return {
        notifier.NOTIFY: Together(notifying.notify),
        notifier.NEWS: notifying.gather,
        notifier.MAIL: notifying.deliver,
        notifier.TEXT: notifying.deliver,
        MAILBOX_JOB: notifying.delivering(CaseLetters(settings).mailbox),
        GUESSED_JOB: notifying.delivering(CaseLetters(settings).guessed),
        "core.digest": digest.Digest(post, letters, follows_page=FOLLOWS_PAGE).send,
        "forums.news": news.hear,
        "petitions.recount": recount,
        "petitions.remind": _each(watch.remind),
        "petitions.close_uncontested": _each(watch.close_uncontested),
        learning.DUE: learning.look,
        learning.LEARN: learning.run,
        leaving.LEAVE: leaving.leave,
        sign_in_letters.GUESSED: notifying.delivering(sign_in_letters.letter),
        links.CONFIRM_JOB: notifying.delivering(links.confirmation),
        "forums.watch": _each(timing.by_time),
        "forums.open": _open_discussion,
        "forums.remind": _remind_of_commitments,
        REMIND_ON: _remind_of_commitments,
        "forums.release": _release,
        "forums.offers": _each(registering.lapse),
        "visits.supply": _each(rebuilding.keep_supplied, rebuilding.purge),
        rebuilding.REBUILD: rebuilding.run,
        rebuilding.FOLLOW: rebuilding.follow,
        "visits.remind": _each(reminding.remind),
        "visits.evening": _each(daylists.send),
        "visits.queue": _each(counters.end_abandoned, printing.give_back_forgotten, counters.close_days),
        "visits.tell": _each(telling.tell),
        telling.FIND: telling.send_each,
        telling.LINK: notifying.delivering(TicketLetters(settings).link),
        tickets.FOLLOW: tickets.follow,
        daylists.DAYLIST: notifying.delivering(VisitLetters(settings).day_list),
        reminding.ALL_VISITS: notifying.delivering(VisitLetters(settings).all_visits),
        reminding.LETTER: notifying.delivering(VisitLetters(settings).without_event),
        crowding.NIGHTLY: crowding.nightly,
        crowding.FIT: _fit_forecast,
        "visits.expire": _each(booking.expire, moving.expire, booking.return_freed, offering.due),
        "petitions.visits": crossing.note_visit,
        offering.PLACED: _record_placed,
        counting.COUNT: Together(counting.count_all),
        counting.FOLLOW: counting.follow,
        recounting.RECOUNT: recounting.recount,
        recounting.NIGHTLY: recounting.nightly,
        "core.kept": _each(kept.sweep),
        "core.search": _each(search.count),
        search.FILL: search.fill,
        "core.related": _each(partial(search.relearn, duties_said)),
        "core.scan": _each(partial(uploads.scan_quarantined, adapters.store, settings)),
        "core.sweep": _each(
            sessions.sweep,
            guesses.sweep,
            idempotency.sweep,
            links.sweep,
            drafts.sweep,
            texting.sweep,
            documents.forget,
            waiting.forget,
            passes.forget,
            partial(uploads.sweep, adapters.store),
        ),
    }


def prepare(settings: Settings) -> Settings:
    """Fix the settings of this process, including the secret, and register which jobs follow which events."""
    complete = settings.with_secret()
    config.use(complete)
    search.use(complete)
    ledger.route(CONSUMERS)
    return complete
