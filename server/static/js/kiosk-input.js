// Keys: those of a scanner, which types a code and Enter within a moment, those of a keyboard, and those on the screen.
// Fields are filled only from here, so that a scan never lands in one, and letters arrive with a Korean or Japanese
// input method switched on, too.

const GAP = 100; // ms between the keys of a scanner; people are slower, or at least not for a whole code
const LEAST = 10;
const SHIFTED = { Minus: "_", Period: ">", Slash: "?", Semicolon: ":", Equal: "+" };
const PLAIN = { Minus: "-", Period: ".", Slash: "/", Semicolon: ";", Equal: "=", NumpadDecimal: ".", NumpadSubtract: "-" };

/** The character of a key press, whatever input method is on; empty if it types none. */
function typedBy(event) {
  if (event.key.length === 1 && event.key.charCodeAt(0) < 128) return event.key;
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter) return event.shiftKey ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  return digit ?? (event.shiftKey ? SHIFTED : PLAIN)[event.code] ?? "";
}

/** Listen to all keys of the page: `scanned` gets a code, `typed` a single character or "Backspace". What was typed into
 *  a field arrives there before the next one is chosen. */
export function listen({ scanned, typed, entered }) {
  let pending = "";
  let last = 0;
  let timer = null;

  function flush() {
    clearTimeout(timer);
    const text = pending;
    pending = "";
    for (const one of text) typed(one);
  }

  addEventListener("pointerdown", flush, { capture: true });
  addEventListener("focusin", flush, { capture: true });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const quick = event.timeStamp - last <= GAP;
    if (event.key === "Enter" || event.code === "Enter" || event.code === "NumpadEnter") {
      if (quick && pending.length >= LEAST) {
        event.preventDefault();
        event.stopPropagation();
        clearTimeout(timer);
        const text = pending;
        pending = "";
        scanned(text);
        return;
      }
      flush();
      if (event.target.tagName === "INPUT") entered();
      return;
    }
    if (event.key === "Backspace") {
      flush();
      typed("Backspace");
      return;
    }
    const character = typedBy(event);
    if (!character || (character === " " && event.target.closest("button"))) return;
    event.preventDefault();
    if (!quick) flush();
    pending += character;
    last = event.timeStamp;
    clearTimeout(timer);
    timer = setTimeout(flush, GAP);
  }, { capture: true });
}

const bare = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "");

/** Put a character into a field, in groups as it is printed; tells whether the field is full. */
export function put(field, character) {
  const groups = field.dataset.groups.split(",").map(Number);
  const most = groups.reduce((sum, one) => sum + one, 0);
  const before = bare(field.value);
  const after = (character === "Backspace" ? before.slice(0, -1) : before + bare(character)).slice(0, most);
  let at = 0;
  field.value = groups.map((size) => after.slice(at, (at += size))).filter(Boolean).join("-");
  return after.length === most && character !== "Backspace";
}

/** Draw the keys of `[data-keys]`; a press does not take the focus from the field. */
export function drawKeys(element, words, typed) {
  for (const row of element.dataset.keys.split(" ")) {
    const line = document.createElement("div");
    line.className = "kiosk-keys-row";
    for (const one of row) line.append(key(one, one, typed));
    element.append(line);
  }
  const back = key("Backspace", words("delete"), typed);
  back.classList.add("kiosk-key-delete");
  back.firstChild.dataset.t = "delete";
  element.lastElementChild.append(back);
}

function key(value, label, typed) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-secondary kiosk-key";
  button.append(Object.assign(document.createElement("span"), { textContent: label }));
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => typed(value));
  return button;
}
