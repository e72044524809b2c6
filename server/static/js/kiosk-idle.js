// Goes back to the start when nobody touches the kiosk any more. On personal pages it asks first, and waits long enough
// for whoever cannot be quick (WCAG 2.2.1).

const QUESTION = 20; // seconds

/** `after`: seconds without a touch; `where`: "start", "plain" or "personal"; `left`: what happens then. */
export function watch(dialog, { after, where, left, count }) {
  let touched = Date.now();
  let asked = 0;

  function touch() {
    touched = Date.now();
  }

  function stay() {
    asked = 0;
    touch();
    if (dialog.open) dialog.close();
  }

  for (const name of ["pointerdown", "keydown", "kiosk:step"]) {
    addEventListener(name, () => asked || touch(), { capture: true });
  }
  dialog.addEventListener("cancel", stay);
  setInterval(() => {
    const now = Date.now();
    if (asked) {
      const rest = Math.ceil((asked + QUESTION * 1000 - now) / 1000);
      if (rest > 0) return count(rest);
      stay();
      return left();
    }
    if (where() === "start" || now - touched < after() * 1000) return undefined;
    if (where() === "plain") {
      touch();
      return left();
    }
    asked = now;
    count(QUESTION);
    dialog.showModal();
    dialog.querySelector("h2").focus();
    return undefined;
  }, 1000);
  return { stay, touch };
}
