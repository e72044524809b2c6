/*
 * Personal numbers and mail addresses in free text, found before anything is sent.
 *
 * The same as server/core/privacy, table by table and judgement by judgement: what the page lets pass, the server lets
 * pass. Tests compare the tables letter by letter and the findings text by text.
 */

import { IGNORED } from "./characters.js";

// --- One spelling for every digit and separator ----------------------------------------------------------------------

const SIGNS = [
  ["‐‑‒–—―−─━ー\uff70ㅡ\ufe58\ufe63", "-"],
  ["·ㆍ・･•‧∙⋅。｡", "."],
  ["﹫", "@"],
  ["〜∼⁓˜", "~"],
  ["\t\u00a0\u1680\u202f\u205f\u3000", " "],
  ["\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "],
  ["\v\f\u0085\u2028\u2029", "\n"],
];
/** Arabic, Persian, Nepali, Bengali, Thai, Burmese, Khmer. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x1040, 0x17e0];
/** CR, and marks above and around digits. */
const UNSEEN = [...IGNORED, [0x0d, 0x0d], [0x0300, 0x036f], [0x20d0, 0x20f0]];

/** @type {Map<number, string>} */
export const SPELLING = new Map();
for (let code = 0xff01; code < 0xff5f; code += 1) SPELLING.set(code, String.fromCharCode(code - 0xfee0).toLowerCase());
for (let code = 0x41; code <= 0x5a; code += 1) SPELLING.set(code, String.fromCharCode(code + 0x20));
for (let code = 0x1d7ce; code < 0x1d800; code += 1) SPELLING.set(code, String((code - 0x1d7ce) % 10));
for (const zero of ZEROS) for (let digit = 0; digit < 10; digit += 1) SPELLING.set(zero + digit, String(digit));
for (const [signs, sign] of SIGNS) for (const each of signs) SPELLING.set(each.codePointAt(0), sign);
for (const [first, last] of UNSEEN) for (let code = first; code <= last; code += 1) SPELLING.set(code, "");

/** The text in one spelling, with where each of its characters begins and ends in the original. */
function spell(text) {
  const begins = [];
  const ends = [];
  let spelt = "";
  let place = 0;
  for (const character of text) {
    // Beyond the basic plane one sign stands for two units, so that a place in the spelling is one character.
    const sign = SPELLING.get(character.codePointAt(0)) ?? (character.length === 1 ? character : "\ufffd");
    if (sign) {
      spelt += sign;
      begins.push(place);
      ends.push(place + character.length);
    }
    place += character.length;
  }
  return { spelt, begins, ends };
}

// --- The tables ------------------------------------------------------------------------------------------------------
// Matched against that spelling: small letters, ASCII digits, and カード reads カ-ド. What they are for and why they
// look so stands in server/core/privacy/patterns.py.

export const PARTS = {
  START: String.raw`[0-9](?<![0-9]{2})`, // a digit that no digit precedes
  FIRST: String.raw`[0-9](?<![0-9]{2})(?<![0-9]-[0-9])`, // nor a digit and a dash
  ZERO: String.raw`0(?<![0-9]0)(?<![0-9]-0)`,
  END: String.raw`(?![0-9])(?!-[0-9])`,
  GAP: String.raw`[-./_() ]{0,3}`,
  DASH: String.raw` ?[-()]{1,2} ?`,
  CLOCK: String.raw`(?:(?:[01][0-9]|2[0-3])[0-5][0-9]|(?:19|20)[0-9]{2})`, // a time, or a year
  STOP: String.raw`(?![\s\S])`, // the end; $ would in Python also be the place before a last line break
  // a word that names the number after it
  NAMES: String.raw`[ :.#=()\[\]\n\x22'“”‘’「『는은이가의はがの-]{0,5}(?:(?:is|was)[ :]{1,2})?(?![\s\S])`,
  MY_NUMBER: String.raw`(?:マイナンバ-|個人番号|my ?number|마이 ?넘버|개인 ?번호)`,
  BANK:
    String.raw`(?:계좌|은행(?![동나잎골열사])|뱅크|농협|수협|신협|축협|새마을금고|우체국|예금|입금|송금|이체|환급|account` +
    String.raw`|acct|口座|銀行|振込|信金|信用金庫|ゆうちょ)`,
};

