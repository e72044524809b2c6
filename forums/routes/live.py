"""The live streams of forums: new, hidden and withdrawn comments and submissions, and a forum's start and end.

Five thousand pages may listen to one forum. An event is read once, rendered once for each language, encoded once and
sent to all of them. An event's id is its position in the chain of the forum's talk, so a reconnecting page is sent what
it missed; if that is too much, it reloads.
"""

from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from forums.events import (
    CommentMade,
    CommentWithdrawn,
    SubmissionCorrected,
    SubmissionReceived,
    SubmissionWithdrawn,
    TextHidden,
    TextShown,
    TranscriptionWithdrawn,
)
from forums.labels import OUTCOMES, STANCES, SUBMISSION_STATES
from forums.permissions import Permission
from forums.queries import live
from forums.queries.forums import forum
from forums.queries.live import LiveComment
from forums.queries.submissions import SubmissionView
from forums.rights import submission_subject, talk_subject
from server.core import auth, ledger, web
from server.core.city import City, city
from server.core.ledger import Audience, Entry
from server.core.security import network
from server.core.stream.listener import Listener, StreamAccess, event, frame
from server.core.stream.once import Once

Read = TypeVar("Read")
Render = Callable[[str, str, Mapping[str, Any]], str]
"""``web.Site.render``: language, template and context."""

MISSED = 40
"""Comments sent again to a page that reconnects; a page that missed more reloads."""
LOOKED = 400
"""Events of the talk that are searched for them."""
COMMENTS = frozenset({CommentMade.kind, CommentWithdrawn.kind, TextHidden.kind, TextShown.kind})
MODERATED = frozenset({TextHidden.kind, TextShown.kind})
SUBMISSIONS = MODERATED | {SubmissionReceived.kind, TranscriptionWithdrawn.kind, SubmissionWithdrawn.kind}
TAKEN_DOWN = frozenset({SubmissionReceived.kind, SubmissionCorrected.kind, TranscriptionWithdrawn.kind})


def topic(language: str, slug: str, submission: str = "") -> str:
    """The topic of a forum's pages in one language, or of one submission's pages."""
    return f"live/{language}/{slug}/{submission}"


def desk_topic(slug: str) -> str:
    """The topic of the clerks at a session."""
    return f"live/desk/{slug}"


class Narrator:
    """Renders a forum's events, once for each language in use."""

    prefix = "live/"

    def __init__(self, render: Render, languages: Sequence[str]) -> None:
        self.render = render
        self.languages = languages
        self.once = Once()

    async def news(self, entries: Sequence[Entry], subjects: Collection[str]) -> list[tuple[str, int, bytes]]:
        """See ``server.core.stream.hub.Narrator``."""
        found: list[tuple[str, int, bytes]] = []
        talk, said, turned = list[Entry](), list[Entry](), dict[str, int]()
        slugs = {name.split("/")[2] for name in subjects if name.startswith(self.prefix)}
        for entry in entries:
            sort, _slash, slug = entry.subject.partition("/")
            if sort in {"talk", "forum"}:
                self.once.forget(slug)
            elif sort == "submission" and entry.kind in SUBMISSIONS:
                self.once.forget()  # few of these events name the forum they change
                said.append(entry)
            if sort == "talk" and slug in slugs:
                talk.append(entry)
            elif sort == "forum" and slug in slugs and entry.audience is Audience.PUBLIC:
                turned[slug] = entry.id
            elif entry.kind in TAKEN_DOWN and (name := desk_topic(str(entry.data["forum"]))) in subjects:
                found.append((name, entry.id, frame(entry)))
        for slug, event_id in turned.items():
            closed = event("forum", status=await live.status(slug))
            found += [(topic(language, slug), event_id, closed) for language in self.languages]
        forum_pages = [name for name in subjects if name.startswith(self.prefix) and name.endswith("/")]
        return [
            *found,
            *await self._talk(talk, subjects),
            *await self._submissions(said if forum_pages else [], subjects),
        ]

    async def _talk(self, entries: Sequence[Entry], subjects: Collection[str]) -> list[tuple[str, int, bytes]]:
        """The latest event of each comment, in each language in which its page is open."""
        last = {entry.data["comment"]: entry for entry in entries if entry.kind in COMMENTS and entry.data["comment"]}
        if not last:
            return []
        comments = await live.comments(last)
        reference_data = await city()
        return [
            (name, last[one.comment.id].id, self.draw(language, one, last[one.comment.id].sequence, reference_data))
            for one in sorted(comments, key=lambda one: last[one.comment.id].id)
            for language in self.languages
            if (name := topic(language, one.slug, one.submission)) in subjects
        ]

    async def _submissions(self, entries: Sequence[Entry], subjects: Collection[str]) -> list[tuple[str, int, bytes]]:
        """The latest events of submissions, for their forums' pages. One that stayed visible throughout is skipped."""
        last = {entry.subject: entry for entry in entries if entry.kind in SUBMISSIONS and not entry.data.get("stood")}
        shown = await live.submissions([subject.partition("/")[2] for subject in last])
        return [
            (name, (entry := last[one.subject]).id, self.draw_submission(language, one, entry, total))
            for one, total in shown
            for language in self.languages
            if (name := topic(language, one.forum)) in subjects
        ]

    def draw_submission(self, language: str, submission: SubmissionView, entry: Entry, total: int) -> bytes:
        """A submission that appeared or disappeared; rendered only if an open page may already show it."""
        labels = {"stances": STANCES, "outcomes": OUTCOMES, "states": SUBMISSION_STATES}
        stood = entry.kind in MODERATED and not submission.withdrawn
        html = (
            self.render(language, "forums/live_submission.html", {"submission": submission, **labels}) if stood else ""
        )
        shown = submission.visibility == "shown" and not submission.withdrawn
        fresh = shown and not entry.data.get("again")
        return event(
            "submission",
            submission=submission.id,
            shown=shown,
            fresh=fresh,
            html=html,
            submissions=total,
            event=entry.id,
        )

    def draw(self, language: str, one: LiveComment, sequence: int, reference_data: City) -> bytes:
        """One comment in its current state."""
        comment = one.comment
        names = reference_data.department_names(language)
        shown = {"new": one, "stances": STANCES, "department_names": names}
        html = self.render(language, "forums/live.html", shown) if one.stands else ""
        return event(
            "comment" if comment.visibility == "shown" else comment.visibility, sequence,
            comment=comment.id, parent=comment.parent_id, html=html, comments=one.total,
        )  # fmt: skip

    async def close(self) -> None:
        """See ``server.core.stream.hub.Narrator``."""
        await self.once.close()

    # --- pages that connect or reconnect ----------------------------------------------------------------------

    async def shared(self, slug: str, read: Callable[..., Coroutine[Any, Any, Read]], *args: object) -> Read:
        """Read once for all pages of a forum that ask for the same."""
        return await self.once.read(slug, (read.__name__, *args), lambda: read(*args))

    async def missed(self, language: str, slug: str, submission: str, after: int) -> list[tuple[int, bytes]]:
        """What a page missed since a position in the talk: event ids and encoded events."""
        entries = await ledger.read(talk_subject(slug), after_sequence=after, limit=LOOKED)
        missed = await self._talk(entries, {topic(language, slug, submission)}) if len(entries) < LOOKED else []
        if len(entries) < LOOKED and len(missed) <= MISSED:
            return [(event_id, content) for _name, event_id, content in missed]
        return [(0, event("more", await ledger.length(talk_subject(slug))))]

    async def missed_submissions(self, language: str, slug: str, forum_id: int, after: int) -> list[tuple[int, bytes]]:
        """Changes to a forum's submissions since an event about its texts, without new submissions."""
        text_events = await live.text_events(forum_id, after, LOOKED)
        ids = [event_id for event_id, subject in text_events if subject.startswith(submission_subject(""))]
        if len(text_events) == LOOKED or len(ids) > MISSED:
            return [(0, event("more", event=text_events[-1][0]))]
        entries = (await ledger.several(ids)).values() if ids else ()
        missed = await self._submissions(sorted(entries, key=lambda entry: entry.id), {topic(language, slug)})
        return [(event_id, content) for _name, event_id, content in missed]


