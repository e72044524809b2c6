// The kiosk: one page, one step at a time. This module knows the steps and what each press leads to; what is said, kept,
// sent, read and printed is in the modules beside it. After a visitor nothing of theirs is left on the page.

import * as camera from "./kiosk-camera.js";
import { watch } from "./kiosk-idle.js";
import { drawKeys, listen, put } from "./kiosk-input.js";
import { Lost, Server } from "./kiosk-net.js";
import { watchScroll } from "./kiosk-more.js";
import * as panel from "./kiosk-panel.js";
import { isLocked, lock, check, remember } from "./kiosk-staff.js";
import { isWhole, kept, officeMoment } from "./kiosk-store.js";
import * as tickets from "./kiosk-ticket.js";
import { FIRST, choose, known, language, named, say, sentence, time } from "./kiosk-words.js";

const root = document.querySelector("[data-kiosk]");
const find = (selector, within = root) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const server = new Server(root.dataset.kiosk);
const PERSONAL = new Set(["scan", "type", "ticket", "refused", "pin", "panel"]);
const STAYS = new Set(["", "locked", "enrol"]);
const SET_UP = new Set(["locked", "pin", "enrol"]);

let step = "";
let busy = false;
let visit = {}; // what this visitor has done so far: { qr, refusal, chosen: services for one number, if several are wanted }

// --- Steps -----------------------------------------------------------------------------------------------------------

const section = (name = step) => find(`[data-step="${name}"]`);

/** Show a step, and put the focus on its heading. */
export function go(name, { focus = true } = {}) {
  if (name === "start") wipe();
  if (name === "services") delete visit.chosen;
  if (name === "start" && isLocked()) name = "locked";
  if (!server.device && !(server.revoked && SET_UP.has(name))) name = server.revoked ? "locked" : "enrol";
  if (step === "scan") camera.stop();
  step = name;
  for (const one of all("[data-step]")) one.hidden = one.dataset.step !== name;
  document.body.dataset.at = name;
  for (const error of all("[data-error]")) error.textContent = "";
  for (const one of all("input")) one.value = "";
  ENTER[name]?.();
  activate(find("input", section()));
  showState();
  dispatchEvent(new Event("kiosk:step"));
  scrollTo(0, 0);
  if (focus) heading()?.focus();
}

const heading = () => all("h1, h2[tabindex]", section()).find((one) => one.offsetParent !== null);

const ENTER = { start: showStart, scan: startCamera, services: showServices, panel: () => panel.show(server), pin() {}, locked() {} };

/** Forget the visitor: entries, language, contrast and size of the text. */
function wipe() {
  visit = {};
  tickets.forget();
  for (const name of ["contrast", "larger"]) mode(name, false);
  if (language() !== FIRST) choose(FIRST);
  for (const element of all("[data-detail], [data-what-to-do], [data-refused]")) say(element, "");
}

function showStart() {
  const open = isOpen(server.state);
  find("[data-open]").hidden = !open;
  find("[data-closed]").hidden = open;
  say(find("[data-closed] .lead"), "closed_text", { hours: () => hours(server.state) });
}

/** Whether numbers are given: as the server says, or without network by the hours that it named. */
function isOpen(state) {
  if (!state || server.online) return state?.open ?? true;
  const now = Date.now() + state.ahead;
  return state.hours.some((one) => Date.parse(one.opens) <= now && now < Date.parse(one.closes));
}

function hours(state) {
  const spans = state?.hours.map((one) => `${time(one.opens)}\u2013${time(one.closes)}`) ?? [];
  return spans.join(", ") || sentence("closed_today");
}

async function startCamera() {
  const frame = find("[data-camera]");
  frame.hidden = true;
  const text = find("[data-scan-text]");
  say(text, "scan_wedge");
  if (!(await camera.start(find("video", frame), scanned)) || step !== "scan") return;
  frame.hidden = false;
  say(text, "scan_text");
}

function showServices() {
  const most = Math.min(server.state?.most_services ?? 1, (server.state?.services ?? []).filter((one) => one.walk_in).length);
  if (visit.chosen) say(find("h1", section("services")), "several_title", { count: most });
  else say(find("h1", section("services")), visit.qr ? "booked_services_title" : "services_title");
  const list = find("[data-services]");
  const given = (server.state?.services ?? []).filter((one) => one.walk_in || visit.qr);
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.service : "";
  list.replaceChildren(...given.map((one) => serviceRow(one, most)));
  if (focused) find(`[data-service="${focused}"]`, list)?.focus();
  find("[data-several]").hidden = most < 2 || Boolean(visit.qr);
  for (const name of ["take-chosen", "one"]) find(`[data-do="${name}"]`).hidden = !visit.chosen;
  find('[data-do="several"]').hidden = Boolean(visit.chosen);
  find('[data-do="take-chosen"]').disabled = !visit.chosen?.length;
  say(find("[data-t=several_note]"), "several_note", { count: most });
}

