// A visitor's ticket: position and wait come with the office's stream, and the phone says when it is called.

import { follow } from "./connection.js";
import { putAll } from "./live.js";
import { read, say, waitWords } from "./queue.js";
import { fill, number } from "./text.js";

const AFTER = 1_000;

/** How a ticket stands in a state of the queue, with its position and wait, or with its call. */
function find(state, { number, day }) {
  if (state.day !== day) return ["ended"];
  const [closing, opens] = ["closing", "closed"].map((name) => state[name]?.tickets[number]);
  if (state.tickets?.[number]) return ["waiting", { place: state.tickets[number], closing, opens }];
  const call = state.called.find((one) => one?.number === number && one.state);
  if (call) return ["called", call];
  return [["parked", "missed"].find((name) => state[name]?.includes(number)) ?? "ended"];
}

/** Follow the ticket of `[data-ticket]`, the address of its office's stream. */
export function start(root) {
  const words = root.dataset;
  const title = document.title;
  const state = document.querySelector("[data-live-state]");
  const button = document.querySelector("[data-alarm]");
  const part = (name) => root.querySelector(`[data-when=${name}]`);
  let called = Number(words.sequence);
  let context = null;

  function beep() {
    if (context?.state !== "running") return;
    [0, 0.35, 0.7].forEach((later) => {
      const tone = context.createOscillator();
      tone.frequency.value = 880;
      tone.connect(context.destination);
      tone.start(context.currentTime + later);
      tone.stop(context.currentTime + later + 0.2);
    });
  }

  function alarm() {
    beep();
    navigator.vibrate?.([300, 150, 300, 150, 600]);
  }

  function drawWaiting({ place: [position, ...minutes], closing, opens }) {
    say(root.querySelector("[data-position]"), position === 1 ? words.textNext : fill(words.textBefore, { count: number(position - 1) }));
    say(root.querySelector("[data-wait]"), waitWords(root, minutes, closing, opens));
    const book = root.querySelector("[data-book]");
    if (book) book.hidden = closing !== "too_late" && opens === undefined;
  }

  function drawCalled(call) {
    const where = fill(words.textCounter, { number: call.counter });
    say(part("called").querySelector(".callout-title"), where);
    say(root.querySelector("[data-floor]"), fill(words.textFloor, call));
    document.title = `${where} \u00b7 ${title}`;
    if (call.state === "called" && call.sequence > called) alarm();
    called = Math.max(called, call.sequence);
  }

  async function redraw() {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
      if (answer.ok) putAll(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // The next change draws it.
    }
  }

  function take(event) {
    const news = read(event);
    if (!news) return;
    const [kind, what] = find(news, words);
    if (kind === "waiting") drawWaiting(what);
    if (kind === "called") drawCalled(what);
    else document.title = title;
    for (const name of ["waiting", "called"]) part(name).hidden = kind !== name;
    // What can be done with it, and whatever else is said, is drawn by the server once it stands otherwise.
    if (kind !== words.state) setTimeout(redraw, AFTER * Math.random());
    words.state = kind;
  }

  function tell(name) {
    state?.classList.toggle("is-open", name === "open");
    state?.classList.toggle("is-lost", name === "lost");
    say(state, name === "open" ? state.dataset.textOpen : state.dataset.textLost);
  }

  if (button) {
    button.hidden = !("AudioContext" in window);
    button.addEventListener("click", async () => {
      context ??= new AudioContext();
      await context.resume();
      alarm();
      button.setAttribute("aria-pressed", "true");
      say(button, button.dataset.textOn);
    });
  }
  follow({ address: () => words.ticket, take, tell, always: true });
}
