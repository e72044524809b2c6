"""The sentences that every office repeats, per language: openings, closings, reasons for delay, ratings, notes.

Stories carry what is their own; these stand around it, with several wordings so that a page of answers does not read
as one form letter.
"""

from typing import NamedTuple


class Phrases(NamedTuple):
    """The repeated sentences in one language."""

    openings: tuple[str, ...]
    thanks: tuple[str, ...]
    """Openings where somebody brought something up, and did not apply for something."""
    apologies: tuple[str, ...]
    """Openings of an answer that comes too late."""
    closings: tuple[str, ...]
    """With ``{department}``, ``{handler}`` and ``{extension}``."""
    delays: tuple[str, ...]
    consents: tuple[str, ...]
    """Reasons of a second extension, which names the petitioner's consent."""
    interim: tuple[str, ...]
    """With ``{due}``."""
    chats: tuple[tuple[str, str], ...]
    """A question before the answer, and what the official writes back, with ``{due}``."""
    site_chats: tuple[tuple[str, str], ...]
    """The same about a place that somebody goes to see."""
    withdrawals: tuple[str, ...]
    returns: tuple[str, ...]
    second_requests: tuple[str, ...]
    closes: tuple[str, ...]
    """Reasons to close that the handler gives; the system closes without one."""
    ratings: dict[int, tuple[str, ...]]