/** A service: a press takes a number for it, or, if several are wanted, chooses it or lets it go. */
function serviceRow(service, most) {
  const row = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-primary kiosk-choice";
  button.dataset.service = service.code;
  const gone = server.online && service.left === 0;
  const chosen = visit.chosen?.includes(service.code);
  if (visit.chosen) button.setAttribute("aria-pressed", String(chosen));
  button.disabled = gone || (!chosen && visit.chosen?.length >= most);
  const name = Object.assign(document.createElement("span"), { className: "kiosk-press", textContent: named(service.name) });
  const note = Object.assign(document.createElement("span"), { className: "kiosk-note" });
  note.textContent = gone ? `${sentence("no_more")}. ${sentence(service.bookable ? "no_tickets_left_do" : "no_more_come")}` : notes(service).join(" \u00b7 ");
  const words = document.createElement("span");
  words.append(name, note);
  button.append(words);
  button.addEventListener("click", () => (visit.chosen ? choice(service) : take([service])));
  row.append(button);
  return row;
}

function notes(service) {
  if (!server.online) return [sentence("wait_unknown")];
  return [sentence("before", { count: service.ahead ?? service.waiting }), tickets.expectation(service, service, server.state)];
}

// --- What a press does -----------------------------------------------------------------------------------------------

/** Do one thing at a time: every key is locked until it is done. */
async function alone(doing) {
  if (busy) return;
  busy = true;
  document.body.dataset.busy = "";
  for (const button of all("button")) button.setAttribute("aria-disabled", "true");
  say(find("[data-busy]"), "busy");
  try {
    await doing();
  } finally {
    busy = false;
    delete document.body.dataset.busy;
    for (const button of all("button")) button.removeAttribute("aria-disabled");
    say(find("[data-busy]"), "");
  }
}

const take = (services) => alone(async () => showAnswer(
  await server.take(services[0], { services: services.map((one) => one.code), language: language(), qr: visit.qr }),
));

/** Choose a service for the number, or let it go. */
function choice({ code }) {
  visit.chosen = visit.chosen.includes(code) ? visit.chosen.filter((one) => one !== code) : [...visit.chosen, code];
  showServices();
}

/** Begin to choose several services (or only one again). */
function several(wanted) {
  visit.chosen = wanted ? [] : undefined;
  showServices();
  scrollTo(0, 0);
  heading()?.focus();
}

async function show(ticket) {
  go("ticket", { focus: false });
  await tickets.show(server, ticket);
  heading()?.focus();
}

async function showAnswer({ ok, offline, content, status }, again) {
  showState();
  if (ok) return show({ ...content, offline });
  return refuse(status === 429 ? "too_many" : content.code, content.title, status === 409 ? again : null);
}

/** Check in; without network the visitor chooses the service, and the reservation is handed in with the number. */
const checkIn = (wanted) => alone(async () => {
  const answer = server.online ? await server.checkIn(wanted, language()) : null;
  if (answer) return showAnswer(answer, () => checkIn(wanted));
  showState();
  if (!wanted.qr) return refuse("offline_booked");
  visit.qr = wanted.qr;
  return go("services");
});

/** Say why not and what to do. What this page has no words for the server says; `again` asks it in another language. */
function refuse(code, detail, again) {
  const told = !known(`${code}_do`);
  const key = known(code) ? code : again ? "not_now" : "other";
  go("refused", { focus: false });
  visit.refusal = told ? again : null;
  say(find("[data-refused]"), key);
  find("[data-detail]").textContent = told ? detail ?? "" : "";
  say(find("[data-what-to-do]"), known(`${key}_do`) ? `${key}_do` : "");
  heading()?.focus();
}

function scanned(text) {
  if (busy || STAYS.has(step) || step === "pin" || step === "panel") return;
  if (step === "ticket") go("start", { focus: false });
  if (/^\d+\.[0-9a-z]+\.[0-9A-Z-]+\.\d+\.[0-9a-z]+$/.test(text.trim())) checkIn({ qr: text.trim() });
  else refuse("bad_qr");
}

const value = (name) => document.getElementById(`kiosk-${name}`).value;

function fault(key, given) {
  say(find("[data-error]", section()), key, given);
}

const DO = {
  "check-in"() {
    if (value("number").length < 11 || value("key").length < 19) return fault("too_short");
    return checkIn({ number: value("number"), key: value("key") });
  },
  print: () => alone(() => tickets.print(server)),
  "nothing-came": () => tickets.failed(server),
  noted: () => alone(async () => {
    await tickets.leave(server, { chosen: true });
    go("start");
  }),
  several: () => several(true),
  one: () => several(false),
  "take-chosen": () => take(visit.chosen.map((code) => server.state.services.find((one) => one.code === code))),
  staff: () => go(server.revoked && !kept("device").hash ? "enrol" : "pin"),
  stay: () => idle.stay(),
  leave() {
    idle.stay();
    away();
  },
  pin: () => alone(async () => {
    const right = await check(value("pin"));
    if (right === true) return go(server.device ? "panel" : "enrol");
    document.getElementById("kiosk-pin").value = "";
    return right ? fault("pin_wait", { seconds: right }) : fault("pin_wrong");
  }),
  lock() {
    lock(true);
    go("start");
  },
  unlock() {
    lock(false);
    go("start");
  },
  "connect-serial": () => panel.connect("serial"),
  "connect-usb": () => panel.connect("usb"),
  "test-print": () => alone(() => panel.test(server)),
  enrol: () => alone(enrol),
};

