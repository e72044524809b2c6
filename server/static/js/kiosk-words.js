// The kiosk's sentences in all languages, which its page holds, so that a visitor can switch at any moment, also without
// network. What was said is said again in the new language.

const WORDS = JSON.parse(document.getElementById("kiosk-words").textContent);
const NAMES = JSON.parse(document.getElementById("kiosk-names").textContent);
export const FIRST = document.querySelector("[data-kiosk]").dataset.first;

const values = new WeakMap(); // element -> what fills its sentence
let current = FIRST;

/** The language that is chosen now. */
export const language = () => current;

/** One of several names by language; the first language's where it is missing. */
export const named = (names) => names?.[current] || names?.[FIRST] || "";

/** A number the way the language writes it. */
export const number = (value) => new Intl.NumberFormat(current).format(value);

/** The time of day of an ISO moment, as the clocks at the office show it. */
export const time = (moment) => written(moment, { timeStyle: "short" });

/** The same with its day. */
export const dayAndTime = (moment) => written(moment, { dateStyle: "medium", timeStyle: "short" });

function written(moment, style) {
  return new Intl.DateTimeFormat(current, { ...style, timeZone: "UTC" }).format(new Date(`${moment.slice(0, 16)}Z`));
}

/** A sentence; a value is a number, a text, or a function that gives it in the language of the moment. */
export function sentence(key, given = {}) {
  return WORDS[current][key].replace(/\{(\w+)\}/g, (whole, name) => {
    const value = typeof given[name] === "function" ? given[name]() : given[name];
    return typeof value === "number" ? number(value) : value ?? whole;
  });
}

/** Whether there is such a sentence. */
export const known = (key) => key in WORDS[FIRST];

/** Let an element say a sentence, in this language and those to come; nothing without a key. */
export function say(element, key, given = {}) {
  if (!key) {
    delete element.dataset.t;
    element.textContent = "";
    return;
  }
  element.dataset.t = key;
  values.set(element, given);
  const text = sentence(key, given);
  if (element.textContent !== text) element.textContent = text;
}

/** Switch the page to a language. */
export function choose(code) {
  current = code in WORDS ? code : FIRST;
  document.documentElement.lang = current;
  for (const element of document.querySelectorAll("[data-t]")) say(element, element.dataset.t, values.get(element));
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute(element.tagName === "IMG" ? "alt" : "aria-label", WORDS[current][element.dataset.label]);
  }
  for (const element of document.querySelectorAll("[data-office]")) element.textContent = named(NAMES);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === current));
  }
  document.title = `${WORDS[current].title} \u00b7 ${named(NAMES)}`;
  document.dispatchEvent(new Event("kiosk:language"));
}

/** The office's name. */
export const officeName = () => named(NAMES);
