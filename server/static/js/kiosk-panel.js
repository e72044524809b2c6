// What staff see: when the server last answered, what is not handed in, numbers in stock, the printer; and the worker
// that keeps the page for the time without network.

import { connectSerial, connectUsb, draw, printAtPort, printInBrowser } from "./kiosk-printer.js";
import { box, officeMoment, stock } from "./kiosk-store.js";
import { officeName, say, sentence, time } from "./kiosk-words.js";

let ready = false;

const contactTime = ({ state, contact: at }) => (state && at ? time(officeMoment(state, at)) : "\u2013");

/** A discreet line beside the staff's key; nothing while all is well. */
export async function contact(server, element) {
  const { items, refused } = await box();
  const parts = [];
  if (!server.online) parts.push(sentence("no_contact", { time: contactTime(server) }));
  const unsent = items.filter((one) => one.body?.taken_at).length;
  if (unsent + refused.length) parts.push(sentence("to_hand_in", { count: unsent + refused.length }));
  element.textContent = parts.join(" \u00b7 ");
}

/** Fill the panel. */
export async function show(server) {
  const found = await box();
  const series = [...new Set(server.state?.blocks.map((one) => one.prefix) ?? [])];
  const rows = {
    contact: contactTime(server),
    unsent: found.items.filter((one) => one.body?.taken_at).map((one) => one.body.number).join(", ") || "0",
    refused: found.refused.map((one) => `${one.number} (${one.code}, ${one.at.slice(0, 16).replace("T", " ")})`).join(", ") || "0",
    stock: series.map((one) => `${one || sentence("no_letter")}: ${stock(server.state, found, one).length}`).join(", ") || "0",
    ready: sentence(ready ? "yes" : "no"),
    paper: sentence(`paper_${server.state?.printer ?? "none"}`),
  };
  const list = document.querySelector("[data-panel]");
  list.replaceChildren(...Object.entries(rows).map(([key, value]) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    say(term, key);
    row.append(term, Object.assign(document.createElement("dd"), { textContent: value }));
    return row;
  }));
  say(document.querySelector("[data-panel-said]"), "");
}

/** Let the staff choose a printer; a browser that knows no such port, or a choice that is broken off, says so. */
export async function connect(kind) {
  try {
    await (kind === "serial" ? connectSerial() : connectUsb());
    say(document.querySelector("[data-panel-said]"), "");
  } catch {
    say(document.querySelector("[data-panel-said]"), "test_failed");
  }
}

/** Print a page that says that it is a test. */
export async function test(server) {
  const paper = server.state?.paper_mm ?? 80;
  const canvas = draw([{ text: officeName(), size: 26, bold: true }, { text: "0", size: 120, bold: true }, { text: sentence("test_print"), size: 26 }], null, paper);
  let done = "test_done";
  try {
    if (server.state?.printer === "browser") await printInBrowser(canvas, document.querySelector("[data-slip]"), paper);
    else await printAtPort(canvas);
  } catch {
    done = "test_failed";
  }
  say(document.querySelector("[data-panel-said]"), done);
}

/** Have the worker keep the page and all it needs. */
export async function keepPage({ kept, worker }) {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(worker);
    navigator.serviceWorker.addEventListener("message", (event) => {
      ready = event.data.ready;
    });
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ page: location.pathname, kept: kept.split(" ") });
  } catch {
    ready = false;
  }
}
