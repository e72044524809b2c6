/*
 * What happens to the characters of a text when it is sent: the same as server/core/characters.py, whose table says
 * what is dropped, kept and broken into lines. A test compares the two text by text.
 */

/** First and last of the characters that show nothing. */
export const IGNORED = [
  [0x01, 0x08], [0x0e, 0x1f], [0x7f, 0x84], [0x86, 0x9f], [0xad, 0xad], [0x034f, 0x034f], [0x061c, 0x061c],
  [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x200b, 0x200f], [0x202a, 0x202e], [0x2060, 0x206f],
  [0x3164, 0x3164], [0xfdd0, 0xfdef], [0xfe00, 0xfe0f], [0xfeff, 0xfeff], [0xffa0, 0xffa0], [0xfff0, 0xfffc],
  [0xfffe, 0xffff], [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a], [0xe0000, 0xe0fff],
];
for (let plane = 0x10000; plane < 0x110000; plane += 0x10000) IGNORED.push([plane + 0xfffe, plane + 0xffff]);
const KANJI = String.raw`\u3005\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}`;
const SYMBOLS = String.raw`\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\u{1f000}-\u{1faff}`;
const JOINING = String.raw`\u0620-\u109f\u1780-\u17d3\u1820-\u18aa`;
const KEPT = [
  String.raw`\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}`,
  String.raw`(?:(?<=[${SYMBOLS}])|(?<=[${SYMBOLS}]\ufe0f))\u200d(?=[${SYMBOLS}])`,
  String.raw`(?<=[${JOINING}])[\u200c\u200d](?=[${JOINING}])`,
  String.raw`(?<=[${KANJI}${SYMBOLS}])[\ufe00-\ufe0f]`,
  String.raw`(?<=[0-9#*])\ufe0f(?=\u20e3)`,
  String.raw`(?<=[${KANJI}])[\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=[\u1820-\u18aa])[\u180b-\u180f]`,
];
const range = ([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`;
const DROPPED = new RegExp(`(${KEPT.join("|")})|[${IGNORED.map(range).join("")}]`, "gu");

/** A text as the server stores it; `lines` if it may have several. */
export function clean(text, lines = false) {
  const shown = text
    .replace(DROPPED, (_, kept) => kept ?? "")
    .replace(/\r\n/g, "\n")
    .replace(/[\r\v\f\x85\u2028\u2029]/g, lines ? "\n" : " ")
    .normalize("NFC");
  return (lines ? shown : shown.replace(/\s+/g, " ")).trim();
}
