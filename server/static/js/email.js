// An address pasted with characters that show nothing: browsers would refuse it, and nobody could see why.

import { clean } from "./characters.js";

export function start(field) {
  function mend() {
    if (field.value !== clean(field.value)) field.value = clean(field.value);
  }

  field.addEventListener("change", mend);
  mend();
}