// What stands before or after a number.
export const CONTEXT = {
  company: String.raw`(?:법인 ?(?:등록|등기)? ?번호|法人番号|corporat(?:e|ion) (?:registration )?(?:number|no))<NAMES>`,
  other:
    String.raw`(?:(?:송장|등기|우편|주문|접수|신청|민원|청원|문서|관리|고객|수용가|승인|거래|납부|고지|예약|일련|시리얼` +
    String.raw`|모델|제조|제품|상품|품목|사건|허가|차량|차대|사업자|법인|인증|발급|발행|조회|추적|참조|노선|정류[장소]` +
    String.raw`|회원|공고|입찰|계약|필지|건축물|택배|소포|화물|배송|반품|교환|환불|결제|구매|발주|견적|통관|영수증|증권` +
    String.raw`|보험|증서|서류|게시물|게시글|좌석|승차권|시험|수험|응시|쿠폰|상담|신고|受付|受理|申請|申込|注文|伝票` +
    String.raw`|追跡|問合せ|問い合わせ|荷物|宅配|配送|発送|送り状|オ-ダ-|予約|購入|取引|見積|請求|発注|受注|お客様|管理|整理|事件` +
    String.raw`|許可|製造|製品|商品|法人|文書|書類|会員|顧客|契約|保険|証券|座席|受験|車両|機器|相談|領収)` +
    String.raw` ?(?:관리|등록|식별)? ?(?:번호|코드|no|番号|コ-ド)|학번|사번` +
    String.raw`|바코드|isbn|imei|pnu|jan|ean|(?:order|tracking|invoice|reference|serial|case|ticket|permit|receipt|document` +
    String.raw`|file|docket|parcel|package|shipment|shipping|delivery|waybill|consignment|booking|reservation|purchase` +
    String.raw`|payment|transaction|policy|claim|customer|model|product|item|confirmation|application)` +
    String.raw` ?(?:number|num|no|id|code|#))<NAMES>`,
  thing:
    String.raw`(?:송장|택배|소포|버스|노선|荷物|宅配便|追跡|伝票|送り状|parcel|package|waybill|shipment|tracking` +
    String.raw`|order)<NAMES>`,
  my_number_before: String.raw`<MY_NUMBER>[^0-9*]{0,20}<STOP>`,
  my_number_after: String.raw`[^0-9*]{0,10}<MY_NUMBER>`,
  korean_before: String.raw`[가-힣][^ぁ-ヺ]*<STOP>`,
  korean_after: String.raw`[^ぁ-ヺ]*[가-힣]`,
  licence: String.raw`(?:면허|licen[cs]e|免許)[^0-9*]{0,12}<STOP>`,
  card: String.raw`(?:카드|card|カ-ド|クレジット|visa|master|amex|jcb)[^0-9*]{0,16}<STOP>`,
  bank_before: String.raw`<BANK>[^0-9*]{0,20}<STOP>`,
  bank_beside: String.raw`(?:<BANK>|우리)(?: ?번호)?[ :()는은-]{0,4}<STOP>`,
  bank_after: String.raw`[^0-9*\n]{0,8}(?:<BANK>|예금주)`,
  bank_name:
    String.raw`(?:국민|신한|우리|하나|기업|카카오|토스|케이|새마을|제일|씨티|대구|부산|광주|전북|경남|제주|산업|kb|nh|ibk` +
    String.raw`|sc|im)[ :()-]{0,3}<STOP>`,
  money_before: String.raw`[₩￦¥￥$€]<STOP>`,
  money_after: String.raw` ?(?:[십백천만억]{0,2} ?원|[千万億]{0,2}円|won|krw|달러|번 ?(?:버스|노선))`,
  web: String.raw`(?:https?:|www\.)[^ \n]*<STOP>`,
  letter_before: String.raw`[a-z]<STOP>`,
  letter_after: String.raw`[a-z]`,
  phone_word: String.raw`(?:tel|phone|mobile|cell|fax|h\.?p|no|[^a-z][tmpf])[.:]?<STOP>`,
  plus: String.raw`\+<STOP>`,
  decimal: String.raw`(?:^|[^0-9])[0-9]{1,3}\.<STOP>`,
  coordinate: String.raw`(?:^|[^0-9])(?:[0-9]|[2-4][0-9]|1[2-5][0-9])\.<STOP>`,
  ordinal_before: String.raw`(?:^|[^가-힣])[제第]<STOP>`,
  ordinal_after: String.raw` ?(?:호(?![가-힣])|号)`,
  file:
    String.raw`(?:[-_][0-9]{1,4}|[ _]?\([0-9]{1,3}\))?\.(?:jpe?g|png|gif|webp|hei[cf]|avif|bmp|tiff?|mp4|mov|avi|3gp|m4a` +
    String.raw`|mp3|wav|pdf|hwpx?|docx?|xlsx?|pptx?|txt|csv|zip)(?![a-z0-9])`,
  group: String.raw`(?:^|[^-./0-9])[0-9]{4}[-./ ]<STOP>`,
};

