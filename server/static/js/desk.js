// The desk by keyboard. In the inbox J and K walk the rows and move the focus, so Enter opens by itself, X selects, A takes
// the proposed department; on a case A does the same, S starts, N and P turn to its neighbours. / searches, ? shows the
// keys. Single keys can be switched off (WCAG 2.1.4), and are silent while something is being typed. Keys are read by
// their place where a Korean or Japanese input method is on.

import { putAll } from "./live.js";
import { fill, number } from "./text.js";
import { say } from "./toast.js";

const SWITCH = "sinmungo:keys";

function letter(event) {
  if (/^[a-z?/]$/i.test(event.key)) return event.key.toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return /^Key[A-Z]$/.test(event.code) ? event.code[3].toLowerCase() : event.key;
}

function typing(target) {
  return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
}

const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
const current = () => document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row].is-current");

function go(row) {
  for (const other of rows()) other.classList.toggle("is-current", other === row);
  const link = row?.querySelector("[data-row-link]");
  link?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const here = all.indexOf(current());
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
  if (all[next]) go(all[next]);
}

function press(key) {
  const marked = (scope) => [...scope.querySelectorAll(`[data-key="${key}"]`)];
  const row = current();
  const target = (row && marked(row)[0]) ?? marked(document).find((element) => !element.closest("[data-row]"));
  if (!target) return false;
  const dialog = target.closest("dialog");
  if (dialog) dialog.showModal(); // there is something to fill in first
  else if (target.tagName === "FORM") target.requestSubmit();
  else target.click();
  return true;
}

function selection(root) {
  const list = root.closest("[data-rows]");
  const boxes = () => [...list.querySelectorAll("[data-select]")];
  const all = list.querySelector("[data-select-all]");
  const words = list.querySelector("[data-selected]");
  let last = null;

  function show() {
    const chosen = boxes().filter((box) => box.checked).length;
    if (all) {
      all.checked = chosen > 0 && chosen === boxes().length;
      all.indeterminate = chosen > 0 && !all.checked;
    }
    if (words) words.textContent = chosen ? fill(words.dataset.text, { n: number(chosen) }) : "";
  }

  list.addEventListener("click", (event) => {
    const box = event.target.closest("[data-select]");
    if (!box) return;
    if (event.shiftKey && last?.isConnected) {
      const there = boxes();
      const [from, to] = [there.indexOf(last), there.indexOf(box)].sort((a, b) => a - b);
      for (const other of there.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
  });
  list.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    show();
  });
  list.addEventListener("sinmungo:new", show);
  show();
}

// A row's own button acts without leaving the list: the answer is the inbox anew, and what changed in it is put in.
// Whatever goes wrong is shown by sending the form the plain way.
const plain = new WeakSet();

async function quick(event) {
  const button = event.submitter;
  if (!button?.matches("[data-quick]") || plain.has(button)) return;
  event.preventDefault();
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  const row = button.closest("[data-row]");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const body = new URLSearchParams(new FormData(button.form, button));
  try {
    const answer = await fetch(button.formAction, { method: "POST", body });
    if (!answer.ok || !answer.redirected) throw new Error(`answer ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.activeElement?.blur();
    putAll(fresh);
    const words = fresh.querySelector(".page > .toast")?.textContent.trim();
    if (words) say(words);
    // What changed in the next row was put in as a new one with the same id.
    go(next?.isConnected ? next : document.getElementById(next?.id) ?? (row.isConnected ? row : undefined));
  } catch {
    plain.add(button);
    button.removeAttribute("aria-disabled");
    button.form.requestSubmit(button);
  }
}

/** Wire the desk's keys and selections. */
export function start(root) {
  const help = root.getElementById("desk-keys");
  const on = root.querySelector("[data-keys-on]");
  const search = root.querySelector("[data-focus-key='/']");
  if (on) {
    on.checked = localStorage.getItem(SWITCH) !== "off";
    on.addEventListener("change", () => {
      localStorage.setItem(SWITCH, on.checked ? "on" : "off");
      hint();
    });
  }
  function hint() {
    for (const line of root.querySelectorAll("[data-key-hint]")) line.hidden = on ? !on.checked : false;
  }
  root.addEventListener("sinmungo:new", hint);
  hint();
  const button = root.querySelector("[data-keys-help]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  for (const list of root.querySelectorAll("[data-rows]")) selection(list);
  root.addEventListener("submit", quick);

  const actions = {
    j: () => step(1),
    k: () => step(-1),
    x: () => current()?.querySelector("[data-select]")?.click(),
    "/": () => search?.focus(),
    "?": () => help?.showModal(),
  };
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    if (root.querySelector("dialog[open]") || (on && !on.checked)) return;
    const key = letter(event);
    if (actions[key]) actions[key]();
    else if (!/^[a-z]$/.test(key) || event.repeat || !press(key)) return;
    event.preventDefault();
  });
  root.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) for (const other of rows()) other.classList.toggle("is-current", other === row);
  });
}
