// The kiosk and the server: the state every few seconds, one press at a time with an id of its own, and whatever could
// not be said without network, handed in later in the order in which it happened.

import { box, issue, keep, kept } from "./kiosk-store.js";

const WAIT = 8_000;
const EVERY = 15_000;
const EVERY_LOST = 5_000;
const STALE = 120_000;
const MOST_AT_ONCE = 20; // which the server answers well within WAIT

/** The server cannot be reached, or cannot answer now. */
export class Lost extends Error {}

/** What is said of a ticket that nobody has. */
export const givingBack = (number) => [
  { path: `tickets/${number}/print`, body: { state: "failed" } },
  { path: `tickets/${number}/give-back`, body: {} },
];

const refusedTicket = ({ number, taken_at }, { code }) => ({ number, code, at: taken_at });

/** What is sent for a press: a ticket for one service, or for several in their order. */
const asked = ({ service: { code }, services = [code], press_id, language }) =>
  ({ service: code, ...(services.length > 1 ? { services } : {}), press_id, language });

/** A press id. */
export const pressId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

export class Server {
  constructor(code) {
    this.code = code;
    this.state = kept("state");
    this.online = true;
    this.contact = kept("contact") ?? 0;
    this.changed = () => {};
    this.locked = () => {};
  }

  get device() {
    const found = kept("device");
    return found?.office === this.code && found.token ? found : null;
  }

  /** Whether an administrator has locked the device: it keeps its staff PIN, and waits for a new code. */
  get revoked() {
    const found = kept("device");
    return found?.office === this.code && !found.token;
  }

  /** The server does not know the token any more: forget it, and the reserved numbers. */
  revoke() {
    this.state = null;
    keep("state", null);
    keep("device", { ...kept("device"), token: null });
  }

  /** A part of what was stored is lost: forget the enrolment, and the reserved numbers that came with it. */
  forget() {
    this.state = null;
    for (const name of ["device", "state"]) keep(name, null);
    keep("lost", true);
  }

  /** Ask the server. Raises `Lost` if it cannot answer; a refusal is an answer. */
  async call(path, body, { language = "ko", wait = WAIT, token = this.device?.token } = {}) {
    let answer, content;
    try {
      answer = await fetch(`/api/v1/kiosk/${path}?lang=${language}`, {
        method: body ? "POST" : "GET",
        headers: { "content-type": "application/json", ...(token ? { "x-device-token": token } : {}) },
        body: body ? JSON.stringify(body) : undefined,
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(wait),
      });
      content = answer.status === 204 ? {} : await answer.json();
    } catch (error) {
      throw new Lost(error);
    }
    if (answer.status >= 500) throw new Lost(answer.status);
    if (answer.status === 401 && token && token === this.device?.token) this.locked();
    return { ok: answer.ok, status: answer.status, content };
  }

  at(path, body, options) {
    return this.call(`${this.code}${path && `/${path}`}`, body, options);
  }

  /** Keep asking for the state; `changed` is called after each answer and each failure. */
  async follow() {
    clearTimeout(this.timer);
    if (this.device) await this.refresh();
    this.timer = setTimeout(() => this.follow(), this.online ? EVERY : EVERY_LOST);
  }

  async refresh() {
    try {
      const { ok, content } = await this.at("");
      if (!ok) return;
      this.reached();
      this.state = { ...content, ahead: Date.parse(content.now) - Date.now() };
      keep("state", this.state);
      await this.handIn();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      this.online = false;
    }
    await this.changed();
  }

  reached() {
    this.online = true;
    this.contact = Date.now();
    keep("contact", this.contact);
  }

  /** Hand in what waits: tickets first and together, then what was said of them, the oldest first. What the server refuses
   * is kept for the staff; on no answer it goes on later. */
  async handIn() {
    if (this.handing) return;
    this.handing = true;
    try {
      for (;;) {
        const { items } = await box();
        if (!items.length) return;
        const given = items.filter((one) => one.body.taken_at).slice(0, MOST_AT_ONCE);
        if (!(await (given.length > 1 ? this.handInTogether(given) : this.handInOne(items[0])))) return;
      }
    } finally {
      this.handing = false;
    }
  }

  /** One thing that waits; whether the server answered it. */
  async handInOne(first) {
    const { ok, status, content } = await this.at(first.path, first.body);
    if (status === 401 || status === 429) return false;
    await box((found) => {
      const place = found.items.findIndex((one) => JSON.stringify(one) === JSON.stringify(first));
      if (place < 0) return;
      const [done] = found.items.splice(place, 1);
      if (!ok && done.body.taken_at) found.refused.push(refusedTicket(done.body, content));
      if (ok && done.unseen) found.items.unshift(...givingBack(content.number));
    });
    return true;
  }

  /** Tickets given without network, in one request; whether the server answered it. */
  async handInTogether(given) {
    const bodies = given.map((one) => one.body);
    const { ok, status, content } = await this.at("tickets/handed-in", { tickets: bodies });
    if (status === 401 || status === 429) return false;
    if (!ok) return this.handInOne(given[0]);
    await box((found) => {
      found.items = found.items.filter(({ body }) => !body.taken_at || !bodies.some((one) => one.number === body.number));
      content.items.forEach(({ refusal }, place) => refusal && found.refused.push(refusedTicket(bodies[place], refusal)));
    });
    return true;
  }

  /** Say something later if it cannot be said now: a print result, a ticket given back. */
  async report(path, body) {
    await box((found) => void found.items.push({ path, body }));
    try {
      if (this.online) await this.handIn();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      this.online = false;
    }
    await this.changed();
  }

  /** One ticket for one press: from the server, or without network from the numbers kept for that. */
  async take(service, { language, qr, services = [service.code], press_id = pressId() }) {
    const wanted = asked({ service, services, press_id, language });
    const open = { service, services, language, press_id, at: Date.now() };
    if (this.online && !qr) {
      await box((found) => void (found.press = open));
      const answer = await this.twice("tickets", wanted, language);
      if (answer) {
        await box((found) => void (found.press = null));
        return answer;
      }
    }
    // The same press: if the server had it and only its answer was lost, the ticket gets the number that is given here.
    const taken = await issue(this.state, service.prefix, { ...wanted, ...(qr ? { qr } : {}) });
    if (taken) await box((found) => void (found.press = null));
    if (!taken) return { ok: false, content: { code: "no_numbers" } };
    return { ok: true, offline: true, content: { number: taken.number, service: service.code, services, taken_at: taken.taken_at } };
  }

  async twice(path, body, language) {
    for (const wait of [WAIT, WAIT / 2]) {
      try {
        const answer = await this.at(path, body, { language, wait });
        this.reached();
        return answer;
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
      }
    }
    this.online = false;
    return null;
  }

  /** The press that had no answer when the kiosk went off. After some minutes its visitor has left: the ticket ends. */
  unanswered() {
    return box((found) => {
      if (!found.press || Date.now() - found.press.at < STALE) return found.press;
      found.items.push({ path: "tickets", body: asked(found.press), unseen: true });
      found.press = null;
      return null;
    });
  }

  /** Check in with a reservation; null without network. */
  checkIn(wanted, language) {
    return this.twice("check-in", { ...wanted, press_id: pressId(), language }, language);
  }
}
