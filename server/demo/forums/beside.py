"""What the import does not carry, put beside the past forums by the actions, with the clock at their days.

Sessions and who was there, speakers' videos and words, players and chapters, files, comments and supports, and how the
commitments that are still to be kept came along.
"""

import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from forums import rules
from forums.actions import checking_in, commenting, committing, planning, sessions, supporting
from forums.forms.assigning import TextOnly
from forums.forms.committing import DoStep, EditCommitment, Finish, MakeCommitment, StepLine
from forums.forms.importing import PastForum, PastSubmission
from forums.forms.places import Book, KeepRecord, NewSession
from forums.forms.planning import PlanForum
from forums.forms.speaking import Say
from forums.models import Step
from server.core import clock, config, database
from server.core.accounts import Official
from server.core.files import StoredFile
from server.demo.forums import texts
from server.demo.forums.past import Held
from server.demo.forums.stage import Stage, at, text_file
from server.demo.forums.threads import THREADS, Thread

Act = tuple[datetime, Callable[[], Awaitable[object]]]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CROWD = 6
"""People who supports this and that in one forum."""
SUPPORTS = (0, 0, 1, 1, 2, 3, 4, 6)
FILMED = 6
"""Of the newest speaker's corners so many have videos and transcripts."""
DROPPED, MOVED = {9, 27, 44}, {5, 20, 38}
"""Which of the commitments that stand open were given up, and which got another day."""


