// What a signature sets going stands on its button: a critical value is signed and told, never only submitted.
const sign = document.querySelector<HTMLElement>("[data-sign]"), plain = sign?.textContent ?? "";
const button = sign?.closest("button"), submit = document.querySelector<HTMLButtonElement>("[data-submit]");

function name(): void {
  if (!sign || !button) return;
  const critical = document.querySelector<HTMLInputElement>("input[name=outcome][value=critical]")?.checked ?? false;
  const only = "criticalOnly" in sign.dataset;
  sign.textContent = critical ? sign.dataset.critical ?? plain : plain;
  button.hidden = only && !critical;
  button.classList.toggle("btn-danger", critical);
  button.classList.toggle("btn-primary", !critical && !only);
  if (submit) submit.hidden = critical;
}

/** Keep the buttons of the report true to its result. */
export function watchSigning(): void {
  document.addEventListener("change", name);
  name();
}