// What a number looks like. Where a pattern begins with the words that name the number, the number is group 1.
export const PATTERNS = {
  resident:
    String.raw`<START>[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])` +
    String.raw`(?: {0,2}(?:[-./_~:|=+,()]{0,2}|다시|대시)[ \n]{0,2}[0-9]{7}|-[0-9][- ][0-9]{6})(?![0-9])`,
  resident_spaced:
    String.raw`<START>(?<![0-9] [0-9])(?: [0-9]){5} ?[-./~]? ?[0-9](?: [0-9]){6}(?![0-9]| [0-9](?![0-9]))`,
  resident_dated: String.raw`<START>[0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]) ?[-~] ?[0-9]{7}(?![0-9])`,
  resident_labelled:
    String.raw`(?:주민 ?(?:등록)? ?번호|외국인 ?(?:등록)? ?번호|거소 ?(?:신고)? ?번호|rrn|resident registration` +
    String.raw`|alien registration)[^0-9*]{0,20}((?:19|20)?[0-9]{2}[-./ ]{0,2}[0-9]{2}[-./ ]{0,2}[0-9]{2}` +
    String.raw`[^0-9*]{0,12}[0-9](?:[- ]?[0-9]{6}|(?: [0-9]){6}))<END>`,
  resident_halves:
    String.raw`<START>(?:[0-9]|[0-9]{3})[-./ 년]{0,2}(?:0[1-9]|1[0-2])[-./ 월]{0,2}(?:0[1-9]|[12][0-9]|3[01])` +
    String.raw`[^0-9*]{0,24}?(?:뒷|뒤|나머지|last|back|rear)(?:[^0-9*]{0,8}7 ?(?:자리|digits))?[^0-9*]{0,16}` +
    String.raw`[0-9](?:[- ]?[0-9]{6}|(?: [0-9]){6})<END>`,
  resident_backwards_labelled:
    String.raw`(?:뒷|뒤|last|back|rear)(?:[^0-9*]{0,8}7 ?(?:자리|digits))?[^0-9*]{0,16}` +
    String.raw`([0-9]{7}[^0-9*]{0,20}(?:앞|first|front)(?:[^0-9*]{0,8}6 ?(?:자리|digits))?[^0-9*]{0,16}[0-9]{6})<END>`,
  my_number_labelled:
    String.raw`<MY_NUMBER>[^0-9*]{0,20}([0-9]{4}[-./ ]{0,3}[0-9]{4}[-./ ]{0,3}[0-9]{4}|[0-9]{3}(?:[- ][0-9]{3}){3}` +
    String.raw`|[0-9](?: [0-9]){11})<END>`,
  my_number: String.raw`<START>[0-9]{3}( ?[-./]? ?)[0-9]{4}\1[0-9]{4}<END>(?!\1[0-9]{4}(?![0-9]))`,
  email:
    String.raw`[a-z0-9_가-힣](?<![a-z0-9_]{2})(?<![가-힣]{2})(?<![a-z_][.%+-][a-z0-9_])[a-z0-9_.%+-]{0,254}[가-힣]{0,32}` +
    String.raw`(?:@| ?@ ?(?=[a-z0-9.-]{1,60}\.(?:com|net|org|kr|jp)(?![a-z0-9])))(?:[a-z0-9가-힣-]{1,63}\.){1,3}?` +
    String.raw`(?:[a-z0-9-]{1,63}\.){0,7}(?:xn--[a-z0-9-]{1,59}|[a-z]{2,24}|한국|닷컴|닷넷|삼성)`,
  licence: String.raw`<FIRST>[0-9](?:([- ])[0-9]{2}\1[0-9]{6}\1[0-9]{2}|-[0-9]{6}-[0-9]{2}|[0-9]{10})<END>`,
  passport:
    String.raw`(?:여권|passport|旅券|パスポ-ト)[^0-9*]{0,16}?` +
    String.raw`([a-z]{1,2}[0-9]{3}[a-z]?[0-9]{4,5}|[0-9]{9})(?![0-9a-z])`,
  card:
    String.raw`<FIRST>(?:[0-9]{12,18}|[0-9]{3}( ?[-./ ] ?)[0-9]{4}\1[0-9]{4}\1[0-9]{4}` +
    String.raw`|[0-9]{3}( ?[-./ ] ?)[0-9]{6}\2[0-9]{4,5})<END>`,
  account_labelled:
    String.raw`<BANK>[^0-9*]{0,20}([0-9]{10,16}|[0-9]{1,7}(?:-[0-9]{1,8}){1,4}` +
    String.raw`|[0-9]{3,6} [0-9]{2,6} [0-9]{4,7}(?: [0-9]{1,3}(?! [0-9]))?)<END>`,
  account_numbered:
    String.raw`(?:account ?(?:number|num|no|#)[ .:#=]{0,3}(?:is )?|(?:普通(?:預金|口座)?|当座(?:預金)?` +
    String.raw`|口座(?:番号)?|\(普\)|\(当\)|記号 ?:?[0-9]{5}[^0-9*]{0,6}番号)[ :.はが]{0,4})` +
    String.raw`([0-9]{7,8}|[0-9](?:[- ]?[0-9]){8,16})<END>`,
  account: String.raw`<FIRST>(?:[0-9]{9,13}|[0-9]{0,5}(?:-[0-9]{1,7}){2,4})<END>`,
  abroad:
    String.raw`(?:\+|0(?<![0-9]0)0[0-9]{0,3}[- ]?)8[12][-. ()]{0,3}(?:0[-. ()]{0,2})?[1-9][0-9]{0,3}` +
    String.raw`[-. ()]{0,3}[0-9]{1,4}[-. ()]{0,3}[0-9]{3,4}(?![0-9])`,
  abroad_bare:
    String.raw`8(?<![0-9]8)(?<![0-9]-8)[12](?:[-. ()]{1,3}0?[-. ()]{0,2}(?:10|[7-9]0)[-. ]{0,2}[0-9]{4}[-. ]{0,2}[0-9]{4}` +
    String.raw`|(?:10|[7-9]0)[0-9]{8})<END>`,
  world:
    String.raw`\+(?!8[12])[1-9](?<![0-9+]\+[1-9])(?:(?! 0[0-9]{1,2}[-. ]| 0[0-9]{8})[-. ()]{0,3}[0-9]){9,14}(?![0-9])`,
  mobile:
    String.raw`(?:0(?<![0-9]0)|o(?<![0-9a-z]o))(?:1[0o]<GAP>(?:[0-9]{4}<GAP>|[0-9]{3}<GAP>[0-9])` +
    String.raw`|(?:1[02][-./_() ]{1,3}[0-9]{3,4}(?![0-9])|1[16-9]<GAP>[0-9]{3,4}|[5-9]0<GAP>[0-9]{4}` +
    String.raw`|80<GAP>[0-9]{3}|50[2-8]<GAP>[0-9]{3,4})<GAP>)[0-9]{4}(?![0-9])`,
  landline:
    String.raw`<ZERO>(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4])<GAP>[1-9][0-9]{2,3}<GAP>[0-9]{4}(?![0-9])(?!-[0-9]{2})`,
  japan:
    String.raw`<ZERO>(?:[346]<DASH>[1-9][0-9]{3}|[36] [1-9][0-9]{3}(?= )|[1-9]{2}<DASH>[1-9][0-9]{2}` +
    String.raw`|[1-9][0-9]{2}<DASH>[1-9][0-9]|[1-9][0-9]{3}<DASH>[1-9]|800<DASH>[0-9]{3})(?:<DASH>| )[0-9]{4}<END>`,
  toll_free: String.raw`<ZERO>120[- ]?(?:[0-9]{3}[- ]?[0-9]{3}|[0-9]{2}[- ]?[0-9]{4})<END>`,
  phone_labelled:
    String.raw`(?:전화|연락처|휴대폰|핸드폰|팩스|tel(?<![a-z]tel)|phone(?<![a-z]phone)|fax|☎|☏|℡|電話|携帯|連絡先` +
    String.raw`|01[016-9](?<![0-9]01[0-9])(?![0-9]))[^0-9*\n]{0,8}` +
    String.raw`((?:82)?0?10[-. ]?[0-9]{4}[-. ]?[0-9]{4}|[2-9][0-9]{2,3}-[0-9]{4}|0[1-9][0-9]{8})<END>`,
};

