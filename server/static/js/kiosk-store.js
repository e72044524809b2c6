// What a kiosk keeps on the device. Settings and the last state are in localStorage. What must survive a power cut (the
// press that has no answer yet, numbers given without network, what is to be handed in) is in IndexedDB, written to the
// disk before a number is shown. Nothing tells who a visitor is; a QR code is kept only until it is handed in.

const EMPTY = { date: "", used: [], items: [], refused: [], press: null, mark: "" };

/** A value kept in localStorage, or nothing. */
export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(`kiosk.${name}`));
  } catch {
    return null;
  }
}

/** Keep a value; null removes it. */
export function keep(name, value) {
  if (value === null) localStorage.removeItem(`kiosk.${name}`);
  else localStorage.setItem(`kiosk.${name}`, JSON.stringify(value));
}

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("kiosk", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("box");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Change what is kept for certain; answers when it is on the disk, with what `change` returns. */
export async function box(change = (found) => found) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("box", "readwrite", { durability: "strict" });
    const store = transaction.objectStore("box");
    let result;
    store.get("box").onsuccess = (event) => {
      const found = { ...structuredClone(EMPTY), ...event.target.result };
      result = change(found);
      store.put(found, "box");
    };
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Mark what is kept for certain as that of a new enrolment; answers the mark, which goes into the other store, too. */
export function mark() {
  const made = crypto.randomUUID();
  return box((found) => (found.mark = made));
}

/** Whether both stores are of the same enrolment. If one was lost, so is which numbers this kiosk has given. */
export const isWhole = async () => (await box()).mark === (kept("device")?.mark ?? "");

/** A moment (now) by the office's clock, as ISO text with its zone; the difference was noted when the server answered. */
export function officeMoment(state, at = Date.now()) {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(state.now) ?? ["", "+", "00", "00"];
  const minutes = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
  const local = new Date(at + state.ahead + minutes * 60_000).toISOString();
  return `${local.slice(0, 19)}${zone[1]}${zone[2]}:${zone[3]}`;
}

const labelled = (block) => block.numbers.map((one) => (typeof one === "number" ? `${block.prefix}${one}` : one));

/** The numbers of a series that this kiosk may still give today. */
export function stock(state, found, prefix) {
  if (!state || officeMoment(state).slice(0, 10) !== state.date) return [];
  const used = found.date === state.date ? found.used : [];
  return state.blocks.filter((one) => one.prefix === prefix).flatMap(labelled).filter((one) => !used.includes(one));
}

/** Give a number from the reserved ones: noted for good before anybody sees it. Null if there is none. */
export function issue(state, prefix, body) {
  return box((found) => {
    const [number] = stock(state, found, prefix);
    if (!number) return null;
    if (found.date !== state.date) Object.assign(found, { date: state.date, used: [] });
    found.used.push(number);
    const taken = { ...body, number, taken_at: officeMoment(state), date: state.date };
    found.items.push({ path: "tickets", body: taken });
    return taken;
  });
}

/** Whether a ticket was not handed in yet; it is then forgotten, because nobody has it. */
export function dropUnsent(number) {
  return box((found) => {
    const before = found.items.length;
    found.items = found.items.filter((one) => one.body?.number !== number);
    return found.items.length < before;
  });
}
