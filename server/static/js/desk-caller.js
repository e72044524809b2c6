// Booking during a call: what was typed of the caller stays when another time is pressed. It is kept in this tab only,
// and only until the page that follows has it.

const KEY = "sinmungo:caller";
const form = document.querySelector("#caller form");
const fields = () => [...form.elements].filter(({ name, type }) => name && !["hidden", "submit"].includes(type));

try {
  const kept = form && JSON.parse(sessionStorage.getItem(KEY));
  for (const field of kept ? fields() : []) {
    if (field.type === "radio") field.checked = kept[field.name] === field.value;
    else if (field.name in kept && !field.value) field.value = kept[field.name];
    else if (field.tagName === "SELECT") field.value = kept[field.name] ?? field.value;
  }
  if (form) sessionStorage.removeItem(KEY);
} catch {
  // No storage, or not ours: it is typed again.
}

document.addEventListener("submit", ({ target, submitter }) => {
  if (!form || target === form || submitter?.name !== "start") return;
  const typed = fields().filter((field) => field.type !== "radio" || field.checked);
  sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(typed.map(({ name, value }) => [name, value]))));
});
