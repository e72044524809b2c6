// A list of the chosen files with their sizes; each can be removed, and choosing again adds to it. Files that
// are too large or too many are reported before anything is sent.

import { fill, number, size } from "./text.js";

/** Wire one `[data-upload]` field. */
export function start(box) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-upload-list]");
  const state = box.querySelector("[data-upload-state]");
  const { maxFiles, maxBytes, textMany, textLarge, textRemove, textChosen } = box.dataset;
  let chosen = [...input.files];

  function remove(file) {
    chosen = chosen.filter((other) => other !== file);
    show();
    input.focus();
  }

  function row(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = file.name;
    const note = document.createElement("span");
    note.className = "upload-size";
    const refused = file.size > Number(maxBytes);
    note.textContent = refused ? `${size(file.size)}: ${textLarge}` : size(file.size);
    note.classList.toggle("is-refused", refused);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.setAttribute("aria-label", fill(textRemove, { name: file.name }));
    button.textContent = "✕";
    button.addEventListener("click", () => remove(file));
    item.append(name, " ", note, button);
    return item;
  }

  function show() {
    const transfer = new DataTransfer();
    for (const file of chosen) transfer.items.add(file);
    input.files = transfer.files;
    list.replaceChildren(...chosen.map(row));
    list.hidden = !chosen.length;
    const large = chosen.find((file) => file.size > Number(maxBytes));
    const many = chosen.length > Number(maxFiles);
    const trouble = many ? textMany : large ? `${large.name}: ${textLarge}` : "";
    input.setCustomValidity(trouble);
    state.textContent = trouble || (chosen.length ? fill(textChosen, { n: number(chosen.length) }) : "");
  }

  input.addEventListener("change", () => {
    const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
    chosen.push(...[...input.files].filter((file) => !chosen.some((other) => same(file, other))));
    show();
  });
  // A form that leaves checking to the server is still stopped here: sending 20 MB to be refused helps nobody.
  input.form?.addEventListener("submit", (event) => {
    if (input.validity.valid) return;
    event.preventDefault();
    input.focus();
  });
  if (chosen.length) show();
}
