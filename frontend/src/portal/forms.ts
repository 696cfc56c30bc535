import { all, say } from "./words";

const sent = new WeakSet<HTMLFormElement>();
const dirty = new Set<HTMLFormElement>();
const touched = new Set<HTMLFormElement>();
const labels = new WeakMap<HTMLElement, string>();

/** True while leaving would lose something typed: a form that flushes sends it on the way out and keeps it sealed. */
const loses = (): boolean => [...dirty].some((form) => form.isConnected && !sent.has(form) && form.dataset.flushes === undefined);

/** Forms with something typed in them that has not left this page. */
export const typedForms = (): HTMLFormElement[] => [...touched].filter((form) => form.isConnected && !sent.has(form));

/** What was typed is in safe hands: leaving the page loses nothing. */
export const nothingUnsent = (): void => { dirty.clear(); touched.clear(); };

function send(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.matches("[data-stay]")) return; // sent as often as needed, by its own script
  if (event.defaultPrevented && !form.matches("[hx-post]")) return;
  if ((event.submitter as HTMLButtonElement | null)?.formMethod === "dialog" || form.method !== "post") return;
  if (sent.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  sent.add(form);
  const button = event.submitter;
  if (button?.classList.contains("btn-primary")) {
    labels.set(button, button.innerHTML);
    // After the browser has collected the fields: a disabled button would not send its own name.
    setTimeout(() => { button.textContent = say("sending"); button.setAttribute("aria-disabled", "true"); });
  }
}

/** The answer came (or the page came back from history): the form may be sent again. */
function release(form: HTMLFormElement): void {
  sent.delete(form);
  for (const button of all("[aria-disabled]", form)) {
    const label = labels.get(button);
    if (label !== undefined) button.innerHTML = label;
    button.removeAttribute("aria-disabled");
  }
}

function count(field: HTMLTextAreaElement | HTMLInputElement): void {
  const note = document.querySelector(`[data-counter="${CSS.escape(field.id)}"]`);
  if (note) note.textContent = `${[...field.value].length} / ${field.maxLength}`;
}

function typed(event: Event): void {
  const field = event.target as HTMLInputElement;
  if (field.maxLength > 0) count(field);
  if (field.form?.method === "post" && !field.form.matches("[data-stay]")) touched.add(field.form);
  if (field.form?.matches("[data-draft], [data-dirty]")) dirty.add(field.form);
  const full = Number(field.dataset.submitAt ?? 0);
  if (full && field.value.replace(/\D/g, "").length === full) field.form?.requestSubmit();
}

/** Whoever goes back to a form and sends it again orders the same once more: its key comes back with what was typed,
 * also where the browser fetched the page anew with a fresh one. */
function keepKeys(): void {
  const [visit] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  all<HTMLFormElement>("form[method=post]").forEach((form, index) => {
    const field = form.querySelector<HTMLInputElement>("input[type=hidden][name=key]");
    if (!field) return;
    const place = `key ${location.pathname} ${form.getAttribute("action") ?? ""} ${index}`;
    if (visit?.type === "back_forward") field.value = sessionStorage.getItem(place) ?? field.value;
    form.addEventListener("submit", () => sessionStorage.setItem(place, field.value));
  });
}

export function startForms(): void {
  keepKeys();
  document.addEventListener("submit", send, true);
  document.addEventListener("input", typed);
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt.closest("form");
    if (form) release(form);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) all<HTMLFormElement>("form").forEach(release); });
  window.addEventListener("beforeunload", (event) => { if (loses()) event.preventDefault(); });
  all<HTMLTextAreaElement>("textarea[maxlength]").forEach(count);
  // The list of errors on top of a form is where a reader continues.
  document.querySelector<HTMLElement>("[data-errors]")?.focus();
}
