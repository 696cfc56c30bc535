import { all, csrf, say } from "./words";
import { nothingUnsent, typedForms } from "./forms";

const IDLE = 15 * 60 * 1000, PING = 4 * 60 * 1000, LOOK = 5000;
/** Outside the names of drafts ("ly:"): those are swept on every page, also where nobody is signed in. */
const HERE = "lianyi-here";

let told = Date.now();
let locking: Promise<unknown> = Promise.resolve();

const last = (): number => Number(localStorage.getItem(HERE) ?? 0);

/** Somebody is at this computer: told to the other tabs at once, to the server every few minutes. */
function active(): void {
  const now = Date.now();
  localStorage.setItem(HERE, String(now));
  if (now - told < PING) return;
  told = now;
  void standing();
}

/** Whether somebody stands signed in and unlocked here; asking counts as being here. */
async function standing(): Promise<boolean> {
  const wanted: RequestInit = { method: "POST", redirect: "manual", headers: { "X-CSRFToken": csrf() } };
  return (await fetch("/here/", wanted).catch(() => null))?.status === 204;
}

function drop(curtain: HTMLDialogElement): void {
  if (curtain.open) return;
  document.body.classList.add("is-curtained");
  warn(curtain, document.querySelector("#critical:not([hidden])") !== null);
  all<HTMLDialogElement>("dialog[open]").forEach((one) => one.close());
  curtain.showModal();
}

/** The bar itself names a patient and stays behind the curtain; that something waits must still be seen. */
function warn(curtain: HTMLDialogElement, waits: boolean): void {
  const line = curtain.querySelector<HTMLElement>("[data-critical]");
  if (line && waits) line.hidden = false;
}

function raise(curtain: HTMLDialogElement): void {
  curtain.querySelector<HTMLFormElement>("form")?.reset();
  curtain.close();
  document.body.classList.remove("is-curtained");
  told = Date.now();
  active();
}

/** Sends a form of the curtain and stays: an answer that leads on means that the page may be seen again. */
async function reopen(curtain: HTMLDialogElement, form: HTMLFormElement): Promise<void> {
  const trouble = curtain.querySelector<HTMLElement>("[data-trouble]");
  await locking;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect" && await standing()) { raise(curtain); return; }
  const page = answer?.ok === false ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const words = page?.querySelector("[data-locked] [data-errors] li")?.textContent;
  if (answer && !words) { location.assign(`/signin/?next=${encodeURIComponent(location.pathname + location.search)}`); return; }
  if (trouble) { trouble.textContent = words ?? say("offline"); trouble.hidden = false; }
  form.querySelector<HTMLInputElement>("input[type=password]")?.select();
}

/** What was typed and not sent goes with the person who leaves, form by form: sealed for her, and the page of one,
 * which names the others, is where she comes back. */
async function keep(forms: HTMLFormElement[], switching: HTMLFormElement): Promise<void> {
  const next = switching.elements.namedItem("next");
  for (const form of forms) {
    const fields = new FormData(form);
    fields.set("kept_path", form.getAttribute("action") || location.pathname + location.search);
    const answer = await fetch("/kept/", { method: "POST", body: fields }).catch(() => null);
    if (answer?.ok && next instanceof HTMLInputElement) next.value = await answer.text();
  }
}

/** Locks the page where it stands: after 15 idle minutes, with Alt+L, or when another tab is locked. What was typed
 * stays underneath; password or passkey brings it back. */
export function startCurtain(): void {
  const curtain = document.getElementById("curtain");
  if (!(curtain instanceof HTMLDialogElement)) return;
  const lock = () => {
    drop(curtain);
    locking = fetch("/lock/", { method: "POST", redirect: "manual", headers: { "X-CSRFToken": csrf() } }).catch(() => null);
  };
  localStorage.setItem(HERE, String(Date.now()));
  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"] as const)
    document.addEventListener(kind, () => { if (!curtain.open) active(); }, { passive: true });
  setInterval(() => { if (!curtain.open && Date.now() - last() > IDLE) lock(); }, LOOK);
  curtain.addEventListener("cancel", (event) => event.preventDefault());
  document.getElementById("lock")?.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); lock(); });
  for (const form of all<HTMLFormElement>("form[data-reopen]", curtain)) {
    form.addEventListener("submit", (event) => { event.preventDefault(); void reopen(curtain, form); });
    form.addEventListener("passkey", (event) => { event.preventDefault(); void reopen(curtain, form); });
  }
  for (const form of all<HTMLFormElement>("form[action='/switch/']"))
    form.addEventListener("submit", (event) => {
      const typed = typedForms();
      if (!typed.length) return;
      event.preventDefault();
      void keep(typed, form).then(() => { nothingUnsent(); form.submit(); });
    });
  document.body.addEventListener("critical", () => warn(curtain, true));
  // A part of the page that asks meanwhile must not take the page away.
  document.body.addEventListener("htmx:beforeRequest", (event) => { if (curtain.open) event.preventDefault(); });
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    const answer = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
    if (answer.getResponseHeader("X-Lianyi-Locked")) { event.preventDefault(); drop(curtain); }
  });
}
