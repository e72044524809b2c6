// The step that shows a ticket: number, place and wait, the paper, and what becomes of a number that nobody has.

import { draw, printAtPort, printInBrowser } from "./kiosk-printer.js";
import { dropUnsent } from "./kiosk-store.js";
import { dayAndTime, named, officeName, say as put, sentence, time } from "./kiosk-words.js";
import { length, span } from "./waits.js";

const LENGTHS = ["m", "h", "hm", "hs", "hsm"];
const inHours = (minutes) => length(Object.fromEntries(LENGTHS.map((form) => [form, sentence(`length_${form}`)])), minutes);
const find = (selector) => document.querySelector(`[data-step="ticket"] ${selector}`);

let ticket = null;
let service = null;
let office = null; // the state of the office when the ticket was given
let paper = "none"; // none, printing, printed, unsure, failed
let printer = {};

/** How long somebody will wait, as a range. */
function waitWords(wait, key = "wait") {
  if (!wait) return sentence("wait_unknown");
  const [form, low, high] = span(wait.p10, wait.p90);
  if (form === "soon") return sentence("wait_none");
  return form === "minutes" ? sentence(key, { low, high }) : sentence(`${key}_hours`, { low: inHours(low), high: inHours(high) });
}

/** What somebody can expect who may not be called before the office closes, and what to do; empty if that is no matter. */
function closingWords({ before_closing: expected }, service, state) {
  if (!["uncertain", "too_late"].includes(expected)) return "";
  const closes = sentence(expected, { time: time(state.hours.at(-1).closes) });
  if (state.carry_over) return `${closes} ${sentence("next_day")}`;
  return expected === "uncertain" ? closes : `${closes} ${sentence(service?.bookable ? "book" : "come")}`;
}

/** That no counter is open for it, and when one opens; empty if one is. */
function closedWords({ counter_open: open = true, before_closing: expected, opens_at: opens }) {
  if (open || expected === "too_late") return "";
  return opens ? sentence("no_counter_until", { time: time(opens) }) : sentence("no_counter");
}

/** How long somebody will wait for a service, that no counter is open, or that the day may be too short for it. */
export const expectation = (about, service, state, key) =>
  closedWords(about) || closingWords(about, service, state) || waitWords(about.expected_wait, key);

/** Show a ticket that was just given, and print it. */
export async function show(server, given) {
  ticket = given;
  office = server.state;
  service = office?.services.find((one) => one.code === given.service) ?? null;
  printer = { kind: server.state?.printer ?? "none", paper: server.state?.paper_mm ?? 80 };
  paper = "none";
  await loadQr();
  say();
  await print(server);
}

async function loadQr() {
  const figure = find("[data-follow]");
  const picture = find("[data-follow-qr]");
  figure.hidden = true;
  if (!ticket.follow_url) return;
  picture.src = `${new URL(ticket.follow_url).pathname}/qr.svg`;
  figure.hidden = !(await picture.decode().then(() => true, () => false));
}

const arrivalKey = () => (["early", "on_time", "late"].includes(ticket.arrival) ? ticket.arrival : "");
const arrivalTime = () => ({ time: () => time(ticket.booked_for ?? "") });
/** All services of the ticket: with several the number is kept until the last. */
const services = () => ticket.services ?? [ticket.service];
const serviceNames = () =>
  services().map((code) => named(office?.services.find((one) => one.code === code)?.name)).filter(Boolean).join(" \u00b7 ");
const keepKey = () => (services().length > 1 ? "several_keep" : "");
/** Who came early waits for the time of the reservation, unless nobody else waits. */
const minutesMatter = () => ticket.arrival !== "early";
const positionKey = () => (!ticket.position || ticket.arrival === "early" ? "" : ticket.position === 1 ? "next" : "before");

/** Say all of it, also again in another language. */
export function say() {
  if (!ticket) return;
  find("[data-number]").textContent = ticket.number;
  find("[data-ticket-service]").textContent = serviceNames();
  put(find("[data-arrival]"), arrivalKey(), arrivalTime());
  put(find("[data-keep]"), keepKey());
  put(find("[data-position]"), positionKey(), { count: ticket.position - 1 });
  find("[data-wait]").textContent = minutesMatter() ? expectation(ticket, service, office, "ticket_wait") : "";
  find("[data-where]").textContent = named(ticket.where_in);
  sayPaper();
}

function sayPaper() {
  const words = { none: "not_printed", printing: "printing", printed: "printed", unsure: "printed", failed: "" }[paper];
  put(find("[data-print-state]"), ticket.offline && paper === "none" ? "offline_ticket" : words);
  find("[data-failed]").hidden = paper !== "failed";
  find("[data-when-failed]").hidden = paper !== "failed";
  find("[data-when-printed]").hidden = paper === "failed";
  find('[data-do="nothing-came"]').hidden = paper !== "unsure";
  const follow = find("[data-when-failed] .button:nth-child(2)");
  follow.hidden = find("[data-follow]").hidden;
}

function lines() {
  const small = (text) => ({ text, size: 22, bold: false });
  return [
    { text: officeName(), size: 26, bold: true },
    { text: ticket.number, size: 120, bold: true },
    { text: serviceNames(), size: 28, bold: true },
    ...[keepKey() && sentence(keepKey()), arrivalKey() && sentence(arrivalKey(), arrivalTime()),
      positionKey() && sentence(positionKey(), { count: ticket.position - 1 }),
      find("[data-wait]").textContent, named(ticket.where_in),
      sentence("taken_at", { time: dayAndTime(ticket.taken_at ?? ticket.arrived_at) }),
      ticket.follow_url && sentence("follow")].filter(Boolean).map(small),
  ];
}

/** Print the ticket, once more if it is asked for. */
export async function print(server) {
  if (printer.kind === "none") return;
  paper = "printing";
  sayPaper();
  try {
    const canvas = draw(lines(), find("[data-follow]").hidden ? null : find("[data-follow-qr]"), printer.paper);
    if (printer.kind === "escpos") await printAtPort(canvas);
    else await printInBrowser(canvas, document.querySelector("[data-slip]"), printer.paper);
    paper = printer.kind === "escpos" ? "printed" : "unsure";
    sayPaper();
    if (paper === "printed") await report(server, "printed");
  } catch {
    await failed(server);
  }
}

const report = (server, state) => server.report(`tickets/${ticket.number}/print`, { state });

/** Nothing came out: the visitor chooses what to do. */
export async function failed(server) {
  paper = "failed";
  sayPaper();
  find("[data-failed] h2").focus();
  await report(server, "failed");
}

/** The visitor is done (`chosen`), or has left. A number that nobody has is given back. */
export async function leave(server, { chosen }) {
  if (!ticket) return;
  if (paper === "failed") await (chosen ? report(server, "not_needed") : giveBack(server));
  if (paper === "unsure") await report(server, "printed");
}

async function giveBack(server) {
  if (ticket.offline && (await dropUnsent(ticket.number))) return;
  await server.report(`tickets/${ticket.number}/give-back`, {});
}

/** Forget the ticket. */
export function forget() {
  ticket = service = office = null;
  paper = "none";
  document.querySelector("[data-slip]").replaceChildren();
  find("[data-follow-qr]").removeAttribute("src");
  for (const name of ["number", "ticket-service", "wait", "where"]) find(`[data-${name}]`).textContent = "";
  for (const name of ["arrival", "keep", "position", "print-state"]) put(find(`[data-${name}]`), "");
}
