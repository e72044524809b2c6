// A clerk types as fast as people speak: Enter sends a line beside the writing, and the field is free at once. What is
// not acknowledged yet stands below the form and on this device, and is sent again by itself, each line with the key
// that it got first, so that the server takes it once however often it comes.

import { fill, number } from "./text.js";

const SLOWEST = 30_000;
const PATIENCE = 15_000;
const KEPT = ["session", "channel", "stance", "speaker", "author", "consent", "text"];

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bring one `form[data-intake=slug]` to life. */
export function start(form) {
  const place = `sinmungo:intake:${form.dataset.intake}`;
  const words = form.dataset;
  const field = form.elements.text;
  const box = form.querySelector("[data-intake-waiting]");
  const list = form.querySelector("[data-intake-lines]");
  const state = form.querySelector("[data-intake-state]");
  const said = form.querySelector("[data-intake-said]");
  const pattern = form.querySelector("[data-intake-line]");
  let lines = []; // {key, values, refused}
  let wait = 1000;
  let timer = null;
  let sending = false;
  let trouble = "";

  function collect() {
    const values = {};
    for (const [name, value] of new FormData(form)) if (KEPT.includes(name)) values[name] = value;
    return values;
  }

  function put(values) {
    for (const name of KEPT) {
      const found = form.elements[name];
      if (!found) continue;
      if (found.type === "checkbox") found.checked = values[name] === "on";
      else found.value = values[name] ?? "";
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function keep() {
    try {
      const { author, consent, ...draft } = collect(); // a name is kept with a line only, until that is acknowledged
      localStorage.setItem(place, JSON.stringify({ lines, draft }));
    } catch {
      // A full or forbidden storage must not hold up the clerk; the lines are on the page.
    }
  }

  function draw() {
    list.replaceChildren(...lines.map((line) => {
      const item = pattern.content.firstElementChild.cloneNode(true);
      const [text, error, buttons] = item.children;
      text.textContent = line.values.text;
      error.hidden = buttons.hidden = !line.refused;
      error.textContent = line.refused ?? "";
      item.querySelector("[data-mend]").addEventListener("click", () => {
        drop(line);
        put(line.values);
        field.focus();
      });
      item.querySelector("[data-drop]").addEventListener("click", () => (drop(line), field.focus()));
      return item;
    }));
    box.hidden = !lines.length;
    const now = lines.length ? trouble || fill(words.textWaiting, { n: number(lines.length) }) : "";
    if (state.textContent !== now) state.textContent = now;
  }

  function drop(line) {
    lines = lines.filter((other) => other !== line);
    keep();
    draw();
  }

  /** Send one line; true when the server has said something about it. */
  async function sendOne(line) {
    const body = new URLSearchParams({ ...line.values, key: line.key });
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { accept: "application/json" },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok) {
      said.textContent = fill(words.textTaken, { text: line.values.text.slice(0, 40) });
      drop(line);
    } else if (answer.status === 401 || answer.type === "opaqueredirect") {
      trouble = words.textSignedOut;
      throw new Error("signed out");
    } else if (answer.status >= 500 || answer.status === 429 || answer.status === 408) {
      throw new Error(`answer ${answer.status}`);
    } else {
      const problem = await answer.json().catch(() => ({}));
      line.refused = problem.errors?.map((error) => error.message).join(" ") || problem.title || words.textRefused;
      keep();
    }
  }

  async function send() {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    try {
      for (let line; (line = lines.find((one) => !one.refused)); ) {
        await sendOne(line);
        trouble = "";
        wait = 1000;
        draw();
      }
    } catch {
      trouble ||= words.textLost;
      timer = setTimeout(send, wait);
      wait = Math.min(wait * 2, SLOWEST);
    } finally {
      sending = false;
      draw();
    }
  }

  function take(next) {
    if (!form.reportValidity()) return;
    const values = collect();
    if (!values.text.trim()) return;
    lines.push({ key: newKey(), values });
    const speaker = form.elements.speaker;
    if (next) {
      if (/^\d+$/.test(speaker.value)) speaker.value = Number(speaker.value) + 1;
      form.elements.author.value = "";
      form.elements.consent.checked = false;
    }
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    keep();
    draw();
    send();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(event.submitter?.name === "next");
  });
  // The Enter that ends a syllable comes while it is still being put together, and on some machines not again: what
  // tells of it is the line break that follows.
  let ending = false;
  form.addEventListener("keydown", (event) => {
    ending = event.isComposing && event.key === "Enter" && !event.shiftKey;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    if (event.target === field) take(event.ctrlKey || event.metaKey);
    else field.focus();
  });
  field.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "insertLineBreak" || !ending) return;
    event.preventDefault();
    ending = false;
    take(false);
  });
  form.addEventListener("input", keep);
  addEventListener("online", send);
  addEventListener("focus", () => lines.length && send());

  form.querySelector("[data-intake-keys]").hidden = false;
  try {
    const kept = JSON.parse(localStorage.getItem(place)) ?? {};
    lines = kept.lines ?? [];
    // A page that comes back with an error holds what was typed; else the device does.
    if (kept.draft && !form.querySelector("[aria-invalid]")) put(kept.draft);
  } catch {
    // Nothing kept, or not ours.
  }
  draw();
  send();
}