PHRASES: dict[str, Phrases] = {
    "ko": Phrases(
        openings=(
            "안녕하세요. 한여울시 {department} {handler}입니다. 보내 주신 민원에 답해 드립니다.",
            "안녕하세요. {department}입니다. 보내 주신 내용을 꼼꼼히 살펴보았습니다.",
            "안녕하십니까, {department} {handler}입니다. 기다려 주셔서 감사합니다.",
            "안녕하십니까. 한여울시 {department}에서 민원 처리 결과를 알려 드립니다.",
        ),
        thanks=(
            "안녕하십니까. 한여울시 {department}입니다. 시정에 관심을 갖고 의견을 보내 주셔서 감사합니다.",
            "안녕하십니까. 살기 좋은 동네를 위해 마음 써 주셔서 고맙습니다. {department}에서 확인한 내용을 알려 드립니다.",
            "안녕하세요. 자세히 적어 주셔서 감사합니다. {department} {handler}입니다.",
        ),
        apologies=(
            "안녕하십니까. {department}입니다. 약속한 기한 안에 답해 드리지 못해 죄송합니다.",
            "안녕하세요. {department} {handler}입니다. 답변이 늦어 오래 기다리시게 한 점 사과드립니다.",
        ),
        closings=(
            "더 궁금하신 점은 {department} {handler}(국번 없이 120, 내선 {extension})에게 연락해 주십시오. 감사합니다.",
            "담당자는 {department} {handler}이며, 120번에서 내선 {extension}번을 말씀하시면 바로 연결됩니다.",
            "답변이 충분하지 않으면 이 화면에서 다시 알려 주십시오. 담당: {department} {handler}(120, 내선 {extension})",
            "다른 불편이 있으시면 언제든 말씀해 주세요. 담당: {department} {handler}(120, 내선 {extension})",
        ),
        delays=(
            "관계 부서와 협의하고 자료를 확인하는 데 시일이 더 필요하여 기간을 연장합니다.",
            "비슷한 사례와 법령을 검토하고 있어 정해진 기간 안에 답해 드리기 어렵습니다.",
            "예산과 일정을 담당하는 부서의 회신을 기다리고 있어 기간을 연장합니다.",
            "관계자의 의견을 듣는 자리가 다음 주에 잡혀 있어 그 결과를 담아 답해 드리고자 합니다.",
        ),
        consents=(
            "전화로 설명을 드리고 동의를 받아 한 번 더 연장합니다. 외부 기관의 검토 회신을 기다리고 있습니다.",
            "민원인의 동의를 얻어 기간을 다시 연장합니다. 관계 부서의 합동 검토가 한 차례 더 남았습니다.",
        ),
        interim=(
            "접수하신 지 30일이 지나 처리 상황을 알려 드립니다. 필요한 조사와 부서 협의를 마쳤고 {due}까지 답해 드리겠습니다.",
            "처리 상황을 알려 드립니다. 필요한 자료를 모두 받았으며 지금 심의를 준비하고 있습니다. {due}까지 답해 드리겠습니다.",
        ),
        chats=(
            (
                "언제쯤 결과를 알 수 있을까요? 재촉하는 것은 아니고 궁금해서 여쭙니다.",
                "지금 내용을 확인하고 있습니다. 늦어도 {due}까지 답해 드리며 그 전에 끝나면 바로 알려 드리겠습니다.",
            ),
            (
                "평일 낮에는 전화를 받기 어렵습니다. 글로 답해 주시면 좋겠습니다.",
                "알겠습니다. 전화 대신 이 화면과 전자우편으로만 알려 드리겠습니다.",
            ),
            (
                "담당하시는 분의 성함과 연락처를 알 수 있을까요?",
                "담당자와 민원후견인의 이름과 내선 번호가 이 화면 위쪽에 있습니다. 언제든 편하게 연락 주십시오.",
            ),
        ),
        site_chats=(
            (
                "사진을 더 찍어 두었는데 필요하시면 보내 드리겠습니다.",
                "감사합니다. 이 화면의 첨부로 올려 주시면 검토에 함께 쓰겠습니다.",
            ),
            (
                "혹시 담당하시는 분이 현장에 오실 때 저도 함께 볼 수 있을까요?",
                "네, 함께 보시면 큰 도움이 됩니다. 방문하기 전날 이 화면으로 시간을 알려 드리겠습니다.",
            ),
        ),
        withdrawals=(
            "그사이에 문제가 풀려서 취하합니다. 신경 써 주셔서 고맙습니다.",
            "같은 내용을 가족이 먼저 넣은 것을 알게 되어 제 것은 취하하겠습니다.",
            "내용을 더 정리해서 다시 내려고 합니다. 이번 것은 취하해 주세요.",
            "담당자와 통화하여 궁금한 점이 모두 풀렸습니다. 더 처리하지 않으셔도 됩니다.",
            "제가 장소를 잘못 알았습니다. 확인해 보고 필요하면 다시 쓰겠습니다.",
        ),
        returns=(
            "두 차례 보완을 요청했으나 기한까지 서류를 받지 못해 신청을 반려합니다. 갖추어 다시 신청하시면 이미 내신 것은 그대로 씁니다.",
            "보완 기한이 두 번 모두 지나 반려합니다. 준비가 되시면 언제든 다시 신청해 주십시오. 민원후견인이 도와드립니다.",
        ),
        second_requests=(
            "지난번에 말씀드린 보완이 아직 들어오지 않아 한 번 더 요청드립니다. 기한이 더 필요하시면 알려 주십시오.",
            "보완 기한이 지나 다시 요청드립니다. 준비가 어려우시면 민원후견인이 함께 도와드리겠습니다.",
        ),
        closes=(
            "안내한 내용의 처리를 확인하고 종결합니다.",
            "민원인이 답변에 동의하여 종결합니다.",
            "답변 뒤 추가 의견이 없어 종결합니다.",
        ),
        ratings={
            5: (
                "이렇게 빨리 답을 받을 줄 몰랐습니다. 정말 고맙습니다.",
                "설명이 자세해서 좋았습니다. 담당자님께 감사드려요.",
                "꼼꼼히 확인해 주셔서 믿음이 갔습니다.",
                "처음 써 봤는데 진행 상황이 다 보여서 마음이 놓였습니다.",
                "전화로도 친절하게 알려 주셔서 감사했습니다.",
                "날짜까지 정해서 알려 주시니 속이 시원합니다.",
                "어려운 말이 없어서 부모님도 금방 이해하셨어요.",
                "민원후견인께서 중간에 챙겨 주신 것이 큰 도움이 되었습니다.",
                "",
                "",
            ),
            4: (
                "빠르게 답해 주셨어요. 약속하신 내용을 꼭 지켜 주세요.",
                "대체로 만족합니다.",
                "친절하게 알려 주셨습니다.",
                "답변은 좋았는데 처음 접수할 때 조금 헤맸습니다.",
                "기대보다 빨랐습니다.",
                "",
            ),
            3: (
                "답은 받았지만 언제 끝날지 조금 더 분명했으면 좋겠습니다.",
                "보통입니다. 지켜보겠습니다.",
                "절반쯤 풀린 것 같습니다.",
                "",
            ),
            2: (
                "답변이 어렵습니다. 쉬운 말로 써 주시면 좋겠어요.",
                "기다린 시간에 비해 아쉽습니다.",
                "제 사정을 조금 더 들어 주셨으면 했습니다.",
                "",
            ),
            1: ("원하는 답이 아니었습니다.", "달라진 것이 없습니다.", "규정 설명만 들은 것 같아 답답합니다."),
        },
    ),
    "ja": Phrases(
        openings=(
            "いつもお世話になっております。ハンヨウル市{department}でございます。お寄せいただいた件についてお答えいたします。",
            "ハンヨウル市{department}です。確認の結果をお知らせいたします。",
        ),
        thanks=("ハンヨウル市{department}です。ご連絡をいただきありがとうございます。",),
        apologies=("ハンヨウル市{department}です。お返事が遅くなりましたことをお詫び申し上げます。",),
        closings=(
            "ご不明な点は{department}の{handler}（120番、内線{extension}）までお気軽にお問い合わせください。",
            "担当は{department}の{handler}です。120番で内線{extension}とお伝えいただければ、日本語の通訳とともにおつなぎします。",
        ),
        delays=("内容の確認と関係部署との調整に日数がかかるため、期間を延長いたします。",),
        consents=("お電話でご了承をいただきましたので、期間をもう一度延長いたします。",),
        interim=("受付から30日が過ぎましたので経過をお知らせします。残りの検討を経て{due}までにお答えいたします。",),
        chats=(
            (
                "いつごろお返事をいただけますか。",
                "現在確認を進めております。遅くとも{due}までにお答えいたします。",
            ),
        ),
        site_chats=(
            (
                "写真を追加で送ってもよいでしょうか。",
                "はい、この画面から添付してください。検討の参考にいたします。",
            ),
        ),
        withdrawals=(
            "問題が解決しましたので取り下げます。ありがとうございました。",
            "内容を整理して改めて提出いたします。",
        ),
        returns=(
            "二度の補完のお願いに書類をいただけませんでしたので、お返しいたします。いつでも改めてお申し込みください。",
        ),
        second_requests=("先日お願いした書類がまだ届いておりません。恐れ入りますが、もう一度お願いいたします。",),
        closes=("ご案内した対応をすべて終えましたので終結いたします。",),
        ratings={
            5: ("日本語で丁寧に答えていただき、本当に助かりました。", "とても早い対応でした。ありがとうございます。"),
            4: ("分かりやすい説明でした。", ""),
            3: ("約束の日まで様子を見ます。",),
            2: ("もう少し早く知りたかったです。",),
            1: ("状況が変わっていません。",),
        },
    ),
    "en": Phrases(
        openings=(
            "Dear resident, this is {department}, Hanyeoul City, with the answer to your petition.",
            "This is {department}, Hanyeoul City. Thank you for your patience.",
        ),
        thanks=("Dear resident, thank you for letting us know. This is {department}, Hanyeoul City.",),
        apologies=("This is {department}, Hanyeoul City. We are sorry that our answer is late.",),
        closings=(
            "If you have further questions, please call 120 and ask for extension {extension} ({handler}, {department}).",
            "Your contact is {handler}, {department}: call 120, extension {extension}. An interpreter can join the call.",
        ),
        delays=("We need more time to gather events and to agree with other departments, so the period is extended.",),
        consents=("As agreed with you on the phone, the period is extended once more.",),
        interim=(
            "Thirty days have passed since your petition arrived. The review is nearly done; we will answer by {due}.",
        ),
        chats=(("When can I expect an answer?", "We are looking into it and will answer by {due} at the latest."),),
        site_chats=(
            ("I have taken more photos. Should I send them?", "Yes, please attach them on this page; they will help."),
        ),
        withdrawals=(
            "The problem has been solved in the meantime. Thank you.",
            "I will write again with more details.",
        ),
        returns=(
            "We asked twice but did not receive the papers, so the application is returned. You can apply again any time.",
        ),
        second_requests=(
            "The papers we asked for have not arrived yet. Please send them, or tell us if you need more time.",
        ),
        closes=("Everything we promised has been done, so the case is closed.",),
        ratings={
            5: ("Quick, clear and in English. Thank you!", "I did not expect such a helpful answer."),
            4: ("Good answer. I hope the date will be kept.", ""),
            3: ("Fine so far.",),
            2: ("It took longer than it should.",),
            1: ("Nothing has changed.",),
        },
    ),
}

