"""Patterns of personal numbers, and of the words around them that identify or rule out a kind.

``static/js/privacy.js`` holds the same tables, and a test compares them character by character. The rules that use
them are in ``finding``.
"""

import re

from server.core import characters

# --- One spelling for every digit and separator ------------------------------------------------------------

_DASHES = "‐‑‒–—―−─━ー\uff70ㅡ\ufe58\ufe63"  # katakana's long vowel mark and Hangul's ㅡ are typed as dashes
_DOTS = "·ㆍ・･•‧∙⋅。｡"
_SPACES = "\t\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_AT = "﹫"
_ZEROS = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0x1040, 0x17E0)
"""The zero of Arabic, Persian, Nepali, Bengali, Thai, Burmese and Khmer digits."""
_TILDES = "〜∼⁓˜"
_UNSEEN = (*characters.IGNORED, (0x0D, 0x0D), (0x0300, 0x036F), (0x20D0, 0x20F0))
"""CR, and marks above and around digits, besides what shows nothing."""
SPELLING: dict[int, str | None] = {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
SPELLING |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
SPELLING |= {code: str((code - 0x1D7CE) % 10) for code in range(0x1D7CE, 0x1D800)}  # mathematical digits
SPELLING |= {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}
SPELLING |= dict.fromkeys(map(ord, _DASHES), "-")
SPELLING |= dict.fromkeys(map(ord, _DOTS), ".")
SPELLING |= dict.fromkeys(map(ord, _AT), "@")
SPELLING |= dict.fromkeys(map(ord, _TILDES), "~")
SPELLING |= dict.fromkeys(map(ord, _SPACES), " ")
SPELLING |= dict.fromkeys(map(ord, characters.BREAKS), "\n")
SPELLING |= {code: None for first, last in _UNSEEN for code in range(first, last + 1)}

# --- The tables -----------------------------------------------------------------------------------
# Regular expressions valid in Python and JavaScript, matched against the normalised text: lower case, ASCII
# digits, and カード reads カ-ド. No \b: Hangul may directly follow a number. A first character precedes its
# look-behind, so that the engine can skip to it, and every repetition is bounded, so that the time is linear in
# the length of the text.

PARTS = {
    "START": r"[0-9](?<![0-9]{2})",  # a digit not preceded by a digit
    "FIRST": r"[0-9](?<![0-9]{2})(?<![0-9]-[0-9])",  # nor by a digit and a dash
    "ZERO": r"0(?<![0-9]0)(?<![0-9]-0)",
    "END": r"(?![0-9])(?!-[0-9])",
    "GAP": r"[-./_() ]{0,3}",
    "DASH": r" ?[-()]{1,2} ?",
    "CLOCK": r"(?:(?:[01][0-9]|2[0-3])[0-5][0-9]|(?:19|20)[0-9]{2})",  # a time, or a year
    "STOP": r"(?![\s\S])",  # the end of the text; Python's $ also matches before a final line break
    # a word that names the number after it
    "NAMES": r"[ :.#=()\[\]\n\x22'“”‘’「『는은이가의はがの-]{0,5}(?:(?:is|was)[ :]{1,2})?(?![\s\S])",
    "MY_NUMBER": r"(?:マイナンバ-|個人番号|my ?number|마이 ?넘버|개인 ?번호)",
    "BANK": (
        r"(?:계좌|은행(?![동나잎골열사])|뱅크|농협|수협|신협|축협|새마을금고|우체국|예금|입금|송금|이체|환급|account"
        r"|acct|口座|銀行|振込|信金|信用金庫|ゆうちょ)"
    ),
}

# What precedes or follows a number.
CONTEXT = {
    "company": (r"(?:법인 ?(?:등록|등기)? ?번호|法人番号|corporat(?:e|ion) (?:registration )?(?:number|no))<NAMES>"),
    "other": (
        r"(?:(?:송장|등기|우편|주문|접수|신청|민원|청원|문서|관리|고객|수용가|승인|거래|납부|고지|예약|일련|시리얼"
        r"|모델|제조|제품|상품|품목|사건|허가|차량|차대|사업자|법인|인증|발급|발행|조회|추적|참조|노선|정류[장소]"
        r"|회원|공고|입찰|계약|필지|건축물|택배|소포|화물|배송|반품|교환|환불|결제|구매|발주|견적|통관|영수증|증권"
        r"|보험|증서|서류|게시물|게시글|좌석|승차권|시험|수험|응시|쿠폰|상담|신고|受付|受理|申請|申込|注文|伝票"
        r"|追跡|問合せ|問い合わせ|荷物|宅配|配送|発送|送り状|オ-ダ-|予約|購入|取引|見積|請求|発注|受注|お客様|管理|整理|事件"
        r"|許可|製造|製品|商品|法人|文書|書類|会員|顧客|契約|保険|証券|座席|受験|車両|機器|相談|領収)"
        r" ?(?:관리|등록|식별)? ?(?:번호|코드|no|番号|コ-ド)|학번|사번"
        r"|바코드|isbn|imei|pnu|jan|ean|(?:order|tracking|invoice|reference|serial|case|ticket|permit|receipt|document"
        r"|file|docket|parcel|package|shipment|shipping|delivery|waybill|consignment|booking|reservation|purchase"
        r"|payment|transaction|policy|claim|customer|model|product|item|confirmation|application)"
        r" ?(?:number|num|no|id|code|#))<NAMES>"
    ),
    "thing": (
        r"(?:송장|택배|소포|버스|노선|荷物|宅配便|追跡|伝票|送り状|parcel|package|waybill|shipment|tracking"
        r"|order)<NAMES>"
    ),
    "my_number_before": r"<MY_NUMBER>[^0-9*]{0,20}<STOP>",
    "my_number_after": r"[^0-9*]{0,10}<MY_NUMBER>",
    "korean_before": r"[가-힣][^ぁ-ヺ]*<STOP>",
    "korean_after": r"[^ぁ-ヺ]*[가-힣]",
    "licence": r"(?:면허|licen[cs]e|免許)[^0-9*]{0,12}<STOP>",
    "card": r"(?:카드|card|カ-ド|クレジット|visa|master|amex|jcb)[^0-9*]{0,16}<STOP>",
    "bank_before": r"<BANK>[^0-9*]{0,20}<STOP>",
    "bank_beside": r"(?:<BANK>|우리)(?: ?번호)?[ :()는은-]{0,4}<STOP>",
    "bank_after": r"[^0-9*\n]{0,8}(?:<BANK>|예금주)",
    "bank_name": (
        r"(?:국민|신한|우리|하나|기업|카카오|토스|케이|새마을|제일|씨티|대구|부산|광주|전북|경남|제주|산업|kb|nh|ibk"
        r"|sc|im)[ :()-]{0,3}<STOP>"
    ),
    "money_before": r"[₩￦¥￥$€]<STOP>",
    "money_after": r" ?(?:[십백천만억]{0,2} ?원|[千万億]{0,2}円|won|krw|달러|번 ?(?:버스|노선))",
    "web": r"(?:https?:|www\.)[^ \n]*<STOP>",
    "letter_before": r"[a-z]<STOP>",
    "letter_after": r"[a-z]",
    "phone_word": r"(?:tel|phone|mobile|cell|fax|h\.?p|no|[^a-z][tmpf])[.:]?<STOP>",
    "plus": r"\+<STOP>",
    "decimal": r"(?:^|[^0-9])[0-9]{1,3}\.<STOP>",
    "coordinate": r"(?:^|[^0-9])(?:[0-9]|[2-4][0-9]|1[2-5][0-9])\.<STOP>",
    "ordinal_before": r"(?:^|[^가-힣])[제第]<STOP>",
    "ordinal_after": r" ?(?:호(?![가-힣])|号)",
    "file": (
        r"(?:[-_][0-9]{1,4}|[ _]?\([0-9]{1,3}\))?\.(?:jpe?g|png|gif|webp|hei[cf]|avif|bmp|tiff?|mp4|mov|avi|3gp|m4a"
        r"|mp3|wav|pdf|hwpx?|docx?|xlsx?|pptx?|txt|csv|zip)(?![a-z0-9])"
    ),
    "group": r"(?:^|[^-./0-9])[0-9]{4}[-./ ]<STOP>",
}

# The shapes of numbers. Where a pattern begins with the words that name the number, the number is group 1.
PATTERNS = {
    "resident": (
        r"<START>[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
        r"(?: {0,2}(?:[-./_~:|=+,()]{0,2}|다시|대시)[ \n]{0,2}[0-9]{7}|-[0-9][- ][0-9]{6})(?![0-9])"
    ),
    "resident_spaced": r"<START>(?<![0-9] [0-9])(?: [0-9]){5} ?[-./~]? ?[0-9](?: [0-9]){6}(?![0-9]| [0-9](?![0-9]))",
    "resident_dated": r"<START>[0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]) ?[-~] ?[0-9]{7}(?![0-9])",
    "resident_labelled": (
        r"(?:주민 ?(?:등록)? ?번호|외국인 ?(?:등록)? ?번호|거소 ?(?:신고)? ?번호|rrn|resident registration"
        r"|alien registration)[^0-9*]{0,20}((?:19|20)?[0-9]{2}[-./ ]{0,2}[0-9]{2}[-./ ]{0,2}[0-9]{2}"
        r"[^0-9*]{0,12}[0-9](?:[- ]?[0-9]{6}|(?: [0-9]){6}))<END>"
    ),
    "resident_halves": (
        r"<START>(?:[0-9]|[0-9]{3})[-./ 년]{0,2}(?:0[1-9]|1[0-2])[-./ 월]{0,2}(?:0[1-9]|[12][0-9]|3[01])"
        r"[^0-9*]{0,24}?(?:뒷|뒤|나머지|last|back|rear)(?:[^0-9*]{0,8}7 ?(?:자리|digits))?[^0-9*]{0,16}"
        r"[0-9](?:[- ]?[0-9]{6}|(?: [0-9]){6})<END>"
    ),
    "resident_backwards_labelled": (
        r"(?:뒷|뒤|last|back|rear)(?:[^0-9*]{0,8}7 ?(?:자리|digits))?[^0-9*]{0,16}"
        r"([0-9]{7}[^0-9*]{0,20}(?:앞|first|front)(?:[^0-9*]{0,8}6 ?(?:자리|digits))?[^0-9*]{0,16}[0-9]{6})<END>"
    ),
    "my_number_labelled": (
        r"<MY_NUMBER>[^0-9*]{0,20}([0-9]{4}[-./ ]{0,3}[0-9]{4}[-./ ]{0,3}[0-9]{4}|[0-9]{3}(?:[- ][0-9]{3}){3}"
        r"|[0-9](?: [0-9]){11})<END>"
    ),
    "my_number": (r"<START>[0-9]{3}( ?[-./]? ?)[0-9]{4}\1[0-9]{4}<END>(?!\1[0-9]{4}(?![0-9]))"),
    "email": (  # spaces only before an ending that does not occur in prose
        r"[a-z0-9_가-힣](?<![a-z0-9_]{2})(?<![가-힣]{2})(?<![a-z_][.%+-][a-z0-9_])[a-z0-9_.%+-]{0,254}[가-힣]{0,32}"
        r"(?:@| ?@ ?(?=[a-z0-9.-]{1,60}\.(?:com|net|org|kr|jp)(?![a-z0-9])))(?:[a-z0-9가-힣-]{1,63}\.){1,3}?"
        r"(?:[a-z0-9-]{1,63}\.){0,7}(?:xn--[a-z0-9-]{1,59}|[a-z]{2,24}|한국|닷컴|닷넷|삼성)"
    ),
    "licence": r"<FIRST>[0-9](?:([- ])[0-9]{2}\1[0-9]{6}\1[0-9]{2}|-[0-9]{6}-[0-9]{2}|[0-9]{10})<END>",
    "passport": (
        r"(?:여권|passport|旅券|パスポ-ト)[^0-9*]{0,16}?"
        r"([a-z]{1,2}[0-9]{3}[a-z]?[0-9]{4,5}|[0-9]{9})(?![0-9a-z])"
    ),
    "card": (
        r"<FIRST>(?:[0-9]{12,18}|[0-9]{3}( ?[-./ ] ?)[0-9]{4}\1[0-9]{4}\1[0-9]{4}"
        r"|[0-9]{3}( ?[-./ ] ?)[0-9]{6}\2[0-9]{4,5})<END>"
    ),
    "account_labelled": (
        r"<BANK>[^0-9*]{0,20}([0-9]{10,16}|[0-9]{1,7}(?:-[0-9]{1,8}){1,4}"
        r"|[0-9]{3,6} [0-9]{2,6} [0-9]{4,7}(?: [0-9]{1,3}(?! [0-9]))?)<END>"
    ),
    "account_numbered": (
        r"(?:account ?(?:number|num|no|#)[ .:#=]{0,3}(?:is )?|(?:普通(?:預金|口座)?|当座(?:預金)?"
        r"|口座(?:番号)?|\(普\)|\(当\)|記号 ?:?[0-9]{5}[^0-9*]{0,6}番号)[ :.はが]{0,4})"
        r"([0-9]{7,8}|[0-9](?:[- ]?[0-9]){8,16})<END>"
    ),
    "account": r"<FIRST>(?:[0-9]{9,13}|[0-9]{0,5}(?:-[0-9]{1,7}){2,4})<END>",
    "abroad": (
        r"(?:\+|0(?<![0-9]0)0[0-9]{0,3}[- ]?)8[12][-. ()]{0,3}(?:0[-. ()]{0,2})?[1-9][0-9]{0,3}"
        r"[-. ()]{0,3}[0-9]{1,4}[-. ()]{0,3}[0-9]{3,4}(?![0-9])"
    ),
    "abroad_bare": (
        r"8(?<![0-9]8)(?<![0-9]-8)[12](?:[-. ()]{1,3}0?[-. ()]{0,2}(?:10|[7-9]0)[-. ]{0,2}[0-9]{4}[-. ]{0,2}[0-9]{4}"
        r"|(?:10|[7-9]0)[0-9]{8})<END>"
    ),
    "world": (
        r"\+(?!8[12])[1-9](?<![0-9+]\+[1-9])(?:(?! 0[0-9]{1,2}[-. ]| 0[0-9]{8})[-. ()]{0,3}[0-9]){9,14}(?![0-9])"
    ),
    "mobile": (
        r"(?:0(?<![0-9]0)|o(?<![0-9a-z]o))(?:1[0o]<GAP>(?:[0-9]{4}<GAP>|[0-9]{3}<GAP>[0-9])"
        r"|(?:1[02][-./_() ]{1,3}[0-9]{3,4}(?![0-9])|1[16-9]<GAP>[0-9]{3,4}|[5-9]0<GAP>[0-9]{4}"
        r"|80<GAP>[0-9]{3}|50[2-8]<GAP>[0-9]{3,4})<GAP>)[0-9]{4}(?![0-9])"
    ),
    "landline": (r"<ZERO>(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4])<GAP>[1-9][0-9]{2,3}<GAP>[0-9]{4}(?![0-9])(?!-[0-9]{2})"),
    "japan": (
        r"<ZERO>(?:[346]<DASH>[1-9][0-9]{3}|[36] [1-9][0-9]{3}(?= )|[1-9]{2}<DASH>[1-9][0-9]{2}"
        r"|[1-9][0-9]{2}<DASH>[1-9][0-9]|[1-9][0-9]{3}<DASH>[1-9]|800<DASH>[0-9]{3})(?:<DASH>| )[0-9]{4}<END>"
    ),
    "toll_free": r"<ZERO>120[- ]?(?:[0-9]{3}[- ]?[0-9]{3}|[0-9]{2}[- ]?[0-9]{4})<END>",
    "phone_labelled": (
        r"(?:전화|연락처|휴대폰|핸드폰|팩스|tel(?<![a-z]tel)|phone(?<![a-z]phone)|fax|☎|☏|℡|電話|携帯|連絡先"
        r"|01[016-9](?<![0-9]01[0-9])(?![0-9]))[^0-9*\n]{0,8}"
        r"((?:82)?0?10[-. ]?[0-9]{4}[-. ]?[0-9]{4}|[2-9][0-9]{2,3}-[0-9]{4}|0[1-9][0-9]{8})<END>"
    ),
}

# Further conditions that a number found by a pattern must or must not meet.
SHAPES = {
    "day": r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])",
    "card": (
        r"(?:4(?:[0-9]{12}|[0-9]{15})|5[0-9]{15}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
        r"|35[2-8][0-9]{13}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|6[0-9]{15,18}|9[0-9]{15})<STOP>"
    ),
    "card_length": r"[0-9]{15,16}<STOP>",
    "account_length": r"[0-9]{10,16}<STOP>",
    "bank_length": r"[0-9]{11}",
    "account": (  # how Korean banks group account numbers
        r"(?:[0-9]{6}-[0-9]{2}-[0-9]{6}|[0-9]{3}-[0-9]{6}-[0-9]{2}-[0-9]{3}|[0-9]{3}-[0-9]{4}-[0-9]{4}-[0-9]{2}"
        r"|[0-9]{3}-[0-9]{3}-[0-9]{6}|[0-9]{3}-[0-9]{6}-[0-9]{3,5}|[0-9]{3}-[0-9]{2}-[0-9]{6}(?:-[0-9])?"
        r"|[0-9]{3}-[0-9]{2}-[0-9]{4}-[0-9]{3}|100[256]-[0-9]{3}-[0-9]{6}"
        r"|(?:33|7[79])[0-9]{2}-[0-9]{2}-[0-9]{7}|9[0-9]{3}-[0-9]{4}-[0-9]{4}-[0-9])<STOP>"
    ),
    "bank_prefix": r"100[256]|3",  # 우리은행, 농협
    "company": r"(?:[0-9]{3}-[0-9]{2}-[0-9]{5}|[0-9]{6}-[0-9]{7})<STOP>",  # 사업자등록번호, 법인등록번호
    "licence": r"(?:1[1-9]|2[0-8])-[0-9]{2}-[0-9]{6}-",  # begins with the code of the issuing office
    "phone": r"(?:0|8[12][-. ]?0?(?:10|[7-9]0))(?:[0-9]{8,11}|.*[^0-9][0-9]{4})<STOP>",
    "abroad": r"(?:00[0-9]{0,3}?)?8[12]0?(?!(?:1[568]|570)[0-9]{6}<STOP>)[1-9][0-9]{7,10}<STOP>",
    "twelve_digit_phone": r"050[2-8]|82010|8210|81[7-9]0",
    "clock": r"<CLOCK>(?: <CLOCK>)+<STOP>",
    "spaced": r"[0-9 \n]*<STOP>",
}


def whole(source: str) -> str:
    """The expression with its placeholders expanded."""
    return re.sub("<([A-Z_]+)>", lambda part: PARTS[part[1]], source)
