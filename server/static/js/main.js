// Every public page loads this one module; it loads the others only where the page asks for them by a data
// attribute. Without any of it every page works: these only make it quicker to use.

import { remember } from "./live.js";

const PARTS = [
  ["nav.languages", "./languages.js"],
  ["[data-stream]", "./live.js"],
  ["[data-dialog]", "./dialog.js"],
  ["[data-copy]", "./copy.js"],
  ["form[data-once]", "./submit-once.js"],
  ["form[data-draft], [data-draft-clear]", "./draft.js"],
  ["[data-counter]", "./counter.js"],
  ["[data-upload]", "./upload.js"],
  ["[data-map]", "./map.js"],
  ["form[data-steps]", "./steps.js"],
  ["[data-numbers]", "./numbers.js"],
  ["input[inputmode=email]", "./email.js"],
  ["[data-suggest]", "./suggest.js"],
  ["[data-search]", "./search.js"],
  ["[data-print]", "./print.js"],
  ["[data-talk]", "./talk.js"],
  ["form[data-intake]", "./intake.js"],
  ["[data-countdown]", "./countdown.js"],
  ["[data-leaving]", "./leaving.js"],
  ["form[action^='/desk/cases/']", "./desk-draft.js"],
  ["[data-slots]", "./slots.js"],
  ["[data-queue]", "./queue.js"],
  ["[data-ticket]", "./ticket.js"],
  ["form[data-support]", "./support.js"],
  ["details[data-unfold]", "./unfold.js"],
  ["[data-text-size]", "./text-size.js"],
];

/** Bring a part of the page (at first the whole, later what live.js puts in) to life. */
export function enliven(root, parts = PARTS) {
  for (const [selector, module] of parts) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.push(root);
    // A module that cannot be fetched (the reader left, or is offline) leaves the plain page, which works.
    if (found.length) import(module).then(({ start }) => found.forEach(start), () => {});
  }
}

remember(document);
enliven(document);
document.addEventListener("sinmungo:new", (event) => enliven(event.target));
document.querySelector("[data-error-summary]")?.focus();
