// An address pasted with characters that show nothing: browsers would refuse it, and nobody could see why.

import { clean } from "./characters.js";

export function start(field) {
  field.addEventListener("change", () => {
    field.value = clean(field.value);
  });
}