NOTES = (
    "민원인과 통화함. 오후 시간 통화를 선호.",
    "비슷한 민원의 지난 답변을 찾아 참고함.",
    "답변 초안 작성. 팀장 검토 요청.",
    "관련 법령과 조례 확인함. 답변에 조문을 적을 것.",
    "관련 부서에 자료를 요청함. 회신 기다리는 중.",
    "언론 문의 가능성 있어 과장에게 구두 보고함.",
)

SITE_NOTES = (
    "현장 확인 완료. 사진은 공유 폴더에 올려 둠.",
    "지난해 같은 자리에서 비슷한 민원 있었음. 그때 조치 내용 참고할 것.",
    "관할 주민센터 담당자와 통화. 주변 상황 함께 확인함.",
    "주민센터에 주변 주민 의견을 함께 물어봐 달라고 부탁함.",
    "다음 순찰 때 한 번 더 살펴보기로 함.",
)

DUNNING = (
    "처리 기한이 지났습니다. 까닭과 처리 예정일을 오늘 안에 알려 주시기 바랍니다. (민원심사관)",
    "기한을 넘긴 건입니다. 답변을 서두르고 민원인께 늦어지는 까닭을 먼저 알려 주십시오. (민원심사관)",
)
"""What the inspector (민원심사관) writes to the department on a case that is overdue (시행령 28조)."""

INVESTIGATIONS = (
    "말씀하신 곳을 직접 조사하고 관계자의 설명을 듣고자 합니다. 조사하는 날은 처리 기간에 들어가지 않습니다.",
    "현장에서 확인해야 할 내용이 있어 실지조사를 합니다. 마치는 대로 결과를 담아 답해 드리겠습니다.",
)
"""Why a grievance is looked into on the spot (시행령 17조 4항); told in Korean only."""
UNDELIVERED = ("우편으로 보낸 보완 요구서가 수취인 불명으로 돌아왔습니다.", "적힌 주소로 다시 보냈으나 반송되었습니다.")
LOST = "보완 요구서가 두 번 반송되었고 다른 연락처로도 닿지 않아, 취하한 것으로 보고 종결합니다. 언제든 다시 신청할 수 있습니다."
