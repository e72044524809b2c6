"""What goes on in the demonstration city's forums just now, acted out by people through the real actions.

A discussion with submissions and comments, a listening forum next week with a waiting list, a speaker's corner with
slots, a broadcast, a citizen's proposal, and work for the desk: submissions to assign, a held text, a hidden one and
its appeal.
"""

from datetime import datetime, time, timedelta

from forums import rules
from forums.actions import (
    answering,
    assigning,
    commenting,
    crossing,
    deciding,
    merging,
    moderating,
    planning,
    proposing,
    registering,
    sessions,
    speaking,
    supporting,
)
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Assign, Merge, TextOnly
from forums.forms.committing import MakeCommitment, StepLine
from forums.forms.crossing import BecomePetition
from forums.forms.moderating import AppealHiding, Decide, ReportText
from forums.forms.places import NewSession
from forums.forms.planning import PlanForum
from forums.forms.proposing import ProposeForum
from forums.forms.speaking import Say, Submit
from forums.states import TextAction
from server.core import clock, config, database
from server.crossing import WAYS
from server.demo.forums.stage import Stage

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

IDEAS = (
    (
        "idea",
        "빈 가게를 공부방으로",
        "시장 2층 빈 가게를 중학생 공부방으로 쓰면 어떨까요? 저녁에 불이 켜져 있으면 골목도 덜 무섭습니다.",
    ),
    ("for", "저녁 8시까지라도", "도서관이 너무 일찍 닫습니다. 8시까지만 열어도 퇴근하고 들를 수 있어요."),
    (
        "against",
        "지금도 사람이 모자랍니다",
        "사서 선생님들이 벌써 지쳐 있습니다. 여는 시간을 늘리기 전에 사람부터 뽑아 주세요.",
    ),
    ("idea", "무인 반납함 먼저", "밤에는 반납함만 늘려도 됩니다. 역마다 하나씩 두면 좋겠습니다."),
    ("for", "야간 열람실이 필요해요", "시험 기간에는 자리가 없어 카페를 전전합니다. 밤 10시까지 열람실을 열어 주세요."),
    ("for", "밤 열람실을 열어 주세요", "시험 기간에 자리가 없어요. 열람실만이라도 밤 10시까지 열면 좋겠습니다."),
    ("idea", "책 대신 이야기", "한 달에 한 번, 밤 도서관에서 작가와 이야기하는 자리를 만들어 주세요."),
    ("against", "전기료를 생각하면", "큰 건물을 밤새 밝히는 데 드는 돈을 먼저 알려 주세요."),
)
COMMENTS = (
    ("저도 같은 생각입니다. 특히 겨울에는 갈 곳이 없어요.", "가족과 이야기해 보고 왔습니다. 저희 집은 찬성이 셋, 반대가 하나입니다.", ((31, "겨울 저녁만이라도 먼저 해 보면 좋겠네요."),)),
    ("우리 동네는 이미 8시까지 엽니다. 이용자가 정말 늘었어요.", "다섯 곳 이름을 알려 주실 수 있나요?", ((32, "어느 도서관인가요?"), (13, "나루터로에 있는 작은도서관입니다."))),
    ("주말에는 어떻게 되나요?", "지난해 이용 통계도 함께 보여 주세요.", ((-1, "주말은 지금처럼 오후 6시까지입니다."), (14, "답해 주셔서 고맙습니다."))),
    ("사서 선생님 말씀도 들어 보면 좋겠습니다.", "밤에 혼자 근무하시게 되지는 않을지 걱정입니다.", ((33, "다음 달 공론장에 모시면 어떨까요?"),)),
)  # fmt: skip
"""On the second idea; on the discussion itself at the same time; and what was answered, by whom (-1: the city)."""
DRAIN = (
    "후문 앞 빗물받이 뚜껑이 빠져 있습니다",
    "물레초등학교 후문 앞 빗물받이 뚜껑 하나가 깨져 빠져 있습니다. 아이들 발이 빠질 만한 크기라 급합니다.",
)
"""What is for one department and soon, not for a forum."""


