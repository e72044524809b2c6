// Keeps a long form on this device while it is being written, so that a lost page costs nothing. Never kept: fields
// marked `data-private` (who you are), files, passwords, hidden fields; and nothing for longer than a week.

const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;
const UNKEPT = new Set(["file", "password", "hidden", "submit", "button", "reset", "search"]);

const place = (name) => `sinmungo:draft:${name}`;
const choice = (field) => field.type === "checkbox" || field.type === "radio";

function fields(form) {
  return [...form.elements].filter(
    (field) => field.name && !UNKEPT.has(field.type) && !field.closest("[data-private]") && field.tagName !== "FIELDSET",
  );
}

function read(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(place(name)));
    if (draft && Date.now() - draft.at < KEPT_FOR) return draft.values;
    localStorage.removeItem(place(name));
  } catch {
    // No storage, or not ours: as if there were none.
  }
  return null;
}

function write(name, values) {
  try {
    if (Object.values(values).some((value) => value.length)) localStorage.setItem(place(name), JSON.stringify({ at: Date.now(), values }));
    else localStorage.removeItem(place(name));
  } catch {
    // A full or forbidden storage must not disturb the writer.
  }
}

function collect(form) {
  const values = {};
  for (const field of fields(form)) {
    if (!choice(field)) values[field.name] = field.value;
    else if (field.checked) (values[field.name] ??= []).push(field.value);
  }
  return values;
}

function restore(form, values) {
  let restored = false;
  for (const field of fields(form)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (choice(field)) {
      const checked = Array.isArray(value) && value.includes(field.value);
      if (checked && !field.checked) {
        field.checked = true;
        restored = true;
      }
    } else if (typeof value === "string" && value && !field.value) {
      field.value = value;
      restored = true;
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return restored;
}

/** Keep one `form[data-draft=name]`, or forget the draft named by `[data-draft-clear=name]`. */
export function start(element) {
  if (element.dataset.draftClear !== undefined) {
    localStorage.removeItem(place(element.dataset.draftClear));
    return;
  }
  const form = element;
  const name = form.dataset.draft;
  const note = form.querySelector("[data-draft-note]");
  // A page that the server sends back, with errors or to mend something, already holds what was typed.
  const filled = form.dataset.draftFilled !== undefined || document.querySelector("[data-error-summary]");
  const values = filled ? null : read(name);
  if (values && restore(form, values) && note) note.hidden = false;

  let timer;
  const save = () => write(name, collect(form));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  });
  addEventListener("pagehide", () => {
    if (timer) save();
  });
  form.querySelector("[data-draft-discard]")?.addEventListener("click", () => {
    clearTimeout(timer);
    timer = undefined;
    write(name, {});
    form.reset();
    note.hidden = true;
    for (const field of fields(form)) field.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
    timer = undefined;
    fields(form)[0]?.focus();
  });
}