class Beside:
    """Adds to past forums what happened round them. ``numbers`` are the submissions' by their place in the import."""

    def __init__(self, stage: Stage, past: Sequence[Held], numbers: Mapping[PastSubmission, str]) -> None:
        self.stage = stage
        self.numbers = numbers
        self.threads = self._spread(past)
        corners = [held.forum.slug for held in past if held.forum.kind == "speakers_corner"]
        self.filmed = set(corners[-FILMED:])
        self.turn: dict[str, int] = defaultdict(int)
        self.open = itertools.count()

    def _spread(self, past: Sequence[Held]) -> dict[str, Thread]:
        """Which submission each thread stands below, by number: each once, over all the time."""
        by_title: dict[str, list[str]] = defaultdict(list)
        for held in past:
            for submission in held.submissions:
                by_title[submission.title].append(self.numbers[submission])
        return {self.stage.rng.choice(by_title[one.title]): one for one in THREADS if one.title in by_title}

    async def add(self, held: Held) -> None:
        """Everything about one forum, in the order of time, in one transaction."""
        self.turn[held.forum.kind] += 1
        kinds: Mapping[str, Callable[[Held], list[Act]]] = {
            "listening": self._listening, "field_office": self._field_office, "speakers_corner": self._corner,
            "broadcast": self._broadcast, "notice": self._notice, "discussion": lambda _held: [],
        }  # fmt: skip
        acts = kinds[held.forum.kind](held)
        if held.forum.kind in {"listening", "discussion"}:
            acts += self._supports(held)
        acts += itertools.chain.from_iterable(map(self._thread, held.submissions))
        async with database.transaction():
            for moment, act in sorted(acts, key=lambda planned: planned[0]):
                with clock.at(moment):
                    await act()
            await self._commitments(held)

    def _listening(self, held: Held) -> list[Act]:
        forum, people, turn = held.forum, self.stage.rng.randint(60, 160), self.turn["listening"]
        places = 200 if turn % 3 == 0 else 0
        hall = NewSession("", at(forum.held_on, 14), at(forum.held_on, 16, 30), forum.place, places)
        found: list[int] = []
        acts: list[Act] = [(at(forum.held_on, 9), partial(self._sessions, forum.slug, [hall], found))]
        if places:
            for minute, name in enumerate(texts.WALKED_IN):
                acts.append((at(forum.held_on, 13, 40 + minute), partial(self._book, forum.slug, found, 0, name, "")))
        acts.append((at(forum.held_on, 14, 20), partial(self._count, forum.slug, found, 0, people)))
        if turn % 3 == 1:
            acts.append((at(forum.ended_on + 2 * DAY, 11), partial(self._attach, forum, "회의록.txt", forum.minutes)))
        return acts

    def _field_office(self, held: Held) -> list[Act]:
        forum, names = held.forum, held.names()
        days = [min(forum.held_on + turn * DAY, forum.ended_on) for turn in range(3)]
        new = [
            NewSession("현장 상담", at(days[0], 10), at(days[0], 17), forum.place, 0),
            NewSession("{road} 현장 방문".format(**names), at(days[1], 10), at(days[1], 12), names["road"], 0, "visit"),
            NewSession("{park} 저녁 방문".format(**names), at(days[1], 19), at(days[1], 20), names["park"], 0, "visit"),
            NewSession("주민 간담회와 결정", at(days[2], 14), at(days[2], 16), forum.place, 0),
        ]
        found: list[int] = []
        acts: list[Act] = [(at(forum.held_on, 9), partial(self._sessions, forum.slug, new, found))]
        for place, (one, most) in enumerate(zip(new, (70, 24, 15, 45), strict=True)):
            people = self.stage.rng.randint(most // 2, most)
            acts.append((one.starts_at + HOUR / 2, partial(self._count, forum.slug, found, place, people)))
        first = (self.turn["field_office"] - 1) * 2
        for place in (first, first + 1):
            decision = texts.DECISIONS[place % len(texts.DECISIONS)]
            acts.append((at(days[2], 15, 10 + place), partial(self._decide, held, decision, place)))
        return acts

    def _corner(self, held: Held) -> list[Act]:
        forum, filmed = held.forum, held.forum.slug in self.filmed
        begins, ends = at(forum.held_on, 14), at(forum.held_on, 15)
        slots = [NewSession("무대 앞", begins, ends, forum.place, 0)]
        slots += [
            NewSession("", start, end, forum.place, 1, "walk_in" if kept else "slot")
            for start, end, kept in rules.slots(begins, ends, 3)
        ]
        found: list[int] = []
        acts: list[Act] = [(at(forum.held_on, 9), partial(self._sessions, forum.slug, slots, found))]
        if filmed:
            video = texts.VIDEOS[self.turn["speakers_corner"] % len(texts.VIDEOS)]
            for place, submission in enumerate(held.submissions[:4], 1):
                moment = slots[place].starts_at
                acts.append(
                    (moment, partial(self._book, forum.slug, found, place, submission.author, submission.title))
                )
                words = partial(self._record, held, found, place, submission, video)
                acts.append((at(forum.held_on + 3 * DAY, 10, place), words))
        people = self.stage.rng.randint(15, 60)
        acts.append((begins + HOUR / 4, partial(self._count, forum.slug, found, 0, people)))
        return acts

    def _broadcast(self, held: Held) -> list[Act]:
        turn = self.turn["broadcast"]
        chapters = [
            {"at": second, "title": title.format(**held.names())}
            for second, title in texts.CHAPTERS[turn % len(texts.CHAPTERS)]
        ]
        video, day = texts.VIDEOS[turn % len(texts.VIDEOS)], held.forum.held_on
        shown = replace(plan_of(held.forum), link=video, chapters=chapters, starts_at=at(day, 19), ends_at=at(day, 20))
        return [(at(held.forum.ended_on + DAY, 10), partial(planning.edit, self.stage.intake, held.forum.slug, shown))]

    def _notice(self, held: Held) -> list[Act]:
        if self.turn["notice"] % 5:
            return []
        lines = [f'{place},"{one.title}","{one.answer}"' for place, one in enumerate(held.topic.wordings, 1)]
        table = "\r\n".join(["번호,의견,답변", *lines]).format(**held.names())
        moment = at(held.forum.held_on, 11)
        return [(moment, partial(self._attach, held.forum, f"{held.topic.name} 의견과 답변.csv", table))]

    def _supports(self, held: Held) -> list[Act]:
        rng, acts = self.stage.rng, list[Act]()
        crowd = rng.sample(self.stage.citizens, CROWD)
        for submission in held.submissions:
            for person in rng.sample(crowd, rng.choice(SUPPORTS)):
                moment = at(
                    min(submission.received_on + rng.randint(0, 5) * DAY, self.stage.today - DAY), rng.randint(18, 22)
                )
                acts.append((moment, partial(supporting.support, person, f"submission/{self.numbers[submission]}")))
        return acts

    def _thread(self, submission: PastSubmission) -> list[Act]:
        number, rng = self.numbers[submission], self.stage.rng
        thread = self.threads.get(number)
        if thread is None:
            return []
        said: list[int] = []
        day = min(submission.received_on + rng.randint(1, 6) * DAY, self.stage.today - 4 * DAY)
        moment = at(day, rng.randint(7, 21), rng.randint(0, 59))
        acts: list[Act] = [(moment, partial(self._say, rng.choice(self.stage.citizens), number, thread.comment, said))]
        for place, text in enumerate(thread.answers, 1):
            official = self.stage.of_id(submission.department_id) if submission.department_id else self.stage.intake
            who = official if text.startswith("@") else rng.choice(self.stage.citizens)
            later = moment + place * rng.randint(3, 26) * HOUR
            acts.append((later, partial(self._say, who, number, text.removeprefix("@"), said)))
        return acts

    async def _commitments(self, held: Held) -> None:
        rows = await database.fetch(
            "SELECT c.number, c.title, c.department_id, c.due_on, c.created_at FROM commitment c "
            "JOIN forum f ON f.id = c.forum_id WHERE f.slug = ? AND c.open = ? AND c.owner_id IS NULL ORDER BY c.id",
            held.forum.slug,
            True,
        )
        for row in rows:
            made = database.moment(row["created_at"]).astimezone(config.settings().zone)
            due = date.fromisoformat(str(row["due_on"]))
            await self._come_along(row["number"], row["title"], row["department_id"], made, due)

    async def _come_along(self, number: str, title: str, department: int, made: datetime, due: date) -> None:
        """Give a commitment its owner, steps and money, and do of it what should be done by now."""
        place, rng, owner = next(self.open), self.stage.rng, self.stage.of_id(department)
        lines = steps_between(texts.STEPS[place % len(texts.STEPS)], made.date(), due)
        budget, detail = texts.BUDGETS[place % len(texts.BUDGETS)], texts.DETAILS[place % len(texts.DETAILS)]
        planned = MakeCommitment(title, owner.username, due, detail, budget, lines)
        with clock.at(min(made + 2 * DAY, clock.now())):
            await committing.edit(owner, number, EditCommitment(**vars(planned)))
        await self._steps(owner, number)
        if place in DROPPED:
            await committing.drop(owner, number, TextOnly(texts.DROPPED[place % len(texts.DROPPED)]))
        elif place in MOVED:
            kept = await Step.filter(commitment__number=number).order_by("position")
            after = MakeCommitment(title, owner.username, due + 45 * DAY, detail, budget,
                            [StepLine(step.text, step.due_on, step.id) for step in kept])  # fmt: skip
            await committing.edit(owner, number, EditCommitment(**vars(after), reason=rng.choice(texts.MOVED)))

    async def _steps(self, owner: Official, number: str, until: date | None = None) -> None:
        """Note every step as done whose day has come; the last one is for who finishes it all."""
        rows = await Step.filter(commitment__number=number).order_by("position")
        for step in rows[:-1]:
            if step.due_on and step.due_on < (until or self.stage.today):
                with clock.at(at(step.due_on, 16)):
                    await committing.do_step(owner, number, DoStep(step.id))

    async def _decide(self, held: Held, decision: texts.Decision, place: int) -> None:
        """Decide something on the spot, and follow it until it is solved."""
        names, moment = held.names(), clock.now()
        owner = self.stage.answerer(decision.department)
        made = held.forum.ended_on
        due = made + (40 + place * 7 % 60) * DAY
        lines = steps_between(decision.steps, made, due)
        wanted = MakeCommitment(
            decision.title.format(**names), owner.username, due, decision.text, decision.budget, lines
        )
        department = self.stage.departments[decision.department]
        number = await committing.decide(owner, held.forum.slug, wanted, department)
        await self._steps(owner, number)
        done = due - place % 4 * DAY
        if done < self.stage.today:
            files = await self._evidence(decision, names) if place % 3 == 0 else []
            with clock.at(max(moment, at(done, 17))):
                await committing.finish(owner, number, Finish(decision.evidence, done_on=done), files)

    async def _evidence(self, decision: texts.Decision, names: Mapping[str, str]) -> list[StoredFile]:
        text = (
            f"완료 확인서\n\n{decision.title.format(**names)}\n{decision.evidence}\n주민 대표와 담당자가 함께 확인함.\n"
        )
        return [await text_file("완료 확인서.txt", text)]

    async def _sessions(self, slug: str, new: list[NewSession], found: list[int]) -> None:
        found += await sessions.add(self.stage.intake, slug, new)

    async def _count(self, slug: str, found: Sequence[int], place: int, people: int) -> None:
        await checking_in.count(self.stage.clerk, slug, found[place], people)

    async def _book(self, slug: str, found: Sequence[int], place: int, name: str, topic: str) -> None:
        await checking_in.book(self.stage.clerk, slug, found[place], Book(name, topic, here=True))

    async def _record(
        self, held: Held, found: Sequence[int], place: int, submission: PastSubmission, video: str
    ) -> None:
        first, more, last = texts.SPOKEN[place % len(texts.SPOKEN)]
        words = f"{first.format(**held.names())}\n\n{submission.text} {more}\n\n{last}"
        await sessions.keep_record(self.stage.clerk, held.forum.slug, found[place], KeepRecord(video, words))

    async def _attach(self, forum: PastForum, name: str, text: str) -> None:
        await planning.edit(self.stage.intake, forum.slug, plan_of(forum), add=[await text_file(name, text)])

    async def _say(self, who: object, number: str, text: str, said: list[int]) -> None:
        comment, _parent = await commenting.on_submission(who, number, Say(text, parent=said[0] if said else None))  # type: ignore[arg-type]
        said.append(comment)


def steps_between(words: Sequence[str], first: date, last: date) -> list[StepLine]:
    """Steps with days that lie evenly between the commitment and its own day."""
    span = (last - first).days
    return [StepLine(text, first + timedelta(days=span * turn // len(words))) for turn, text in enumerate(words, 1)]


def plan_of(forum: PastForum) -> PlanForum:
    """A past forum as it was planned, so that it can be edited without changing what it was."""
    return PlanForum(
        forum.kind, forum.title, forum.summary, forum.body, forum.language, forum.department_id, forum.district,
        forum.place, forum.panel, starts_at=at(forum.held_on, 10), ends_at=at(forum.ended_on, 18),
    )  # fmt: skip