class Present:
    """Plays the last days and the coming ones."""

    def __init__(self, stage: Stage, now: datetime) -> None:
        self.officials, self.departments = stage.officials, stage.departments
        self.citizens = stage.citizens
        self.now = now

    async def play(self) -> None:
        """All of it."""
        async with database.transaction():
            slug, numbers = await self._discuss()
            await self._moderate(slug, numbers)
            await self._answer(numbers)
            await self._announce()
            await self._propose()

    def _planned(self, kind: str, title: str, body: str, **more: object) -> PlanForum:
        department = self.departments[str(more.pop("department", "culture"))]
        return PlanForum(kind, title, body=body, department_id=department, **more)  # type: ignore[arg-type]

    async def _open(self, command: PlanForum, *, begun: bool = False) -> str:
        intake = self.officials["intake"]
        slug = await planning.plan(intake, command)
        await planning.publish(intake, slug)
        if begun:
            await planning.start(intake, slug)
        return slug

    async def _discuss(self) -> tuple[str, list[str]]:
        with clock.at(self.now - 9 * DAY):
            slug = await self._open(
                self._planned(
                    "discussion", "도서관을 밤에도 열까요?",
                    "시립도서관 다섯 곳을 밤에도 여는 안을 두고 의견을 듣습니다. 찬성과 반대, 다른 생각을 남겨 주세요.",
                    summary="시립도서관 야간 개방, 시민은 어떻게 생각하시나요?", starts_at=self.now - 9 * DAY,
                    ends_at=self.now + 19 * DAY,
                ),
                begun=True,
            )  # fmt: skip
        numbers = []
        for place, (stance, title, text) in enumerate(IDEAS):
            with clock.at(self.now - 8 * DAY + place * 7 * HOUR):
                numbers.append(await speaking.submit(self.citizens[place], slug, Submit(title, text, stance)))
        for place, number in enumerate(numbers):
            for supporter in self.citizens[place + 2 : place + 52 - place * 5]:
                await supporting.support(supporter, f"submission/{number}")
        for place, (text, aside, answers) in enumerate(COMMENTS):
            with clock.at(self.now - 5 * DAY + place * 3 * HOUR):
                said, _thread = await commenting.on_submission(self.citizens[12 + place], numbers[1], Say(text))
                await commenting.on_forum(self.citizens[16 + place], slug, Say(aside))
            for turn, (who, answer) in enumerate(answers, 1):
                with clock.at(self.now - 5 * DAY + place * 3 * HOUR + turn * HOUR):
                    speaker = self.officials["culture1"] if who < 0 else self.citizens[who]
                    await commenting.on_submission(speaker, numbers[1], Say(answer, parent=said))
        return slug, numbers

    async def _moderate(self, slug: str, numbers: list[str]) -> None:
        intake = self.officials["intake"]
        loud = self.citizens[20]
        with clock.at(self.now - 3 * DAY):
            advert, _none = await commenting.on_forum(
                loud, slug, Say("책 읽을 시간에 저희 학원으로 오세요. 첫 달 반값입니다!")
            )
            await moderating.report(
                f"participant:{self.citizens[3].id}", f"comment/{advert}", ReportText("advert", "학원 광고입니다.")
            )
            hide = Decide(TextAction.HIDE, "advert", "학원을 알리는 글이라 가렸습니다.")
            await deciding.decide(intake, f"comment/{advert}", hide)
        with clock.at(self.now - 2 * DAY):
            await moderating.appeal(
                loud,
                f"comment/{advert}",
                AppealHiding("광고가 아니라 공부 이야기를 하려던 것입니다. 다시 보아 주세요."),
            )
            await moderating.report("browser:demo", f"submission/{numbers[-1]}", ReportText("off_topic", ""))

    async def _answer(self, numbers: list[str]) -> None:
        intake, culture = self.officials["intake"], self.departments["culture"]
        with clock.at(self.now - 4 * DAY):
            for number in numbers[:5]:
                await assigning.assign(intake, number, Assign(culture))
            await merging.merge(intake, numbers[5], Merge(numbers[4]))
        today = self.now.date()
        with clock.at(self.now - 1 * DAY):
            commitment = MakeCommitment(
                "역마다 무인 반납함", "culture1", today + timedelta(days=120), "지하철역 여섯 곳에 무인 반납함을 둡니다.",
                "도서관 운영비 4,800만 원",
                (StepLine("역과 자리 협의", today + timedelta(days=30)), StepLine("설치", today + timedelta(days=100))),
            )  # fmt: skip
            command = GiveAnswer("adopted", "역 여섯 곳에 무인 반납함을 두겠습니다.", commitment)
            await answering.answer(self.officials["culture1"], numbers[3], command)
            await answering.answer(
                self.officials["culture1"], numbers[4],
                GiveAnswer("under_study", "두 곳에서 석 달 동안 시험한 뒤 정하겠습니다.", study_until=today + timedelta(days=90)),
            )  # fmt: skip

    async def _announce(self) -> None:
        zone, day = config.settings().zone, self.now.date()
        begins = datetime.combine(day + timedelta(days=6), time(19), zone)
        intake = self.officials["intake"]
        with clock.at(self.now - 3 * DAY):
            slug = await self._open(
                self._planned(
                    "listening", "걸어서 가는 학교 길", "아이들이 걸어서 다니는 길을 함께 고칩니다. 의견은 미리 남기셔도 됩니다.",
                    summary="통학로를 걷는 사람에게 듣습니다.", department="roads", district="naru", place="나루구청 대강당",
                    panel=("주아라 (학부모)", "한이든 (보행환경연구원)", "도로과장"), starts_at=begins, ends_at=begins + 2 * HOUR,
                )
            )  # fmt: skip
            (hall,) = await sessions.add(
                intake, slug, [NewSession("대강당", begins, begins + 2 * HOUR, "나루구청 대강당", 20)]
            )
            for citizen in self.citizens[:24]:
                await registering.register(citizen, hall, "")
            await self._as_a_petition(slug)
            saturday = datetime.combine(day + timedelta(days=(5 - day.weekday()) % 7 + 7), time(14), zone)
            stage = await self._open(
                self._planned(
                    "speakers_corner", "큰우물공원 시민발언대", "한 분이 10분씩 말씀하십니다. 미리 예약하거나 그냥 오셔도 됩니다.",
                    department="autonomy", district="hanbit", place="큰우물공원 야외무대", starts_at=saturday,
                    ends_at=saturday + 2 * HOUR,
                )
            )  # fmt: skip
            slots = [
                NewSession("", start, end, "큰우물공원 야외무대", 1, "walk_in" if kept else "slot")
                for start, end, kept in rules.slots(saturday, saturday + 2 * HOUR, 4)
            ]
            booked = await sessions.add(intake, stage, slots)
            await registering.register(self.citizens[5], booked[0], "골목 가게 이야기")
            shown = datetime.combine(day + timedelta(days=3), time(10), zone)
            await self._open(
                self._planned(
                    "broadcast", "내년 살림, 함께 봅니다", "예산안을 시민과 함께 살펴보는 방송입니다. 보시면서 의견을 남겨 주세요.",
                    department="planning", place="시청 영상실", panel=("도시계획과장", "시민 재정위원"), starts_at=shown,
                    ends_at=shown + 2 * HOUR, link="https://www.youtube.com/watch?v=aqz-KE-bpKQ",
                )
            )  # fmt: skip
            await self._open(
                self._planned(
                    "notice", "도서관 야간 개방 토론을 열었습니다",
                    "다음 달까지 누구나 의견을 남길 수 있습니다. 나온 의견은 하나하나 답하고, 하기로 한 일은 약속으로 공개합니다.",
                )
            )  # fmt: skip

    async def _as_a_petition(self, slug: str) -> None:
        """A submission that cannot wait for the day: its author agrees that it goes on as a petition."""
        author = self.citizens[40]
        number = await speaking.submit(author, slug, Submit(*DRAIN, "idea"))
        with clock.at(self.now - 2 * DAY):
            await assigning.assign(self.officials["intake"], number, Assign(self.departments["roads"]))
            why = TextOnly("아이들이 다칠 수 있어 기다릴 수 없는 일입니다. 민원으로 내시면 도로과가 바로 갑니다.")
            await crossing.propose(self.officials["handler"], number, why)
        with clock.at(self.now - 1 * DAY):
            await crossing.petition(author, number, BecomePetition(author.name), WAYS)

    async def _propose(self) -> None:
        intake = self.officials["intake"]
        with clock.at(self.now - 4 * DAY):
            slug = await proposing.propose(
                self.citizens[7],
                ProposeForum(
                    "discussion",
                    "초등학교 앞 문구점을 살릴 수 있을까요?",
                    "문구점이 하나둘 사라집니다. 함께 이야기해 봅시다.",
                    "ko",
                ),
            )
            await proposing.propose(
                self.citizens[8],
                ProposeForum(
                    "listening", "밤에 일하는 사람들의 이동", "새벽에 출퇴근하는 사람의 이야기를 들어 주세요.", "ko",
                    ("새벽버스 (환경미화원)",), "solme", "솔메구청", self.now + 30 * DAY,
                ),
            )  # fmt: skip
        for citizen in self.citizens[9:22]:
            await supporting.support(citizen, f"forum/{slug}")
        with clock.at(self.now - 40 * DAY):
            stars = await proposing.propose(
                self.citizens[41],
                ProposeForum(
                    "speakers_corner",
                    "별마당공원에도 시민발언대를",
                    "해오름구에도 말할 자리를 열어 주세요.",
                    "ko",
                    (),
                    "haeoreum",
                ),
            )
            lottery = await proposing.propose(
                self.citizens[42],
                ProposeForum(
                    "discussion",
                    "시장을 제비뽑기로 정할까요?",
                    "투표 대신 제비뽑기로 시장을 정하자는 이야기를 해 봅시다.",
                    "ko",
                ),
            )
        with clock.at(self.now - 30 * DAY):
            await proposing.accept(
                intake, stars, TextOnly("좋은 생각입니다. 봄에 엽니다. 날과 시간을 정하면 이곳에 알리겠습니다.")
            )
            await proposing.decline(
                intake, lottery, TextOnly("시장을 어떻게 뽑는지는 법률이 정하고 있어 시의 공론장에서 정할 수 없습니다.")
            )
        with clock.at(self.now - 20 * DAY):
            storm = await self._open(
                self._planned(
                    "listening", "강변 산책길을 걸으며 듣습니다", "산책길에서 만나 함께 걷습니다.", department="sewage", district="mulbit",
                    place="오리못공원 정문", starts_at=self.now - 11 * DAY,
                )
            )  # fmt: skip
        with clock.at(self.now - 12 * DAY):
            await planning.cancel(
                intake,
                storm,
                TextOnly("호우 특보로 산책길이 통제되어 열지 않습니다. 같은 주제로 봄에 다시 모시겠습니다."),
            )
