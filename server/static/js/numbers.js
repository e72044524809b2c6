// Personal numbers typed by mistake, said at the field while they are typed. Resident numbers and My Numbers stop the
// form here, so that they do not even leave the device; the others are only pointed out.

import { clean } from "./characters.js";
import { REFUSED, findPersonalNumbers } from "./privacy.js";

const PAUSE = 500;

/** Watch one `[data-numbers]` field; its words are in the form's `data-text-refused` and `data-text-found`. */
export function start(field) {
  const { form } = field;
  const note = document.createElement("p");
  note.className = "field-error";
  note.setAttribute("role", "status");
  note.id = `${field.id}-numbers`;
  field.after(note);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${note.id}`.trim());

  function look() {
    const found = findPersonalNumbers(clean(field.value, field.localName === "textarea"));
    const refused = found.some(({ kind }) => REFUSED.has(kind));
    note.textContent = refused ? form.dataset.textRefused : found.length ? form.dataset.textFound : "";
    note.classList.toggle("is-warning", !refused);
    field.setCustomValidity(refused ? form.dataset.textRefused : "");
    return refused;
  }

  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !look()) return;
    event.preventDefault();
    location.hash = field.id;
    field.focus();
  });
  if (field.value) look();
}
