// A short word in the corner, read out by screen readers, gone after a while; Escape or its button closes it.

const STAYS = 8000;

/** Say something. `tone`: success, info, warning or danger. */
export function say(words, tone = "success") {
  const region = document.getElementById("toasts");
  if (!region) return;
  const toast = document.createElement("p");
  toast.className = `toast tone-${tone}`;
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-quiet";
  close.setAttribute("aria-label", region.dataset.textClose);
  close.textContent = "✕";
  toast.append(text, close);
  let timer;
  const remove = () => toast.remove();
  const wait = () => (timer = setTimeout(remove, STAYS));
  close.addEventListener("click", remove);
  toast.addEventListener("keydown", (event) => event.key === "Escape" && remove());
  for (const pause of ["mouseenter", "focusin"]) toast.addEventListener(pause, () => clearTimeout(timer));
  for (const resume of ["mouseleave", "focusout"]) toast.addEventListener(resume, wait);
  region.replaceChildren(toast);
  wait();
}
