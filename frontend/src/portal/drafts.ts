import { all, hhmm, say } from "./words";
import { toast } from "./toast";

export const PREFIX = "ly:";
const KEEP = 72 * 3600 * 1000, PAUSE = 1200;
export const SKIP = /^(csrfmiddlewaretoken|key|version|password|otp|code)$/;
export type Pairs = [string, string][];

/** This person's key, given by the server with the page and kept in memory: a shared PC shows nothing to the next. */
export async function seal(): Promise<CryptoKey | null> {
  const given = document.body.dataset.seal;
  if (!given || !crypto.subtle) return null;
  const bytes = Uint8Array.from(atob(given), (c) => c.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const bytes = (line: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(line), (c) => c.charCodeAt(0));

function text(bytes: Uint8Array): string {
  let line = "";
  for (const one of bytes) line += String.fromCharCode(one); // not spread: a drawn name is longer than a call's arguments
  return btoa(line);
}

/** Puts something sealed under a name on this computer. */
export async function shut(key: CryptoKey, name: string, value: unknown): Promise<void> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain));
  localStorage.setItem(PREFIX + name, JSON.stringify({ at: Date.now(), iv: text(iv), sealed: text(sealed) }));
}

/** What lies under a name. Another person's does not open with this key: null, and it stays hers. */
export async function open<T>(key: CryptoKey, name: string): Promise<T | null> {
  const kept = localStorage.getItem(PREFIX + name);
  if (!kept) return null;
  const { iv, sealed } = JSON.parse(kept) as { iv: string; sealed: string };
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, key, bytes(sealed)).catch(() => null);
  return plain && (JSON.parse(new TextDecoder().decode(plain)) as T);
}

export const forget = (name = ""): void => localStorage.removeItem(PREFIX + name);

/** The fields of a form as they are sent; files stay where they are. */
export const pairsOf = (form: HTMLFormElement): Pairs =>
  [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");

export async function keep(key: CryptoKey, form: HTMLFormElement): Promise<void> {
  await shut(key, form.dataset.draft ?? "", pairsOf(form).filter(([name]) => !SKIP.test(name)));
  const line = form.querySelector("[data-saved]");
  if (line) line.textContent = say("saved", hhmm());
}

async function restore(key: CryptoKey, form: HTMLFormElement): Promise<void> {
  const name = form.dataset.draft ?? "", pairs = await open<Pairs>(key, name);
  if (!pairs) return;
  if (older(form, pairs)) { forget(name); return; }
  if (fill(form, pairs)) {
    form.dataset.restored = "";
    toast({ text: say("restored") });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (form.dataset.autosave) forget(name);
}

/** Whether the server knows better than what lies here: another window has written since, or the form was sent. */
function older(form: HTMLFormElement, pairs: Pairs): boolean {
  if (!form.dataset.autosave) return false;
  const told = new Map(pairs), seen = Number(told.get("seen") ?? 0), now = Number(form.dataset.seen ?? 0);
  return now ? seen < now && told.get("window") !== form.dataset.window : seen > 0;
}

function fill(form: HTMLFormElement, pairs: Pairs): boolean {
  let changed = false;
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of [...form.elements] as HTMLInputElement[]) {
    const box = field.type === "checkbox" || field.type === "radio", given = values.get(field.name) ?? (box ? [] : undefined);
    if (!given || SKIP.test(field.name) || field.type === "file" || field.type === "hidden" && field.dataset.keep === undefined) continue;
    if (box) {
      const ticked = given.includes(field.value);
      changed ||= ticked !== field.checked;
      field.checked = ticked;
    } else if (field.value !== given[0]) { field.value = given[0] ?? ""; changed = true; field.dispatchEvent(new Event("restored")); }
  }
  return changed;
}

function sweep(): void {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX)))
    if (Date.now() - (JSON.parse(localStorage.getItem(name) ?? "{}").at ?? 0) > KEEP) localStorage.removeItem(name);
}

/** Forms marked data-draft="name" are kept on this computer, sealed, until they are sent. Those that the server saves
 * as one types (data-autosave) are kept here only while it does not answer: see autosave.ts. */
export async function startDrafts(): Promise<CryptoKey | null> {
  sweep();
  if (document.body.dataset.settled) forget(document.body.dataset.settled);
  const key = await seal();
  if (!key) return null;
  for (const form of all<HTMLFormElement>("form[data-draft]")) {
    let timer = 0;
    // A form that came back with errors already holds what was typed.
    if (!form.querySelector("[aria-invalid], [data-errors]")) await restore(key, form);
    if (form.dataset.autosave) continue;
    form.addEventListener("input", () => { clearTimeout(timer); timer = window.setTimeout(() => void keep(key, form), PAUSE); });
    form.addEventListener("keep", () => void keep(key, form));
    form.addEventListener("submit", () => { clearTimeout(timer); sessionStorage.setItem("ly:sent", form.dataset.draft ?? ""); });
  }
  settle();
  return key;
}

/** A draft is dropped when the page after its form no longer shows that form: the server has taken it. */
function settle(): void {
  const name = sessionStorage.getItem("ly:sent");
  if (name === null) return;
  sessionStorage.removeItem("ly:sent");
  if (!all("form[data-draft]").some((form) => form.dataset.draft === name)) forget(name);
}
