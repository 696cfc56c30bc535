import { all, hhmm, say } from "./words";
import { toast } from "./toast";

const PREFIX = "ly:", KEEP = 72 * 3600 * 1000, PAUSE = 1200;
const SKIP = /^(csrfmiddlewaretoken|key|version|password|otp|code)$/;

/** This person's key, given by the server with the page and kept in memory: a shared PC shows nothing to the next. */
async function seal(): Promise<CryptoKey | null> {
  const given = document.body.dataset.seal;
  if (!given || !crypto.subtle) return null;
  const bytes = Uint8Array.from(atob(given), (c) => c.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const text = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const bytes = (line: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(line), (c) => c.charCodeAt(0));

async function keep(key: CryptoKey, form: HTMLFormElement): Promise<void> {
  const pairs = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SKIP.test(name));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(pairs));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain));
  localStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), iv: text(iv), sealed: text(sealed) }));
  const line = form.querySelector("[data-saved]");
  if (line) line.textContent = say("saved", hhmm());
}

async function restore(key: CryptoKey, form: HTMLFormElement): Promise<void> {
  const kept = localStorage.getItem(PREFIX + form.dataset.draft);
  if (!kept) return;
  const { iv, sealed } = JSON.parse(kept) as { iv: string; sealed: string };
  // Another person's draft under the same name does not open with this key: it stays hers.
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, key, bytes(sealed)).catch(() => null);
  if (plain && fill(form, JSON.parse(new TextDecoder().decode(plain)) as [string, string][])) toast({ text: say("restored") });
}

function fill(form: HTMLFormElement, pairs: [string, string][]): boolean {
  let changed = false;
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of [...form.elements] as HTMLInputElement[]) {
    const given = values.get(field.name);
    if (!given || SKIP.test(field.name) || field.type === "hidden" || field.type === "file") continue;
    if (field.type === "checkbox" || field.type === "radio") {
      const ticked = given.includes(field.value);
      changed ||= ticked !== field.checked;
      field.checked = ticked;
    } else if (field.value !== given[0]) { field.value = given[0] ?? ""; changed = true; }
  }
  return changed;
}

function sweep(): void {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX)))
    if (Date.now() - (JSON.parse(localStorage.getItem(name) ?? "{}").at ?? 0) > KEEP) localStorage.removeItem(name);
}

/** Forms marked data-draft="name" are kept on this computer, sealed, until they are sent. */
export async function startDrafts(): Promise<void> {
  sweep();
  if (document.body.dataset.settled) localStorage.removeItem(PREFIX + document.body.dataset.settled);
  const key = await seal();
  if (!key) return;
  for (const form of all<HTMLFormElement>("form[data-draft]")) {
    let timer = 0;
    // A form that came back with errors already holds what was typed.
    if (!form.querySelector("[aria-invalid], [data-errors]")) await restore(key, form);
    form.addEventListener("input", () => { clearTimeout(timer); timer = window.setTimeout(() => void keep(key, form), PAUSE); });
    form.addEventListener("keep", () => void keep(key, form));
    form.addEventListener("submit", () => { clearTimeout(timer); sessionStorage.setItem("ly:sent", form.dataset.draft ?? ""); });
  }
  settle();
}

/** A draft is dropped when the page after its form no longer shows that form: the server has taken it. */
function settle(): void {
  const name = sessionStorage.getItem("ly:sent");
  if (name === null) return;
  sessionStorage.removeItem("ly:sent");
  if (!all("form[data-draft]").some((form) => form.dataset.draft === name)) localStorage.removeItem(PREFIX + name);
}
