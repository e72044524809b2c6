// Keeps what an official types into a form of a case as their draft on the server, a second after the last key, and
// warns where a page is left before that. Files are not kept before they are sent. Without this there is a button.

const WAIT = 1000;

/** Keep one form of a case. */
export function start(form) {
  if (!form.querySelector("textarea")) return;
  let dirty = false;
  let leaving = false;
  let timer;
  let number = 0;

  async function save(keepalive = false) {
    clearTimeout(timer);
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    body.append("step", "keep");
    const mine = ++number;
    try {
      const answer = await fetch(form.action, { method: "POST", body, keepalive, redirect: "error" });
      if (answer.ok && mine === number) dirty = false;
    } catch {
      // Offline, or the session has ended: the page still warns before it is left.
    }
  }

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!dirty || leaving) return;
    save(true);
    event.preventDefault();
  });
}
