// The counter page: one chord, which nobody presses by accident, silently asks colleagues for help. The page does not
// change; only a small line says later that it was sent, and who comes.

document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyH" || !event.ctrlKey || !event.altKey || event.repeat) return;
  event.preventDefault();
  const form = document.querySelector("form[data-help]");
  if (form) fetch(form.action, { method: "POST", body: new URLSearchParams(), redirect: "manual" });
});
