import { all, csrf, hhmm, say } from "./words";
import { saved } from "./autosave";
import { PREFIX, type Pairs, forget, open, pairsOf, shut } from "./drafts";
import { toast } from "./toast";

const OUT = "out:", AGAIN = 30000, PATIENCE = 1500;
interface Waiting { action: string; pairs: Pairs }

let down = !navigator.onLine;
const labels = new WeakMap<HTMLElement, string>();

/** Forms marked data-queue are sealed on this computer before they leave it, and lie there until the server has
 * answered: what a broken line swallowed goes out by itself. It is one order under one key, however often it is sent. */
export function startOutbox(key: CryptoKey): void {
  for (const form of all<HTMLFormElement>("form[data-queue]"))
    form.addEventListener("submit", (event) => { if (!event.defaultPrevented) { event.preventDefault(); void hand(key, form, event.submitter); } });
  const line = (up: boolean) => { down = !up || !navigator.onLine; label(); if (!down) void flush(key); };
  window.addEventListener("online", () => line(true));
  window.addEventListener("offline", () => line(false));
  document.body.addEventListener("line", (event) => { const up = (event as CustomEvent<boolean>).detail; if (up === down) line(up); });
  setInterval(() => { if (!down) void flush(key); }, AGAIN);
  label();
  settle();
  if (!down) void flush(key);
}

/** The button says what a press does now. */
function label(): void {
  for (const button of all("form[data-queue] [data-offline]")) {
    const usual = labels.get(button) ?? button.innerHTML;
    labels.set(button, usual);
    if (down) button.textContent = button.dataset.offline ?? ""; else if (!button.hasAttribute("aria-disabled")) button.innerHTML = usual;
  }
}

async function hand(key: CryptoKey, form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  const pairs = pairsOf(form).filter(([name]) => name !== "csrfmiddlewaretoken");
  if (button instanceof HTMLButtonElement && button.name) pairs.push([button.name, button.value]);
  await shut(key, OUT + form.dataset.draft, { action: form.getAttribute("action") ?? location.pathname, pairs } satisfies Waiting);
  await Promise.race([saved(), new Promise((late) => setTimeout(late, PATIENCE))]);
  if (down || !navigator.onLine) { waiting(form); return; }
  if (button instanceof HTMLButtonElement && button.name) {
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
  }
  form.submit();
}

function waiting(form: HTMLFormElement): void {
  const line = form.querySelector("[data-saved]");
  if (line) line.textContent = say("queued", hhmm());
  for (const field of [...form.elements] as HTMLInputElement[]) if (field.type !== "hidden") field.disabled = true;
}

/** What the page in hand shows as answered leaves the box: taken, or come back with what is wrong. */
function settle(): void {
  for (const one of all("[data-settled]")) { forget(OUT + one.dataset.settled); forget(one.dataset.settled); }
  for (const form of all<HTMLFormElement>("form[data-queue]")) if (form.querySelector("[data-errors]")) forget(OUT + form.dataset.draft);
}

async function flush(key: CryptoKey): Promise<void> {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX + OUT)).map((one) => one.slice(PREFIX.length))) {
    const one = await open<Waiting>(key, name);
    if (one) await send(key, name, one);
  }
}

async function send(key: CryptoKey, name: string, one: Waiting): Promise<void> {
  const order: RequestInit = { method: "POST", body: new URLSearchParams(one.pairs), headers: { "X-CSRFToken": csrf() } };
  const answer = await fetch(one.action, order).catch(() => null);
  if (!answer || answer.status >= 500 || answer.url.includes("/signin/") || answer.headers.has("X-Lianyi-Locked")) return;
  const draft = name.slice(OUT.length);
  forget(name);
  forget(draft);
  const shown = all<HTMLFormElement>("form[data-queue]").find((form) => form.dataset.draft === draft);
  if (answer.ok) { if (shown) location.assign(answer.url); else toast({ text: say("sent"), url: answer.url, stay: true }); return; }
  // It must be put right first: the form finds what was typed when it is opened.
  await shut(key, draft, one.pairs);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const why = page.querySelector("[data-errors] li, [role=alert]")?.textContent?.trim() ?? "";
  if (shown) location.reload(); else toast({ text: say("unsent", why), url: one.action, stay: true });
}