def _after(request: Request) -> int | None:
    """The page's position in the talk: its last event, or the one it was rendered at."""
    return _number(request.headers.get("last-event-id"), request.query_params.get("after"))


def _number(*given: str | None) -> int | None:
    for text in given:
        if text and text.isascii() and text.isdigit() and len(text) < len(str(2**31)):
            return int(text)
    return None


class ForumStream:
    """``/forums/{slug}/stream``: what is said in a forum; with ``submission``, only the comments on it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ``NoSuchForum``."""
        request = Request(scope)
        narrator: Narrator = request.app.state.narrator
        slug, submission = request.path_params["slug"], request.query_params.get("submission", "")
        standing, language = await narrator.shared(slug, forum, slug), web.language(request)
        listener = Listener(
            send, f"hall:{network(request.scope)}", subject=topic(language, slug, submission), crowd=True
        )

        async def past() -> AsyncIterator[tuple[int, bytes]]:
            last = None if submission else _number(request.query_params.get("newest"))
            new_submissions = [] if last is None else await narrator.shared(slug, live.newer, standing.id, last, LOOKED)
            yield (
                0,
                event(
                    "forum", status=standing.status, submissions=standing.submissions, new_submissions=new_submissions
                ),
            )
            if len(new_submissions) == LOOKED:
                yield 0, event("more")
            if not submission and (event_id := _number(request.query_params.get("event"))) is not None:
                for missed in await narrator.shared(
                    slug, narrator.missed_submissions, language, slug, standing.id, event_id
                ):
                    yield missed
            if (after := _after(request)) is not None:
                for missed in await narrator.shared(slug, narrator.missed, language, slug, submission, after):
                    yield missed

        await request.app.state.hub.serve(listener, past(), receive)


class IntakeStream:
    """``/desk/forums/{slug}/intake/stream``: lines that clerks transcribe, correct or withdraw."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ``NotSignedIn`` or ``Forbidden``."""
        request = Request(scope)
        official = auth.official(request, Permission.RUN_FORUMS)
        token = auth.reader(request).token_hash
        access = StreamAccess(token, official=official)
        listener = Listener(send, token, subject=desk_topic(request.path_params["slug"]), access=access)
        await request.app.state.hub.serve(listener, _look(), receive)


async def _look() -> AsyncIterator[tuple[int, bytes]]:
    """Tells the page to reload its lines: one may have been added between rendering and connecting."""
    yield 0, event("look")


routes = [
    Route("/forums/{slug}/stream", ForumStream(), methods=["GET"]),
    Route("/desk/forums/{slug}/intake/stream", IntakeStream(), methods=["GET"]),
]
