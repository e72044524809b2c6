// Makes a modal <dialog> of an unfolding part (components/dialog.html): the same words, the same form, the same button.

/** Turn one `details[data-dialog]` into a button and its dialog. */
export function start(details) {
  const summary = details.querySelector("summary");
  const body = details.querySelector(".unfold-body");
  const button = document.createElement("button");
  button.type = "button";
  button.className = summary.className;
  button.setAttribute("aria-haspopup", "dialog");
  button.append(...summary.childNodes);

  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.id = details.id;
  dialog.setAttribute("aria-labelledby", `${details.id}-title`);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-quiet dialog-close";
  close.setAttribute("aria-label", details.dataset.textClose);
  close.textContent = "✕";
  dialog.append(...body.childNodes, close);

  button.addEventListener("click", () => dialog.showModal());
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  const open = details.open;
  details.replaceWith(button, dialog);
  if (open) dialog.showModal();
}
