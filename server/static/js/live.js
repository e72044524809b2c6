// Keeps a page up to date: listens to the server-sent events at `data-stream`, and when one arrives fetches the page
// again and updates what changed inside each element that has `data-live` and an id. So pages are rendered only by the
// server.
//
// `data-live="list"` marks a list whose children have ids: children come, go and change one by one, and the others
// stay untouched. Nothing is replaced that holds the focus or something typed; it waits until the reader leaves it.
// What is being read stays where it is on the screen.

import { follow } from "./connection.js";

const BETWEEN = 1000;
const AGAIN = 25_000; // times that pass are on the page, so a queue's state is asked for again after so long

const drawn = new WeakMap(); // element -> its HTML as the server rendered it, before scripts changed it

/** Note how the live parts of a page came from the server. */
export function remember(root) {
  for (const part of root.querySelectorAll("[data-live][id]")) note(part);
}

function note(part) {
  drawn.set(part, part.innerHTML);
  if (part.dataset.live === "list") for (const child of part.children) drawn.set(child, child.outerHTML);
}

/** Whether the reader is at work inside an element. */
function busy(element) {
  if (element.contains(document.activeElement) || element.querySelector("dialog[open], details[data-dialog][open]")) return true;
  return [...element.querySelectorAll("input, textarea, select")].some((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0;
    return field.type !== "hidden" && field.value !== field.defaultValue;
  });
}

/** The topmost thing on the screen that can be found again, and where it is. */
function place() {
  const focused = document.activeElement?.closest("[data-live] [id]");
  const seen = [...(focused ? [focused] : []), ...document.querySelectorAll("[data-live=list] > [id]"), ...document.querySelectorAll("[data-live][id]")];
  for (const element of seen) {
    const { top, bottom } = element.getBoundingClientRect();
    if (bottom > 0 && top < innerHeight) return { id: element.id, top };
  }
  return null;
}

function putList(list, fresh) {
  const there = new Map([...list.children].map((child) => [child.id, child]));
  let complete = true;
  let before = list.firstElementChild;
  for (const child of [...fresh.children]) {
    const old = there.get(child.id);
    const html = child.outerHTML;
    there.delete(child.id);
    let now = old;
    if (!old) {
      now = document.importNode(child, true);
      now.classList.add("is-new");
    } else if (drawn.get(old) !== html) {
      if (busy(old)) complete = false;
      else now = document.importNode(child, true);
    }
    if (now !== old) {
      drawn.set(now, html);
      if (old) {
        if (before === old) before = now;
        old.replaceWith(now);
      }
    }
    if (now !== before) list.insertBefore(now, before);
    else before = before.nextElementSibling;
    if (now !== old) now.dispatchEvent(new CustomEvent("sinmungo:new", { bubbles: true }));
  }
  for (const gone of there.values()) {
    if (busy(gone)) complete = false;
    else gone.remove();
  }
  return complete;
}

/** Put one part in; false when the reader is in the way. */
function put(part, fresh) {
  const html = fresh.innerHTML;
  if (drawn.get(part) === html) return { complete: true, changed: false };
  if (part.dataset.live === "list") {
    const complete = putList(part, fresh);
    if (complete) drawn.set(part, html);
    return { complete, changed: true };
  }
  if (busy(part)) return { complete: false, changed: false };
  part.innerHTML = html;
  drawn.set(part, html);
  part.dispatchEvent(new CustomEvent("sinmungo:new", { bubbles: true }));
  return { complete: true, changed: true };
}

/** Put in what changed; tells whether anything did and whether all of it could be. */
export function putAll(fresh) {
  const anchor = place();
  const focused = document.activeElement;
  let changed = false;
  let complete = true;
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const news = fresh.getElementById(part.id);
    if (!news) continue;
    const result = put(part, news);
    changed ||= result.changed;
    complete &&= result.complete;
  }
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  const found = anchor && document.getElementById(anchor.id);
  if (found) window.scrollBy({ top: found.getBoundingClientRect().top - anchor.top, behavior: "instant" });
  if (changed && fresh.title) document.title = fresh.title;
  return { changed, complete };
}

/** Follow the stream of `[data-stream]`; the words for its states are in the element's data attributes. */
export function start(element) {
  let missed = false;
  let waiting = false;
  let last = element.dataset.shown ? Date.now() : 0;
  let refreshing = false;

  /** Whether the page has just shown the state of a queue that an event tells of, or a later one: a stream may lag. */
  function known(event) {
    if (!element.dataset.shown || Date.now() - last >= AGAIN) return false;
    try {
      const { day, version } = JSON.parse(event.data);
      const [shownDay, shownVersion] = element.dataset.shown.split("/");
      return day === shownDay && version <= Number(shownVersion);
    } catch {
      return false;
    }
  }

  const state = document.querySelector("[data-live-state]");
  function tell(name, words) {
    if (!state) return;
    state.classList.toggle("is-open", name === "open");
    state.classList.toggle("is-lost", name === "lost");
    if (words && state.textContent !== words) state.textContent = words;
  }

  async function refresh() {
    if (refreshing || document.hidden) {
      missed = true;
      return;
    }
    refreshing = true;
    missed = false;
    last = Date.now();
    try {
      const answer = await fetch(element.dataset.page || location.href, { headers: { accept: "text/html" }, cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error(`answer ${answer.status}`);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const { changed, complete } = putAll(fresh);
      // The next connection goes on from what this page already shows.
      const { stream, shown } = fresh.querySelector("[data-stream]")?.dataset ?? {};
      element.dataset.stream = stream ?? element.dataset.stream;
      if (shown) element.dataset.shown = shown;
      waiting = !complete;
      if (changed) tell("open", state?.dataset.textUpdated);
    } catch {
      missed = true;
      connection.lose();
    } finally {
      refreshing = false;
    }
    if (missed && connection.isOpen()) soon();
  }

  let planned = null;
  function soon() {
    planned ??= setTimeout(() => {
      planned = null;
      refresh();
    }, Math.max(0, last + BETWEEN - Date.now()));
  }

  document.documentElement.classList.add("is-live");
  document.addEventListener("focusout", () => waiting && setTimeout(soon));
  document.addEventListener("change", () => waiting && setTimeout(soon));
  const connection = follow({
    address: () => element.dataset.stream,
    names: (element.dataset.streamEvents ?? "").split(" ").filter(Boolean),
    take: (event) => known(event) || soon(),
    tell(name) {
      tell(name, name === "open" ? state?.dataset.textOpen : state?.dataset.textLost);
      if (name === "open" && missed) soon();
    },
    miss() {
      missed = true;
    },
  });
}
