"""What departments of the demonstration city ask each other for (협조, 민원처리법 20조): by story, written by hand.

Only stories with a period of days are here: there is time to ask, and to reply.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from petitions.states import Action
from server.core.accounts import Role
from server.demo.people import staff
from server.demo.script import Payload
from server.demo.slots import ONE_DAY
from server.demo.telling import Telling, Unfit


@dataclass(frozen=True, slots=True)
class Consultation:
    """Which department is asked for what, and what it replies."""

    department: str
    text: str
    reply: str


PARTS: dict[str, Consultation] = {
    "roads-bike-path": Consultation(
        "sewage",
        "둑마루를 자전거길로 이으려는 제안입니다. 하천 점용이 가능한 구간인지, 계획홍수위에 걸리는 곳이 없는지 "
        "확인해 주시기 바랍니다.",
        "둑마루 높이가 계획홍수위보다 80cm 높아 포장과 점용이 가능합니다. 다만 배수문 앞 6m는 차량이 드나드는 길이므로 "
        "비워 두어야 합니다. 실시 설계 때 하천 점용 협의서를 보내 주시기 바랍니다.",
    ),
    "roads-bollard": Consultation(
        "safety",
        "시장 입구 두 곳에 볼라드를 세우려고 합니다. 소방차 진입로와 겹치는지, 겹친다면 어떤 형식이 가능한지 의견을 "
        "주시기 바랍니다.",
        "소방서와 함께 확인했습니다. 동쪽 입구는 소방차 진입로이므로 고정식은 안 되고, 열쇠로 빼는 탈착식이면 됩니다. "
        "서쪽 입구는 지장이 없습니다.",
    ),
    "roads-construction-delay": Consultation(
        "digital",
        "확장 공사 구간에서 도면에 없는 통신관로가 나왔습니다. 시의 자가통신망인지, 통신사 관로인지 관리대장을 확인해 "
        "주시기 바랍니다.",
        "시 자가통신망은 아니며 2000년대 초에 놓인 통신사 관로로 확인됩니다. 관리 담당자 연락처와 이설 절차를 정리해 "
        "내부망으로 보냈습니다.",
    ),
    "permit-road-scaffold": Consultation(
        "traffic",
        "외벽 공사용 비계를 인도에 세우는 도로점용 허가 신청입니다. 보행 통로 폭과 우회 안내가 충분한지, 주정차 구획과 "
        "겹치지 않는지 검토해 주시기 바랍니다.",
        "보행 통로 1.5m를 남기면 지장이 없습니다. 다만 앞쪽 거주자 우선 주차 2면을 공사 기간에 비워야 하므로 착공 사흘 "
        "전에 알려 주시기 바랍니다.",
    ),
    "permit-sign": Consultation(
        "roads",
        "인도 위로 나오는 돌출 간판의 허가 신청입니다. 보도에서 간판 아래까지의 높이와 가로등, 표지판과의 간격에 지장이 "
        "없는지 의견을 주시기 바랍니다.",
        "현장을 확인했습니다. 간판 아래쪽을 보도에서 3m 이상 띄우면 지장이 없습니다. 옆 가로등과는 1.2m 떨어져 있어 "
        "문제가 없습니다.",
    ),
    "permit-park-use": Consultation(
        "waste",
        "나눔 장터의 공원 점용 허가 신청에 붙은 쓰레기 처리 계획이 알맞은지, 행사 뒤 수거를 도울 수 있는지 검토해 "
        "주시기 바랍니다.",
        "분리 배출대 네 곳이면 충분합니다. 행사 다음 날 아침 7시에 수거 차량을 한 번 더 보내겠습니다.",
    ),
    "permit-development-refused": Consultation(
        "safety",
        "임야 형질 변경 신청지 아래에 마을이 있습니다. 산사태 위험 등급과 최근 피해 이력을 확인해 의견을 주시기 바랍니다.",
        "신청지 아래쪽 두 필지가 산사태 위험 1등급이며, 재작년 여름에 토사가 흘러내린 기록이 있습니다. 절토 규모를 "
        "생각하면 허가는 바람직하지 않습니다.",
    ),
    "planning-old-town": Consultation(
        "culture",
        "옛 거리의 벽돌 양조장이 근대 건축물로서 어떤 가치가 있는지, 문화재 등록이나 보존 지원이 가능한지 의견을 "
        "주시기 바랍니다.",
        "1938년에 지어진 건물로 앞면 벽과 굴뚝은 보존 가치가 높습니다. 소유자가 동의하면 등록문화재 신청과 수리비 지원이 "
        "가능합니다.",
    ),
    "traffic-public-lot-hours": Consultation(
        "economy",
        "시장 공영주차장의 첫 30분을 무료로 하자는 제안입니다. 시장 손님에게 미칠 효과와 상인회의 의견을 알려 주시기 "
        "바랍니다.",
        "상인회는 찬성합니다. 지난해 명절 무료 개방 때 시장 매출이 하루 평균 9% 늘었으므로 효과가 있을 것으로 봅니다.",
    ),
    "sewage-stepping-stones": Consultation(
        "parks",
        "산책로 둔치에 그늘나무를 심어 달라는 제안입니다. 물에 잠겨도 견디는 나무와 심을 수 있는 때를 알려 주시기 "
        "바랍니다.",
        "버드나무와 물푸레나무가 알맞고, 물길에서 7m 이상 떨어진 안쪽이면 됩니다. 심기는 3월이나 11월이 좋습니다.",
    ),
}
LONGER = "현장을 함께 볼 날이 늦게 정해져 며칠이 더 필요합니다. 서류 검토는 마쳤습니다."
BACK = "현장에서 확인되어 따로 검토하지 않으셔도 됩니다."


class CaseTelling(Telling):
    """A case being told, with consultations of other departments."""

    _part_due: date
    _part_handler: str

    def request_consultation(self) -> None:
        """The handler requests a consultation (협조, 민원처리법 20조)."""
        part = self._part()
        self._later(0.1, 2)
        self._part_due, _steps = self._calendar.add_working_days(
            self._moment.date() + ONE_DAY, self._rng.randrange(2, 5)
        )
        self._within_period(self._part_due)
        payload: Payload = {"department": part.department, "text": part.text, "due": self._part_due}
        self._act(Action.CONSULTATION, self._handler.username, payload)
        self._part_handler = self._rng.choice(staff(part.department, Role.HANDLER)).username

    def extend_consultation(self) -> None:
        """The consulted department extends its reply, by at most the original period."""
        self._later(4, 10)
        self._part_due, _steps = self._calendar.add_working_days(self._part_due + ONE_DAY, self._rng.randrange(1, 3))
        self._within_period(self._part_due)
        payload: Payload = {"due": self._part_due, "reason": LONGER}
        self._act(Action.CONSULTATION_EXTEND, self._part_handler, payload)

    def reply_to_consultation(self) -> None:
        """The consulted department replies in time."""
        closing = datetime.combine(self._part_due, time(18), self._moment.tzinfo)
        left = self._calendar.working_time_between(self._moment, closing)
        self._work_on(self._moment, left * self._rng.uniform(0.2, 0.9))
        self._act(Action.CONSULTATION_REPLY, self._part_handler, {"text": self._part().reply})

    def withdraw_consultation(self) -> None:
        """The handler withdraws the request."""
        self._later(1, 8)
        department = self._part().department
        self._act(Action.CONSULTATION_WITHDRAW, self._handler.username, {"department": department, "reason": BACK})

    def _within_period(self, day: date) -> None:
        due = self.due()
        if due is None or day > due.on:
            raise Unfit

    def _part(self) -> Consultation:
        if self.scenario.key not in PARTS:
            raise Unfit
        return PARTS[self.scenario.key]
