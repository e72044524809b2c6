// Pages that show an office's queue: its state comes whole with each event of the stream, so no page asks for it.

import { follow } from "./connection.js";
import { fill, number } from "./text.js";
import { said } from "./waits.js";

/** The state that an event carries; null if it carries none. */
export function read(event) {
  try {
    const state = JSON.parse(event.data);
    return state?.what === "queue" && Array.isArray(state.called) ? state : null;
  } catch {
    return null;
  }
}

/** Change a text only where it differs: what stays the same is not drawn or read out again. */
export function say(element, words) {
  if (element && element.textContent !== String(words)) element.textContent = words;
}

/** How long it takes, in the words of the page: see waits.js. */
export const waitWords = (root, ...estimate) => said(JSON.parse(root.dataset.waits), ...estimate);

/** Who waits for each service. A row that cannot be drawn leaves the others as they are. */
export function drawServices(root, state) {
  for (const row of root.querySelectorAll("[data-service]")) {
    try {
      const [waiting, ...minutes] = state.services[row.dataset.service];
      say(row.querySelector("[data-waiting]"), fill(root.dataset.textWaiting ?? "{count}", { count: number(waiting) }));
      say(row.querySelector("[data-ahead]"), fill(root.dataset.textAhead ?? "{count}", { count: number(state.ahead?.[row.dataset.service] ?? waiting) }));
      const [closing, opens] = ["closing", "closed"].map((name) => state[name]?.services[row.dataset.service]);
      say(row.querySelector("[data-wait]"), waitWords(root, minutes, closing, opens));
    } catch {
      say(row.querySelector("[data-wait]"), "");
    }
  }
}

/** Follow the queue of `[data-queue]`, the address of its stream. */
export function start(root) {
  follow({
    address: () => root.dataset.queue,
    take(event) {
      const state = read(event);
      if (state) draw(root, state);
    },
    tell(name) {
      root.classList.toggle("is-lost", name === "lost");
    },
  });
}

function draw(root, state) {
  drawServices(root, state);
  say(root.querySelector("[data-total]"), number(state.waiting));
  const list = root.querySelector("[data-called]");
  if (!list) return;
  const there = state.called.filter((one) => one?.state);
  while (list.children.length > there.length) list.lastElementChild.remove();
  there.forEach((one, place) => {
    const item = list.children[place] ?? list.appendChild(document.createElement("li"));
    say(item, fill(root.dataset.textCalled, one));
    item.classList.toggle("is-called", one.state === "called");
  });
  root.querySelector("[data-nobody]").hidden = there.length > 0;
}
