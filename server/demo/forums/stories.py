"""Two forums of the last months told in full by the real actions, from the plan to what was made of each submission.

A listening forum after the rains, with places, a waiting list, a clerk who takes down what is said, joined submissions
and a commitment whose author says that it is not kept; and a discussion that a petition led to, with submissions that
were hidden.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from forums.actions import (
    answering,
    assigning,
    checking_in,
    commenting,
    committing,
    crossing,
    deciding,
    merging,
    moderating,
    planning,
    registering,
    sessions,
    speaking,
    supporting,
    transcribing,
)
from forums.actions.places import slot_of
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Merge, TextOnly
from forums.forms.committing import DoStep, Finish, MakeCommitment
from forums.forms.crossing import MakeTopic
from forums.forms.moderating import AppealHiding, Decide
from forums.forms.places import NewSession
from forums.forms.planning import PlanForum, WriteMinutes
from forums.forms.speaking import Say, Submit
from forums.forms.transcribing import Transcribe
from forums.models import Commitment, Step
from forums.states import TextAction
from server.core import clock, config, database
from server.core.booking import reading
from server.core.participants.people import Person
from server.crossing import WAYS
from server.demo.forums.beside import steps_between
from server.demo.forums.stage import Stage, at, text_file

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

BEFORE = (
    ("빗물받이에 그물망을", "담배꽁초와 낙엽이 빗물받이를 막습니다. 그물망을 씌우면 손으로 걷어 낼 수 있습니다."),
    ("솔고개로 배수관이 좁아요", "비가 한 시간만 세게 와도 솔고개로 사거리가 무릎까지 잠깁니다. 배수관을 키워 주세요."),
    ("모래주머니 두는 곳", "모래주머니가 주민센터에만 있어 차 없는 사람은 못 가져옵니다. 골목 입구에 두면 좋겠습니다."),
    ("하천 산책로 통제를 빨리", "물이 이미 찬 뒤에야 줄을 칩니다. 비가 오기 전에 막아 주세요."),
)
SPOKEN = (
    "빗물받이가 막혀 가게에 물이 들어왔습니다. 저희가 밤새 퍼냈어요.",
    "빗물받이 청소를 장마 전에 한 번 더 해 주십시오.",
    "반지하에 사는데 문자 알림이 새벽에 와서 못 봤습니다. 사이렌이라도 울려 주세요.",
    "댐 물을 내릴 때 우리 동네에도 미리 알려 주면 좋겠습니다.",
    "하수구 뚜껑이 비 오는 날 들썩거립니다.",
)
SUBMISSIONS = (
    (
        "for",
        "우리 동네도 똑같습니다",
        "같은 일을 세 번 겪었습니다. 한 사람의 건의로 끝나지 않고 함께 이야기하게 되어 반갑습니다.",
    ),
    ("idea", "한 곳에서 먼저 해 봅시다", "한 동네에서 석 달만 해 보고, 잰 것을 모두에게 보여 준 다음 넓히면 어떨까요?"),
    ("against", "돈을 먼저 따져 주세요", "좋은 뜻은 알지만 해마다 드는 돈이 얼마인지 나와야 찬성할 수 있습니다."),
    (
        "idea",
        "주민이 돌아가며 살피기",
        "시설만 해 놓고 아무도 안 보면 금세 망가집니다. 동네마다 두 사람씩 돌아가며 살피겠습니다.",
    ),
    ("idea", "작게 시작해 넓히기", "우선 한 동에서 시험해 보고 결과를 공개한 뒤에 다른 동으로 넓혀 주십시오."),
)
TALK = (
    ("저희 아파트에서도 뜻을 모으고 있습니다. 먼저 하는 곳에 손들겠습니다.", "어느 동인지 알려 주시면 같이 가 보겠습니다.", "종루동입니다. 토요일 아침이 좋습니다."),
    ("잴 때 주말도 넣어 주세요. 평일과 아주 다릅니다.", "@평일과 주말을 나누어 재겠습니다."),
    ("지난 예산서를 보니 비슷한 일에 2억이 들었습니다.", "그중 절반은 한 번만 드는 돈이던데요."),
)  # fmt: skip
HIDDEN = (
    ("반대하는 사람들은", "반대하는 사람들은 머리가 나쁜 게 분명합니다. 그런 사람은 입을 다물어야 합니다.", "insult", "생각이 다른 사람을 깎아내리는 말이라 가렸습니다."),
    ("이 사람이 문제입니다", "3층에 사는 그 집 아주머니가 이혼하고 나서 날마다 이럽니다. 다들 아시지요?", "personal", "한 사람의 사생활을 밝히는 글이라 가렸습니다."),
    ("저희 업체를 써 보세요", "같은 시설을 만드는 조합에서 일합니다. 조합원이 아니어도 견본을 보러 오실 수 있습니다.", "advert", "업체를 알리는 글로 보여 가렸습니다."),
)  # fmt: skip


class Stories:
    """Plays both."""

    def __init__(self, stage: Stage, now: datetime) -> None:
        self.stage = stage
        self.now = now

    async def play(self) -> None:
        """All of it."""
        async with database.transaction():
            await self._after_the_rains(self.stage.today - 75 * DAY)
        async with database.transaction():
            await self._from_a_petition()

    async def _after_the_rains(self, day: date) -> None:
        day -= max(0, day.weekday() - 4) * DAY
        plan = PlanForum(
            "listening", "장마가 남긴 것을 함께 봅니다", "물이 찬 골목을 함께 걷고, 내년 장마 전에 무엇을 고칠지 듣습니다.",
            "미리 남기신 의견부터 답합니다. 오전에는 솔고개로를 함께 걷습니다.", "ko", self.stage.departments["sewage"],
            "solme", "솔메구청 강당", ("너른샘 (하천활동가)", "문가람 (반지하 주민)", "하천하수과장"),
            starts_at=at(day, 14), ends_at=at(day, 16), link="https://www.youtube.com/watch?v=eRsGyueVLvQ",
        )  # fmt: skip
        with clock.at(at(day - 14 * DAY, 10)):
            slug = await planning.plan(self.stage.intake, plan)
            await planning.publish(self.stage.intake, slug)
            walk, hall = await sessions.add(
                self.stage.intake, slug,
                [
                    NewSession("솔고개로 함께 걷기", at(day, 10), at(day, 11, 30), "솔고개로 사거리", 8, "visit"),
                    NewSession("강당", at(day, 14), at(day, 16), "솔메구청 강당", 12),
                ],
            )  # fmt: skip
        people = self.stage.citizens[60:90]
        await self._places(day, walk, hall, people)
        numbers = []
        for place, (title, text) in enumerate(BEFORE):
            with clock.at(at(day - (6 - place) * DAY, 20)):
                numbers.append(await speaking.submit(people[place], slug, Submit(title, text, "idea", "solme")))
                for person in people[place + 4 : place + 16 - place * 3]:
                    await supporting.support(person, f"submission/{numbers[-1]}")
        numbers += await self._evening(slug, day, walk, hall)
        with clock.at(at(day + DAY, 11)):
            lines = "\n".join(f"{place}. {text}" for place, text in enumerate(SPOKEN, 1))
            minutes = f"솔고개로를 함께 걷고 강당에서 이어 들음.\n\n{lines}\n\n미리 남기신 네 건에는 그 자리에서 답함."
            await planning.write_minutes(self.stage.clerk, slug, WriteMinutes(minutes))
            record = await text_file(
                "현장에서 본 것.txt", "솔고개로 사거리: 빗물받이 열한 곳 가운데 여섯 곳이 막혀 있음.\n"
            )
            await planning.edit(self.stage.intake, slug, plan, add=[record])
        await self._rains_answered(day, numbers, people)

    async def _places(self, day: date, walk: int, hall: int, people: Sequence[Person]) -> None:
        with clock.at(at(day - 9 * DAY, 19)):
            for person in people[:8]:
                await registering.register(person, walk)
            codes = [await registering.register(person, hall) for person in people[:13]]
        with clock.at(at(day - 4 * DAY, 12)):
            await registering.cancel_registration(people[2], codes[2])
        with clock.at(at(day - 4 * DAY, 14)):
            await registering.accept(people[12], codes[12])

    async def _evening(self, slug: str, day: date, walk: int, hall: int) -> list[str]:
        """The day itself: who was there, and what a clerk took down; the numbers of that."""
        clerk = self.stage.clerk
        for session, minute, more in ((walk, at(day, 9, 55), 5), (hall, at(day, 13, 50), 21)):
            guests = await reading.expected((await slot_of(session))[0])
            rows = sorted((guest for guest in guests if guest.status == "confirmed"), key=lambda guest: guest.id)
            with clock.at(minute):
                for row in rows[:-2]:
                    await checking_in.check_in(clerk, slug, session, row.id)
                await checking_in.count(clerk, slug, session, more)
        with clock.at(at(day, 14)):
            await planning.start(clerk, slug)
        numbers = []
        for turn, text in enumerate(SPOKEN, 1):
            with clock.at(at(day, 14, 10 + turn * 9)):
                line = Transcribe(text, "idea", "floor", hall, turn)
                numbers.append(await transcribing.transcribe(clerk, slug, line, f"demo {turn}"))
        with clock.at(at(day, 16, 5)):
            await planning.close(clerk, slug)
        return numbers

    async def _rains_answered(self, day: date, numbers: list[str], people: Sequence[Person]) -> None:
        sewage, official = self.stage.departments["sewage"], self.stage.answerer("sewage")
        net, pipe, sand, path, shop, cleaning, siren, dam, lid = numbers
        with clock.at(at(day + 2 * DAY, 10)):
            await assigning.assign_many(self.stage.intake, dict.fromkeys(numbers, sewage))
            await merging.merge_many(self.stage.intake, [shop, cleaning], net)
        due, later = day + 55 * DAY, self.stage.today + 80 * DAY
        kept = self._commitment(
            "빗물받이 그물망 120개", "sewage", day + 15 * DAY, due, "재난관리기금 960만 원", "자리 조사", "그물망 설치"
        )
        wide = self._commitment(
            "솔고개로 배수관 40미터 키우기",
            "sewage",
            day + 15 * DAY,
            later,
            "시비 1억 2,000만 원",
            "설계",
            "계약",
            "굴착과 교체",
            "도로 복구",
        )
        bags = self._commitment(
            "골목 입구 모래주머니 보관함 18곳",
            "sewage",
            day + 15 * DAY,
            day + 45 * DAY,
            "재료비 540만 원",
            "자리 정하기",
            "보관함 설치",
        )
        answers = {
            net: GiveAnswer("adopted", "막히는 곳부터 120개에 그물망을 씌우겠습니다. 청소도 장마 전에 두 번 합니다.", kept),
            pipe: GiveAnswer("adopted", "걸으면서 함께 본 사거리부터 배수관을 키우겠습니다.", wide),
            sand: GiveAnswer("partly_adopted", "자리가 있는 열여덟 골목부터 보관함을 두겠습니다.", bags),
            path: GiveAnswer(
                "already_done", "올해부터 비가 예보되면 여섯 시간 전에 막고 있습니다.", link="https://example.org/stream-paths"
            ),
            siren: GiveAnswer("under_study", "사이렌이 들리는 범위를 재고 있습니다.", study_until=self.stage.today + 50 * DAY),
            dam: GiveAnswer("out_of_scope", "방류는 수자원공사가 정합니다. 알림을 함께 받도록 요청했습니다.", moved_to="한국수자원공사"),
            lid: GiveAnswer("not_adopted", "뚜껑을 잠그면 물이 빠지지 않아 위험합니다. 대신 밟아도 뒤집히지 않는 것인지 모두 살폈습니다."),
        }  # fmt: skip
        for place, (number, answer) in enumerate(answers.items()):
            with clock.at(at(day + (14 + place) * DAY, 15)):
                await answering.answer(official, number, answer)
        await self._go_on(net, due - 2 * DAY, "막히는 곳 120군데에 씌웠습니다. 설치한 곳은 지도에서 보실 수 있습니다.")
        await self._go_on(pipe)
        await self._go_on(sand, day + 44 * DAY, "골목 열여덟 곳에 보관함을 두고 모래주머니 스무 개씩을 넣었습니다.")
        with clock.at(at(due + 3 * DAY, 21)):
            contested = TextOnly("우리 골목 세 곳은 아직 그대로입니다. 지도에는 씌웠다고 나옵니다.")
            await committing.contest(people[0], await self._commitment_of(net), contested)

    async def _from_a_petition(self) -> None:
        rows = await database.fetch(
            "SELECT c.reference, c.title, c.department_id, c.answered_at FROM petition_case c WHERE c.kind = ? "
            "AND c.public = ? AND c.language = ? AND c.status IN (?, ?) AND c.answered_at IS NOT NULL "
            "ORDER BY c.answered_at LIMIT 2",
            *("suggestion", True, "ko", "answered", "closed"),
        )
        first, other = rows[0], rows[-1]
        zone = config.settings().zone
        begins = max(self.now - 130 * DAY, database.moment(first["answered_at"]).astimezone(zone) + 5 * DAY)
        ends, official = begins + 25 * DAY, self.stage.of_id(first["department_id"])
        title, about = f"{first['title']}: 함께 이야기해요", "한 시민의 건의에 답한 뒤, 다른 분들의 생각도 듣습니다."
        body = f"{about} 비슷한 일을 겪으신 분, 다르게 보시는 분 모두 남겨 주세요."
        with clock.at(begins):
            address = await crossing.make_topic(
                self.stage.intake, first["reference"], MakeTopic(title, body, "discussion"), WAYS
            )
            slug = address.rpartition("/")[2]
            plan = PlanForum(
                "discussion", title, about, body, "ko", first["department_id"], starts_at=begins, ends_at=ends
            )
            await planning.edit(self.stage.intake, slug, plan)
            await planning.publish(self.stage.intake, slug)
            await planning.start(self.stage.intake, slug)
            again = MakeTopic(
                f"이것도 함께: {other['title']}",
                "가까운 때에 온 다른 건의입니다. 같이 다루면 좋겠습니다.",
                "submission",
                slug,
            )
            if other is not first:
                await crossing.make_topic(self.stage.intake, other["reference"], again, WAYS)
        people = self.stage.citizens[90:120]
        numbers = await self._talk(slug, begins, people)
        await self._hide(slug, begins + 6 * DAY, people[20:])
        with clock.at(ends):
            await planning.close("system", slug)
        await self._decided(numbers, ends, people, official.department_id or 0)

    async def _talk(self, slug: str, begins: datetime, people: Sequence[Person]) -> list[str]:
        numbers = []
        for place, (stance, title, text) in enumerate(SUBMISSIONS):
            with clock.at(begins + (1 + place) * DAY):
                numbers.append(await speaking.submit(people[place], slug, Submit(title, text, stance)))
                for person in people[place + 3 : place + 15 - place * 2]:
                    await supporting.support(person, f"submission/{numbers[-1]}")
        for place, (text, *answers) in enumerate(TALK):
            with clock.at(begins + (7 + place) * DAY):
                comment, _none = await commenting.on_submission(people[6 + place], numbers[place], Say(text))
                await supporting.support(people[place], f"comment/{comment}")
            for turn, answer in enumerate(answers, 1):
                who = self.stage.intake if answer.startswith("@") else people[9 + place + turn % 2]
                with clock.at(begins + (7 + place) * DAY + turn * 5 * HOUR):
                    await commenting.on_submission(who, numbers[place], Say(answer.removeprefix("@"), parent=comment))
        return numbers

    async def _hide(self, slug: str, moment: datetime, people: Sequence[Person]) -> None:
        """Three submissions are hidden; one author's appeal is dismissed by another moderator, one is heard."""
        inspector = self.stage.officials["inspector"]
        subjects = []
        for place, (title, text, rule, reason) in enumerate(HIDDEN):
            with clock.at(moment + place * DAY):
                number = await speaking.submit(people[place], slug, Submit(title, text, "idea"))
                subjects.append(f"submission/{number}")
            with clock.at(moment + place * DAY + 3 * HOUR):
                await deciding.decide(self.stage.intake, subjects[-1], Decide(TextAction.HIDE, rule, reason))
        with clock.at(moment + 4 * DAY):
            await moderating.appeal(
                people[0], subjects[0], AppealHiding("화가 나서 쓴 말이지만 누구를 가리킨 것은 아닙니다.")
            )
            await moderating.appeal(
                people[2],
                subjects[2],
                AppealHiding("파는 곳이 아니라 주민이 만든 조합입니다. 견본도 무료로 보여 드립니다."),
            )
        with clock.at(moment + 5 * DAY):
            await deciding.decide(inspector, subjects[0], Decide(TextAction.UPHOLD))
            await deciding.decide(inspector, subjects[2], Decide(TextAction.SHOW))

    async def _decided(self, numbers: list[str], ends: datetime, people: Sequence[Person], department: int) -> None:
        official, code = self.stage.of_id(department), self._code(department)
        same, first, cost, watch, small = numbers
        with clock.at(ends + 2 * DAY):
            await assigning.assign_many(self.stage.intake, dict.fromkeys(numbers, department))
            await merging.merge(self.stage.intake, small, Merge(first))
        made, due = ends.date() + 20 * DAY, self.stage.today + 60 * DAY
        trial = self._commitment(
            "한 동에서 석 달 시범 운영",
            code,
            made,
            self.stage.today - 20 * DAY,
            "시범사업비 3,000만 원",
            "동 정하기",
            "시범 운영",
            "결과 공개",
        )
        wardens = self._commitment(
            "동네 살핌이 두 사람씩", code, made, due, "자원봉사 활동비 1,400만 원", "모집", "교육", "활동 시작"
        )
        answers = {
            first: GiveAnswer("adopted", "한 동에서 석 달 해 보고 잰 것을 모두 공개하겠습니다.", trial),
            watch: GiveAnswer("adopted", "동마다 두 분씩 모시고 활동비를 드리겠습니다.", wardens),
            same: GiveAnswer("already_done", "겪으신 세 곳은 답을 드린 건의와 함께 고쳤습니다."),
            cost: GiveAnswer("partly_adopted", "드는 돈을 항목별로 공개하고, 시범 뒤에 다시 셈하겠습니다.",
                             self._commitment("드는 돈 항목별 공개", code, made, made + 30 * DAY, "", "자료 모으기", "누리집에 싣기")),
        }  # fmt: skip
        for place, (number, answer) in enumerate(answers.items()):
            with clock.at(at(ends.date() + (18 + place) * DAY, 14)):
                await answering.answer(official, number, answer)
        await self._go_on(cost, made + 25 * DAY, "항목별 비용표를 누리집에 실었습니다.")
        await self._go_on(watch)
        await self._go_on(first, self.stage.today - 25 * DAY, "석 달 동안 운영하고 결과를 공개했습니다.")
        number = await self._commitment_of(first)
        with clock.at(at(self.stage.today - 21 * DAY, 20)):
            await committing.contest(people[1], number, TextOnly("석 달이 아니라 두 달만 하고 걷어 갔습니다."))
        last = await Step.filter(commitment__number=number).order_by("-position").first()
        assert last is not None  # noqa: S101 — three were written
        with clock.at(at(self.stage.today - 9 * DAY, 11)):
            await committing.do_step(official, number, DoStep(last.id))

    def _commitment(
        self, title: str, department: str, made: date, due: date, budget: str, *steps: str
    ) -> MakeCommitment:
        owner = self.stage.answerer(department).username
        return MakeCommitment(title, owner, due, "", budget, steps_between(steps, made, due))

    async def _commitment_of(self, submission: str) -> str:
        return str(await Commitment.get(submission__number=submission).values_list("number", flat=True))

    async def _go_on(self, submission: str, done: date | None = None, evidence: str = "") -> None:
        """Do the steps of a submission's commitment whose days have come, and finish it on a day where one is named."""
        commitment = await Commitment.get(submission__number=submission)
        official = self.stage.of_id(commitment.department_id)
        for step in (await Step.filter(commitment_id=commitment.id).order_by("position"))[:-1]:
            if step.due_on and step.due_on < (done or self.stage.today):
                with clock.at(at(step.due_on, 16)):
                    await committing.do_step(official, commitment.number, DoStep(step.id))
        if done:
            with clock.at(at(done, 17)):
                await committing.finish(official, commitment.number, Finish(evidence, done_on=done))

    def _code(self, department: int) -> str:
        return next(code for code, id_ in self.stage.departments.items() if id_ == department)
