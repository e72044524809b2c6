// The display in the hall: draws each state of the queue, announces each call, and mends itself. It runs for months, so
// it makes no elements after the page is there and keeps nothing of what it has shown.

import { follow } from "./connection.js";
import { drawServices, read, say } from "./queue.js";
import { fill } from "./text.js";

const SILENT = 75_000; // without an event for so long the connection is dead: one comes every half minute
const CHECK = 300_000;
const YOUNG = 60_000;
const MOST = 30; // announcements that wait; of more, the oldest are dropped: they are on the screen
const BEHIND = 3; // with more of them waiting, only the first language is spoken
const SPOKEN = 12_000; // Chromium sometimes forgets to say that it has spoken
const BLIP = 5_000;

/** Chimes and speaks, one call after the other. */
class Announcer {
  constructor(speech) {
    this.speech = speech; // pairs of a language and its sentence, in the city's order
    this.waiting = [];
    this.running = false;
    this.context = "AudioContext" in window ? new AudioContext() : null;
  }

  get allowed() {
    return this.context?.state === "running";
  }

  async allow() {
    await this.context?.resume();
  }

  add(call) {
    if (!this.allowed) return;
    this.waiting.push(call);
    if (this.waiting.length > MOST) this.waiting.shift();
    if (!this.running) this.run();
  }

  async run() {
    this.running = true;
    try {
      while (this.waiting.length) {
        const call = this.waiting.shift();
        await this.chime();
        const languages = this.waiting.length > BEHIND ? this.speech.slice(0, 1) : this.speech;
        for (const [language, words] of languages) await this.speak(language, fill(words, spoken(call)));
      }
    } finally {
      this.running = false;
    }
  }

  chime() {
    return ended((done) => {
      const now = this.context.currentTime;
      [659, 523].forEach((pitch, place, all) => {
        const tone = this.context.createOscillator();
        const volume = this.context.createGain();
        const begins = now + place * 0.45;
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, begins);
        volume.gain.exponentialRampToValueAtTime(0.6, begins + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, begins + 0.9);
        tone.connect(volume).connect(this.context.destination);
        tone.start(begins);
        tone.stop(begins + 0.9);
        if (place === all.length - 1) tone.onended = done;
      });
    }, 3_000);
  }

  speak(language, words) {
    const speaker = window.speechSynthesis?.getVoices().find((one) => one.lang.startsWith(language));
    if (!speaker) return null;
    return ended((done) => {
      const said = new SpeechSynthesisUtterance(words);
      said.lang = speaker.lang;
      said.onend = said.onerror = done;
      speechSynthesis.cancel();
      speechSynthesis.speak(said);
    }, SPOKEN);
  }
}

/** Wait until something has ended, in any case no longer than a while. */
function ended(begin, patience) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patience);
    try {
      begin(() => {
        clearTimeout(timer);
        resolve();
      });
    } catch {
      clearTimeout(timer);
      resolve();
    }
  });
}

/** A call as it is read out: a prefix apart from its digits. */
function spoken({ number, counter, floor }) {
  return { number: String(number).replace(/(\D)(\d)/g, "$1 $2"), counter, floor };
}

/** Whoever is called now, and the last calls; the latest first. */
function shown(called, most) {
  const [now, before] = [true, false].map((is) => called.filter((one) => (one?.state === "called") === is));
  return [...now, ...before].slice(0, most).sort((one, other) => (other?.sequence ?? 0) - (one?.sequence ?? 0));
}

function drawCall(row, call, floor) {
  if (typeof call?.number !== "string" || !call.number) throw new Error("a call without a number");
  say(row.querySelector("[data-number]"), call.number);
  say(row.querySelector("[data-counter]"), call.counter || "\u2013");
  say(row.querySelector("[data-floor]"), call.counter ? fill(floor, { floor: call.floor }) : "");
  row.classList.toggle("is-called", call.state === "called");
  row.hidden = false;
}

/** Show the queue of `[data-display]`, the address of its stream. */
function start(root) {
  const list = root.querySelector("[data-calls]");
  const rows = [...list.children];
  const button = root.querySelector("[data-sound]");
  const lost = root.querySelector("[data-lost]");
  const announcer = new Announcer(JSON.parse(root.dataset.speech));
  let latest = null; // the sequence of the last call that was announced
  let heard = Date.now();
  let blip = null;

  function draw(state) {
    const calls = shown(state.called, rows.length);
    rows.forEach((row, place) => {
      try {
        if (place < calls.length) drawCall(row, calls[place], root.dataset.textFloor);
        else row.hidden = true;
      } catch {
        row.hidden = true; // the others are shown all the same
      }
    });
    list.classList.toggle("is-long", calls.some((one) => String(one?.number ?? "").length > 5));
    root.querySelector("[data-nobody]").hidden = rows.some((row) => !row.hidden);
    drawServices(root, state);
  }

  function announce(state) {
    const calls = state.called.filter((one) => Number.isInteger(one?.sequence) && typeof one.number === "string");
    if (latest !== null) {
      const fresh = calls.filter((one) => one.sequence > latest && one.state === "called" && one.counter);
      fresh.sort((one, other) => one.sequence - other.sequence).forEach((one) => announcer.add(one));
    }
    latest = Math.max(latest ?? 0, ...calls.map((one) => one.sequence));
  }

  function showSound() {
    button.hidden = announcer.allowed || !announcer.context;
  }

  /** Load the page again if its files or words have changed. Asking also tells the office that this display is alive. */
  async function check() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const build = answer.ok && !answer.redirected && /data-build="(\w+)"/.exec(await answer.text())?.[1];
      if (build && build !== root.dataset.build) location.reload();
    } catch {
      // The server cannot be reached: this is asked again.
    }
  }

  const connection = follow({
    always: true,
    address: () => root.dataset.display,
    take(event) {
      const state = read(event);
      if (!state) return;
      state.called = state.called.filter((one) => !one?.afar); // who comes by video or telephone is not in the hall
      heard = Date.now();
      draw(state);
      announce(state);
    },
    tell(name) {
      if (name === "lost") {
        blip ??= setTimeout(() => (lost.hidden = false), BLIP); // each attempt that fails says so again
      } else {
        clearTimeout(blip);
        blip = null;
        if (!lost.hidden && performance.now() > YOUNG) check();
        lost.hidden = true;
        heard = Date.now();
      }
    },
  });
  setInterval(() => {
    if (Date.now() - heard <= SILENT) return;
    heard = Date.now();
    connection.lose();
  }, SILENT / 5);
  setInterval(check, CHECK * (0.9 + Math.random() / 5));
  button.addEventListener("click", () => announcer.allow().then(showSound));
  announcer.context?.addEventListener("statechange", showSound);
  showSound();
  navigator.wakeLock?.request("screen").catch(() => {});
}

document.querySelectorAll("[data-display]").forEach(start);