async function enrol() {
  if (!isSecureContext) return fault("insecure");
  const pin = value("new-pin");
  if (value("enrolment").length < 11 || !/^\d{4,8}$/.test(pin)) return fault("too_short");
  try {
    const { ok, status, content } = await server.call("enrol", { enrolment_code: value("enrolment") }, { token: "" });
    if (!ok) return fault(status === 429 ? "too_many_do" : "enrol_wrong");
    await remember(content.office, content.device_token, pin);
    if (content.office !== server.code) return location.replace(`/kiosk/${content.office}`);
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
    return fault("enrol_failed");
  }
  find("[data-storage-lost]").hidden = true;
  await server.follow();
  return go("start");
}

/** Back to the start because nobody is here any more. */
function away() {
  return alone(async () => {
    if (step === "ticket") await tickets.leave(server, { chosen: false });
    go("start");
  });
}

// --- Keys, modes, state ----------------------------------------------------------------------------------------------

let field = null;

function activate(input) {
  for (const one of all("input.is-active")) one.classList.remove("is-active");
  field = input ?? null;
  field?.classList.add("is-active");
}

function typed(character) {
  if (!field || busy) return;
  if (put(field, character)) activate(all("input", section())[all("input", section()).indexOf(field) + 1] ?? field);
}

function mode(name, on) {
  document.documentElement.toggleAttribute(`data-${name}`, on);
  find(`[data-mode="${name}"]`, document).setAttribute("aria-pressed", String(on));
}

function showState() {
  const lost = !server.online;
  find("[data-offline]").hidden = !lost || STAYS.has(step) || step === "ticket";
  find("[data-clock]", document).textContent = server.state ? time(officeMoment(server.state)) : "";
  if (step === "services") showServices();
  if (step === "start") showStart();
  return panel.contact(server, find("[data-contact]", document));
}

addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || busy) return;
  const { go: to, do: what, language: code, mode: name } = button.dataset;
  if (to === "start" && step === "ticket") away();
  else if (to) go(to);
  else if (what) DO[what]();
  else if (code) choose(code);
  else if (name) mode(name, button.getAttribute("aria-pressed") !== "true");
});
addEventListener("focusin", (event) => event.target.tagName === "INPUT" && activate(event.target));
addEventListener("contextmenu", (event) => event.preventDefault());
document.addEventListener("kiosk:language", () => {
  showState();
  if (step === "ticket") tickets.say();
  if (step === "panel") panel.show(server);
  if (step === "refused") visit.refusal?.();
});
addEventListener("online", () => server.follow());
listen({ scanned, typed, entered: () => find("[data-do].button-primary", section())?.click() });
for (const keys of all("[data-keys]")) drawKeys(keys, sentence, typed);
watchScroll(find("[data-more]", document));
const idle = watch(find("[data-idle]", document), {
  after: () => server.state?.idle_seconds ?? 60,
  where() {
    const again = step === "enrol" && server.revoked; // staff have opened it, visitors are to see that it is out of order
    if (again) return "personal";
    return busy || step === "start" || STAYS.has(step) ? "start" : PERSONAL.has(step) ? "personal" : "plain";
  },
  left: away,
  count: (seconds) => say(find("[data-idle-left]", document), "idle_left", { seconds }),
});
server.changed = showState;
server.locked = () => {
  server.revoke();
  if (!SET_UP.has(step)) go("locked");
};

// --- Begin -----------------------------------------------------------------------------------------------------------

/** Only one window gives numbers: another one is out of order until this one is closed. */
function only(begin) {
  const waiting = setTimeout(() => { section("locked").hidden = false; }, 1000);
  return navigator.locks.request("kiosk", () => {
    clearTimeout(waiting);
    begin();
    return new Promise(() => {});
  });
}

/** The demonstration's kiosk is set up by its address: its token is published, and exists only where it was seeded. */
async function demonstrate() {
  if (location.hash !== "#demonstration" || server.device) return;
  const token = `demonstration-kiosk-${server.code}`;
  try {
    if ((await server.call(server.code, null, { token })).ok) await remember(server.code, token, "0000");
  } catch (error) {
    if (!(error instanceof Lost)) throw error;
  }
}

async function begin() {
  panel.keepPage(root.dataset);
  if (server.device && !(await isWhole())) server.forget();
  find("[data-storage-lost]").hidden = !kept("lost");
  await demonstrate();
  await server.follow();
  find("[data-kiosk-bar]", document).hidden = false; // not before: the start would take a language back that was chosen
  go("start", { focus: false });
  const open = await server.unanswered();
  if (open && server.device) await alone(async () => showAnswer(await server.take(open.service, open)));
}

find("[data-kiosk-head]", document).hidden = false;
choose(FIRST);
if (navigator.locks) only(begin);
else begin();
setInterval(() => server.state && (find("[data-clock]", document).textContent = time(officeMoment(server.state))), 10_000);
