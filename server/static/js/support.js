// Supports something where the reader is: the page stays as it is, and only the button changes. What the server refuses
// (the session has ended, the comment is gone) is sent again as the form it is, so that the reader sees the answer.

import { number } from "./text.js";

/** Guard one `form[data-support]`. */
export function start(form) {
  const button = form.querySelector("button");
  const count = button.querySelector("strong");
  let busy = false;

  function toggle(supported) {
    form.querySelector("[name=undo]")?.remove();
    if (supported) form.insertAdjacentHTML("afterbegin", '<input type="hidden" name="undo" value="1">');
    button.setAttribute("aria-pressed", String(supported));
    const known = Number(count.textContent.replace(/\D/g, ""));
    count.textContent = number(Math.max(0, known + (supported ? 1 : -1)));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const body = new URLSearchParams(new FormData(form));
    // A redirect is the answer to what was done; where it leads is this page.
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    busy = false;
    if (answer?.type === "opaqueredirect") toggle(!body.has("undo"));
    else form.submit();
  });
}
