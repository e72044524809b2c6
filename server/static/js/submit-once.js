// A button pressed twice sends once. The server would create one thing all the same, by the form's hidden key; this
// spares the second wait. The key stays as the server drew it; a form that came without one gets one here.

const sent = new WeakSet();

function key() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Guard one `form[data-once]`. */
export function start(form) {
  const field = form.querySelector("[data-idempotency]");
  if (field && !field.value) field.value = key();
  const buttons = () => [...form.elements].filter((element) => element.type === "submit");

  form.addEventListener("submit", (event) => {
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    // After the other listeners, one of which may hold the form back.
    queueMicrotask(() => {
      if (event.defaultPrevented) return;
      sent.add(form);
      for (const button of buttons()) button.setAttribute("aria-disabled", "true");
    });
  });
  // Coming back with the browser's own button shows the page as it was: it can be sent again.
  addEventListener("pageshow", () => {
    sent.delete(form);
    for (const button of buttons()) button.removeAttribute("aria-disabled");
  });
}