// What a number that a pattern has found must also be, or must not be.
export const SHAPES = {
  day: String.raw`(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])`,
  card:
    String.raw`(?:4(?:[0-9]{12}|[0-9]{15})|5[0-9]{15}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}` +
    String.raw`|35[2-8][0-9]{13}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|6[0-9]{15,18}|9[0-9]{15})<STOP>`,
  card_length: String.raw`[0-9]{15,16}<STOP>`,
  account_length: String.raw`[0-9]{10,16}<STOP>`,
  bank_length: String.raw`[0-9]{11}`,
  account: // how Korean banks group their accounts
    String.raw`(?:[0-9]{6}-[0-9]{2}-[0-9]{6}|[0-9]{3}-[0-9]{6}-[0-9]{2}-[0-9]{3}|[0-9]{3}-[0-9]{4}-[0-9]{4}-[0-9]{2}` +
    String.raw`|[0-9]{3}-[0-9]{3}-[0-9]{6}|[0-9]{3}-[0-9]{6}-[0-9]{3,5}|[0-9]{3}-[0-9]{2}-[0-9]{6}(?:-[0-9])?` +
    String.raw`|[0-9]{3}-[0-9]{2}-[0-9]{4}-[0-9]{3}|100[256]-[0-9]{3}-[0-9]{6}` +
    String.raw`|(?:33|7[79])[0-9]{2}-[0-9]{2}-[0-9]{7}|9[0-9]{3}-[0-9]{4}-[0-9]{4}-[0-9])<STOP>`,
  bank_prefix: String.raw`100[256]|3`, // 우리은행, 농협
  company: String.raw`(?:[0-9]{3}-[0-9]{2}-[0-9]{5}|[0-9]{6}-[0-9]{7})<STOP>`, // 사업자등록번호, 법인등록번호
  licence: String.raw`(?:1[1-9]|2[0-8])-[0-9]{2}-[0-9]{6}-`, // the office that issued it comes first
  phone: String.raw`(?:0|8[12][-. ]?0?(?:10|[7-9]0))(?:[0-9]{8,11}|.*[^0-9][0-9]{4})<STOP>`,
  abroad: String.raw`(?:00[0-9]{0,3}?)?8[12]0?(?!(?:1[568]|570)[0-9]{6}<STOP>)[1-9][0-9]{7,10}<STOP>`,
  twelve_digit_phone: String.raw`050[2-8]|82010|8210|81[7-9]0`,
  clock: String.raw`<CLOCK>(?: <CLOCK>)+<STOP>`,
  spaced: String.raw`[0-9 \n]*<STOP>`,
};

