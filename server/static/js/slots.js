// The timetable changes while it is open: a time that somebody takes becomes full, one that is given back free again.
// The server sends the marks; the words are in the page's language already.

import { follow } from "./connection.js";
import { fill, number } from "./text.js";

const day = new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric" });
const [FREE, FEW, FULL] = ["\u25cb", "\u25b3", "\u00d7"];
const KINDS = { [FREE]: "free", [FEW]: "few", [FULL]: "full" };
const TEXTS = { [FREE]: "textFree", [FEW]: "textFew", [FULL]: "textFull" };

/** Follow the stream of one `[data-slots=address]` around a timetable. */
export function start(root) {
  const state = root.querySelector("[data-slots-state]");
  const cells = new Map();
  for (const cell of root.querySelectorAll(".slot-table button[value], .slot-table [data-start]")) {
    cells.set(cell.value || cell.dataset.start, cell);
  }

  function words(start, mark, left) {
    const kind = root.dataset[TEXTS[mark]];
    if (mark === FULL) return kind;
    const [year, month, date] = start.slice(0, 10).split("-").map(Number);
    const places = fill(left === 1 ? root.dataset.textPlace : root.dataset.textPlaces, { n: number(left) });
    return `${day.format(new Date(year, month - 1, date))} ${start.slice(11, 16)}, ${kind}, ${places}`;
  }

  function draw(start, mark, left) {
    const cell = document.createElement(mark === FULL ? "span" : "button");
    cell.className = `slot slot-${KINDS[mark]}`;
    if (mark === FULL) cell.dataset.start = start;
    else Object.assign(cell, { name: "start", value: start, type: "submit" });
    const sign = document.createElement("span");
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = mark;
    const text = document.createElement("span");
    text.className = "unseen";
    text.textContent = words(start, mark, left);
    cell.append(sign, text);
    return cell;
  }

  function change(start, [mark, left] = [FULL, 0]) {
    const old = cells.get(start);
    if (!old || old.textContent.trim().startsWith(mark)) return;
    const cell = draw(start, mark, left);
    const focused = document.activeElement === old;
    old.replaceWith(cell);
    cells.set(start, cell);
    if (focused) {
      cell.tabIndex = mark === FULL ? -1 : 0;
      cell.focus({ preventScroll: true });
    }
  }

  function take(event) {
    const { marks = {} } = JSON.parse(event.data);
    for (const [start, mark] of Object.entries(marks)) change(start, mark ?? undefined);
  }

  function tell(name) {
    state.classList.toggle("is-open", name === "open");
    state.classList.toggle("is-lost", name === "lost");
    const text = name === "open" ? root.dataset.textOpen : root.dataset.textLost;
    if (state.textContent !== text) state.textContent = text;
  }

  follow({ address: () => root.dataset.slots, take, tell });
}
