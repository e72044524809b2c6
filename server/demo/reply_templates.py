"""The prepared replies of the demonstration city, for all departments or one, for all kinds or one.

Placeholders are those of ``petitions.placeholders``. What the official has to write stands in square brackets.
"""

from dataclasses import dataclass
from typing import Literal

Purpose = Literal["answer", "request-supplement", "extend", "interim-notice", "transfer-out"]


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """A reply template."""

    code: str
    title: str
    text: str
    purpose: Purpose = "answer"
    department: str | None = None
    kind: str = ""
    """Empty for every kind."""
    language: str = "ko"
    reasons: str = ""
    remedies: str = ""


_OPENING = "안녕하십니까, {petitioner}님. 한여울시 {department}입니다. 접수번호 {reference}에 답해 드립니다.\n\n"
_CLOSING = "\n\n더 궁금하신 점은 담당자 {handler}({handler_phone})에게 언제든 문의해 주십시오. 감사합니다."

TEMPLATES: tuple[ReplyTemplate, ...] = (
    ReplyTemplate(
        "done",
        "현장 확인과 조치 완료",
        f"{_OPENING}알려 주신 곳을 {{today}} 확인한 결과 [확인한 내용]이었습니다. [조치한 내용]을 마쳤으며, [남은 일]은 "
        f"[날짜]까지 마치겠습니다.{_CLOSING}",
        kind="other",
    ),
    ReplyTemplate(
        "planned",
        "조치 계획 안내",
        f"{_OPENING}[확인한 내용]을 확인했습니다. 바로 고치기 어려운 까닭은 [까닭]이며, [계획]에 따라 [날짜]까지 "
        f"조치하겠습니다. 그때까지는 [임시 조치]를 하겠습니다.{_CLOSING}",
    ),
    ReplyTemplate(
        "inquiry",
        "질의에 대한 답변",
        f"{_OPENING}문의하신 [내용]은 다음과 같습니다.\n\n- [답변]\n- 근거: [법령과 조항]\n- 신청하는 곳과 서류: [안내]"
        f"{_CLOSING}",
        kind="inquiry",
    ),
    ReplyTemplate(
        "inquiry-law",
        "법령 해석 답변",
        f"{_OPENING}「[법령]」 제[ ]조의 해석에 관하여 답해 드립니다.\n\n1. 관련 규정: [조문]\n2. 검토: [해석]\n3. 결론: [결론]"
        f"\n\n이 답변은 제출하신 사실관계에 한정되며, 사실이 다르면 달라질 수 있습니다.{_CLOSING}",
        kind="inquiry_law",
    ),
    ReplyTemplate(
        "suggestion",
        "제안 채택 여부",
        f"{_OPENING}좋은 의견을 주셔서 감사합니다. [검토 결과]에 따라 제안하신 [내용]을 [채택/일부 채택]하기로 했습니다. "
        f"[언제]부터 [어떻게] 시행하겠습니다.{_CLOSING}",
        kind="suggestion",
    ),
    ReplyTemplate(
        "grievance",
        "고충민원 조사 결과",
        f"{_OPENING}불편을 드려 죄송합니다. 조사 결과 [사실]을 확인했습니다. [시정 내용]을 [날짜]까지 하겠으며, 같은 일이 "
        f"되풀이되지 않도록 [재발 방지]를 하겠습니다.{_CLOSING}",
        kind="grievance",
    ),
    ReplyTemplate(
        "refusal-statutory",
        "법정민원 거부 통지",
        f"{_OPENING}신청하신 [민원]은 다음 까닭으로 받아들일 수 없습니다. 갖추시면 다시 신청하실 수 있는 점은 [안내]입니다."
        f"{_CLOSING}",
        kind="statutory",
        reasons="「[법령]」 제[ ]조의 [기준]에 맞지 않습니다. [구체적인 사실]",
        remedies="이 처분에 불복하시면 받은 날부터 60일 이내에 시에 문서로 이의신청을 하실 수 있습니다. 이와 별도로 처분이 있음을 "
        "안 날부터 90일 이내에 행정심판을 청구하거나 행정소송을 제기하실 수 있습니다.",
    ),
    ReplyTemplate(
        "refusal",
        "받아들이기 어려운 경우",
        f"{_OPENING}말씀하신 [내용]을 살펴보았으나 받아들이기 어렵습니다. 대신 [다른 방법]을 안내해 드립니다.{_CLOSING}",
        reasons="[근거 법령과 기준], [구체적인 사실]",
        remedies="이 화면의 '해결되지 않았어요'로 다시 검토를 요청하시거나 국민권익위원회에 고충민원을 신청하실 수 있습니다.",
    ),
    ReplyTemplate(
        "supplement",
        "보완 요청",
        "안녕하십니까, {petitioner}님. 접수번호 {reference}를 처리하려면 다음 서류가 더 필요합니다.\n\n- [서류]\n\n보완하시는 "
        "동안은 처리 기간에 넣지 않습니다. 시간이 더 필요하시면 말씀해 주십시오. 담당: {department} {handler}({handler_phone})",
        purpose="request-supplement",
    ),
    ReplyTemplate(
        "extension",
        "처리 기간 연장",
        "[까닭]으로 {due}까지 답해 드리기 어려워 처리 기간을 연장합니다. 기다리시게 하여 죄송합니다. 담당: {department} "
        "{handler}({handler_phone})",
        purpose="extend",
    ),
    ReplyTemplate(
        "interim",
        "처리 상황 중간 알림",
        "안녕하십니까, {petitioner}님. 접수번호 {reference}의 처리 상황을 알려 드립니다. 지금까지 [한 일]을 했고, [남은 일]을 "
        "거쳐 {due}까지 답해 드리겠습니다. 담당: {department} {handler}({handler_phone})",
        purpose="interim-notice",
    ),
    ReplyTemplate(
        "outside",
        "다른 기관으로 이송",
        "말씀하신 내용은 [기관] 소관이어서 오늘 보내 드렸습니다. 앞으로의 진행은 [기관] [부서]에서 알려 드립니다. 자료는 함께 "
        "전했으니 다시 내지 않으셔도 됩니다.",
        purpose="transfer-out",
    ),
    ReplyTemplate(
        "road-repair",
        "도로 파손 복구",
        f"{_OPENING}[위치]의 노면 파손을 {{today}} 응급 복구했습니다. [날짜]까지 절삭하고 다시 포장하겠습니다. 파손으로 "
        f"차량 피해를 입으셨다면 영조물 배상을 신청하실 수 있습니다.{_CLOSING}",
        department="roads",
        kind="other",
    ),
    ReplyTemplate(
        "parking",
        "주정차 단속 결과",
        f"{_OPENING}[위치]를 {{today}} 단속하여 [ ]대에 과태료를 부과했습니다. [기간] 동안 [시간]에 순찰을 늘리겠습니다."
        f"{_CLOSING}",
        department="traffic",
        kind="other",
    ),
    ReplyTemplate(
        "done-ja",
        "対応の完了",
        "{petitioner}様\n\nハンヨウル市{department}でございます。受付番号{reference}についてお答えいたします。\n\n[確認した内容]を"
        "確認し、[対応]を行いました。残りの[作業]は[日付]までに終える予定です。\n\n担当：{handler}（{handler_phone}）",
        language="ja",
    ),
    ReplyTemplate(
        "done-en",
        "What was done",
        "Dear {petitioner},\n\nThis is {department} of Hanyeoul City, about your petition {reference}.\n\nWe found [what was "
        "found] and have [what was done]. [What remains] will be finished by [date].\n\nYours sincerely, {handler}, {handler_phone}",
        language="en",
    ),
)