const whole = (source) => source.replace(/<([A-Z_]+)>/g, (_, part) => PARTS[part]);

function compile(table, flags) {
  return Object.fromEntries(Object.entries(table).map(([name, source]) => [name, new RegExp(whole(source), flags)]));
}

const BEFORE = compile(CONTEXT, "");
const AFTER = compile(CONTEXT, "y");
const SHAPE = compile(SHAPES, "y");
const FOUND = compile(PATTERNS, "g");
const NEAR_BEFORE = 40;
const NEAR_AFTER = 24;
const WEB = 200;

function begins(pattern, text) {
  pattern.lastIndex = 0;
  return pattern.test(text);
}

// --- Judgements ------------------------------------------------------------------------------------------------------

/** What a pattern found, with what stands around it. */
class Candidate {
  constructor(text, start, end) {
    Object.assign(this, { text, start, end, number: text.slice(start, end) });
    this.digits = this.number.replace(/[^0-9]/g, "");
    this.plain = this.digits === this.number;
  }

  follows(name, within = NEAR_BEFORE) {
    return BEFORE[name].test(this.text.slice(Math.max(0, this.start - within), this.start));
  }

  precedes(name) {
    return begins(AFTER[name], this.text.slice(this.end, this.end + NEAR_AFTER));
  }

