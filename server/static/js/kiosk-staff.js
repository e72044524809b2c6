// What staff do at a kiosk: enrol it, lock and unlock it with its PIN, connect the printer, see whether it works.

import { keep, kept, mark } from "./kiosk-store.js";

const ROUNDS = 200_000;
const TRIES = 5;
const PAUSE = 60_000;

const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
const bytes = (text) => Uint8Array.from(text.match(/../g), (one) => Number.parseInt(one, 16));

async function derive(pin, salt) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  return hex(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: ROUNDS }, key, 256));
}

/** Keep what enrolment gave: the token, and the PIN as a hash; with the mark of both stores. */
export async function remember(office, token, pin) {
  const salt = hex(crypto.getRandomValues(new Uint8Array(16)));
  keep("device", { office, token, salt, hash: await derive(pin, salt), mark: await mark() });
  keep("tries", null);
  keep("locked", null);
  keep("lost", null);
}

/** Whether a PIN is right; a number of seconds after too many attempts, counted across reloads. */
export async function check(pin) {
  const { count = 0, last = 0 } = kept("tries") ?? {};
  const rest = count >= TRIES ? last + PAUSE - Date.now() : 0;
  if (rest > 0) return Math.ceil(rest / 1000);
  keep("tries", { count: count + 1, last: Date.now() });
  const { salt, hash } = kept("device");
  if ((await derive(pin, salt)) !== hash) return false;
  keep("tries", null);
  return true;
}

export const isLocked = () => Boolean(kept("locked"));
export const lock = (locked) => keep("locked", locked || null);