  counts(name) {
    return begins(SHAPE[name], this.digits);
  }

  reads(name) {
    return begins(SHAPE[name], this.number);
  }

  /** The digits without those that only say how many follow: 뒤 7자리. */
  get counted() {
    return this.number.replace(/[67] ?(?:자리|digits)|[^0-9]/g, "");
  }

  otherwise() {
    if (this.follows("other") || this.follows("money_before") || this.precedes("money_after")) return true;
    if (this.follows("ordinal_before") || this.precedes("ordinal_after")) return true;
    return (
      this.plain &&
      (this.follows("decimal") ||
        this.follows("web", WEB) ||
        (this.follows("letter_before") && !this.follows("phone_word")) ||
        this.precedes("letter_after"))
    );
  }
}

function isDay(year, month, day) {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function born(digits) {
  const front = digits.slice(-13, -7);
  const century = digits.at(-7);
  const firstYear = "90".includes(century) ? 1800 : "3478".includes(century) ? 2000 : 1900;
  const year = firstYear + Number(front.slice(0, 2));
  if (!isDay(year, Number(front.slice(2, 4)), Number(front.slice(4)))) return null;
  if (digits.length > 13 && digits.slice(0, 2) !== String(firstYear).slice(0, 2)) return null;
  return "5678".includes(century) ? "foreigner" : "resident";
}

const residentBorn = (c) => born(c.digits);

function resident(c) {
  const kind = residentBorn(c);
  if (!kind || c.follows("company") || (c.reads("spaced") && c.precedes("money_after"))) return null;
  if (c.follows("other") || c.follows("thing")) return null;
  const other =
    c.plain &&
    (c.precedes("file") ||
      c.follows("coordinate") ||
      c.follows("web", WEB) ||
      (c.counts("bank_prefix") && c.follows("bank_beside")));
  return other ? null : kind;
}

const halves = (c) => (c.precedes("money_after") ? null : born(c.counted));

const backwards = (c) => born(c.counted.slice(-6) + c.counted.slice(0, 7));

function myNumber(c) {
  const weighed = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2].reduce((sum, weight, at) => sum + weight * c.digits[at], 0);
  const checked = Number(c.digits[11]) === ((11 - (weighed % 11)) % 11) % 10 && new Set(c.digits).size > 1;
  const named = c.follows("my_number_before") || c.precedes("my_number_after");
  if (c.follows("other") || c.follows("thing") || !(named || (checked && unclaimed(c)))) return null;
  return "my_number";
}

function unclaimed(c) {
  if (c.counts("twelve_digit_phone") || c.counts("day") || c.reads("clock")) return false;
  if (c.follows("plus") || c.follows("group")) return false;
  if (c.plain && c.precedes("file")) return false;
  if ((c.plain || !c.reads("spaced")) && (c.follows("korean_before") || c.precedes("korean_after"))) return false;
  return !(c.follows("bank_before") || c.follows("licence") || c.otherwise());
}

const email = () => "email";

function licence(c) {
  if (c.follows("other") || c.follows("bank_before")) return null;
  return c.follows("licence") || c.reads("licence") ? "licence" : null;
}

const passport = () => "passport";

function luhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const weighed = at % 2 ? digit * 2 : Number(digit);
    return total + Math.floor(weighed / 10) + (weighed % 10);
  }, 0);
  return sum % 10 === 0;
}

function isArticle(digits) {
  return digits.length === 13 && [...digits].reduce((sum, digit, at) => sum + (at % 2 ? 3 : 1) * digit, 0) % 10 === 0;
}

function card(c) {
  const accepted =
    c.counts("card") && luhn(c.digits)
      ? c.follows("card") || !(c.follows("bank_before") || isArticle(c.digits))
      : c.counts("card_length") && !c.counts("day") && c.follows("card");
  return accepted && !(c.reads("clock") || c.follows("thing") || c.otherwise()) ? "card" : null;
}

function accountNamed(c) {
  if (!c.counts("account_length") || c.counts("day") || c.reads("phone") || c.reads("company")) return null;
  return c.follows("thing") || c.otherwise() ? null : "account";
}

const accountShort = (c) => (c.counts("day") || c.reads("phone") || c.otherwise() ? null : "account");

function account(c) {
  const named = c.precedes("bank_after") || (c.plain && c.counts("bank_length") && c.follows("bank_name"));
  return named || c.reads("account") ? accountNamed(c) : null;
}

const abroad = (c) => (c.counts("abroad") && !c.otherwise() ? "phone" : null);

const mobile = (c) => ((c.plain && c.otherwise()) || c.reads("clock") ? null : "phone");

const phone = (c) => (c.otherwise() ? null : "phone");

// The most serious first. Where words name the number, they stand before it and the number is group 1.
const RULES = [
  ["resident", resident],
  ["resident_spaced", resident],
  ["resident_dated", resident],
  ["resident_labelled", residentBorn, "named"],
  ["resident_halves", halves],
  ["resident_backwards_labelled", backwards, "named"],
  ["my_number_labelled", myNumber, "named"],
  ["my_number", myNumber],
  ["email", email],
  ["licence", licence],
  ["passport", passport, "named"],
  ["card", card],
  ["account_labelled", accountNamed, "named"],
  ["account_numbered", accountShort, "named"],
  ["account", account],
  ["abroad", abroad],
  ["abroad_bare", abroad],
  ["world", phone],
  ["mobile", mobile],
  ["landline", phone],
  ["japan", phone],
  ["toll_free", phone],
  ["phone_labelled", phone, "named"],
];

/** The kinds that must not even be sent: the law forbids to keep them. */
export const REFUSED = new Set(["resident", "foreigner", "my_number"]);

/**
 * The personal numbers in a text, in its order and without overlap.
 * @param {string} text
 * @returns {{kind: string, start: number, end: number}[]} places in UTF-16 units, as text.slice() takes them
 */
export function findPersonalNumbers(text) {
  const { spelt, begins: starts, ends } = spell(text);
  const taken = new Uint8Array(spelt.length);
  const claims = [];
  for (const [name, judge, named] of RULES) {
    const pattern = FOUND[name];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(spelt); match; match = pattern.exec(spelt)) {
      const end = match.index + match[0].length;
      const start = named ? end - match[1].length : match.index;
      const kind = taken.subarray(start, end).includes(1) ? null : judge(new Candidate(spelt, start, end));
      pattern.lastIndex = kind ? end : start + 1;
      if (kind) {
        claims.push({ kind, start: starts[start], end: ends[end - 1] });
        taken.fill(1, start, end);
      }
    }
  }
  return claims.sort((one, other) => one.start - other.start);
}
