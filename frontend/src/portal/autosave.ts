import { all, csrf, hhmm, say } from "./words";
import { nothingUnsent } from "./forms";
import { forget, pairsOf, shut, SKIP as NOT_HERE } from "./drafts";

const PAUSE = 1200, WINDOW = "ly-window", TAKE = "ly-take", SKIP = /^(csrfmiddlewaretoken|key|version|ink)$/;

const going = new Set<Promise<void>>();

/** When nothing that is being saved is still on its way: a form is sent after its last words were saved, not between. */
export const saved = (): Promise<unknown> => Promise.all(going);

/** This window's name: it survives a reload, and no other window has it. */
const here = (): string => {
  const name = sessionStorage.getItem(WINDOW) ?? [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(36)).join("");
  sessionStorage.setItem(WINDOW, name);
  return name;
};

/** Forms marked data-autosave="address" are saved on the server as one types, by one window at a time. Each key lies here
 * too, sealed, until the server has it: who reloads or leaves right after it finds it again, also without a line. */
export function startAutosave(key: CryptoKey): void {
  for (const form of all<HTMLFormElement>("form[data-autosave]")) new Autosave(key, form).start();
}

class Autosave {
  private timer = 0;
  private typed = 0; // how often something was typed; `asked`: how much of it the server was last told
  private asked = 0;
  private behind = false;
  private over = false;
  private going: Promise<void> = Promise.resolve();
  private sealing: Promise<void> = Promise.resolve();

  constructor(private readonly key: CryptoKey, private readonly form: HTMLFormElement) {}

  start(): void {
    const { form } = this, restored = form.dataset.restored !== undefined;
    const later = (wait: number) => { clearTimeout(this.timer); this.timer = window.setTimeout(() => void this.save(), wait); };
    form.dataset.flushes = "";
    form.addEventListener("input", () => { this.note(); later(PAUSE); });
    form.addEventListener("change", () => { this.note(); later(50); });
    form.addEventListener("keep", () => { this.note(); later(0); });
    form.addEventListener("submit", () => { clearTimeout(this.timer); this.over = true; });
    form.addEventListener("click", (event) => { if ((event.target as Element).closest("[data-take]")) this.take(); });
    window.addEventListener("online", () => { if (this.behind) later(0); });
    // A reload asks for the new page before this one is hidden: what is to stand in it goes out before.
    for (const leaving of ["beforeunload", "pagehide"]) window.addEventListener(leaving, () => this.flush());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.flush(); });
    const taking = sessionStorage.getItem(TAKE) === form.dataset.draft;
    sessionStorage.removeItem(TAKE);
    if (restored) this.note();
    // Something is being typed already: this window asks at once whether it may write.
    if ((restored || Number(form.dataset.seen)) && !form.querySelector("[data-errors]")) void this.save(taking ? [["take", "1"]] : []);
  }

  /** Something was typed: it lies on this computer, sealed, with who wrote it on which version. */
  private note(): void {
    this.typed += 1;
    const { form } = this, mine: [string, string][] = [["window", here()], ["seen", form.dataset.seen ?? "0"]];
    const pairs = [...pairsOf(form).filter(([name]) => !NOT_HERE.test(name)), ...mine];
    this.sealing = this.sealing.then(() => (this.over ? undefined : shut(this.key, form.dataset.draft ?? "", pairs)));
  }

  /** The page may go now: what the server has not been told goes out at once, beside what is still on its way. */
  private flush(): void {
    if (this.over || (this.typed === this.asked && !this.behind)) return;
    clearTimeout(this.timer);
    const one = this.saveNow([], true);
    going.add(one);
    void one.finally(() => going.delete(one));
  }

  private async send(more: [string, string][], keepalive: boolean): Promise<Response | null> {
    const body = new URLSearchParams([...pairsOf(this.form).filter(([name]) => !SKIP.test(name)), ...more]);
    body.set("window", here());
    body.set("seen", this.form.dataset.seen ?? "0");
    const order: RequestInit = { method: "POST", body, keepalive, redirect: "manual", headers: { "X-CSRFToken": csrf(), "X-Lianyi-Draft": "1" } };
    return fetch(this.form.dataset.autosave ?? "", order).catch(() => null);
  }

  /** One after the other: an answer names the version the next one has seen. */
  save(more: [string, string][] = []): Promise<void> {
    const one = this.going.then(() => this.saveNow(more));
    this.going = one;
    going.add(one);
    return one.finally(() => going.delete(one));
  }

  private async saveNow(more: [string, string][], leaving = false): Promise<void> {
    if (this.over) return;
    const typed = this.asked = this.typed;
    const answer = await this.send(more, leaving);
    if (this.over) return; // sent meanwhile: its answer is the one that counts
    if (answer?.status === 200) await this.saved(answer, typed);
    else if (answer?.status === 409) { await this.line(answer); await this.readOnly(); }
    else await this.missed(answer);
  }

  private async saved(answer: Response, typed: number): Promise<void> {
    const version = Number(answer.headers.get("X-Draft-Version") ?? 0);
    this.form.dataset.seen = String(Math.max(version, Number(this.form.dataset.seen ?? 0)));
    this.behind = false;
    await this.sealing;
    if (typed === this.typed) { forget(this.form.dataset.draft); nothingUnsent(); }
    await this.line(answer);
    document.body.dispatchEvent(new CustomEvent("line", { detail: true }));
  }

  private async missed(answer: Response | null): Promise<void> {
    this.behind = true;
    const line = this.form.querySelector("[data-saved]");
    if (line) line.textContent = say("here", hhmm());
    if (!answer) document.body.dispatchEvent(new CustomEvent("line", { detail: false }));
  }

  private async line(answer: Response): Promise<void> {
    const words = await answer.text();
    const old = this.form.querySelector("[data-saved]");
    const found = new DOMParser().parseFromString(words, "text/html").querySelector("[data-saved]");
    if (old && found) old.replaceWith(found);
  }

  /** Another window writes: this one reads until it takes over. What is typed here and not there is not mixed in. */
  private async readOnly(): Promise<void> {
    this.over = true;
    await this.sealing;
    forget(this.form.dataset.draft);
    for (const field of [...this.form.elements] as HTMLInputElement[])
      if (!field.matches("[data-take], [type=hidden]")) field.disabled = true;
    this.form.classList.add("is-reading");
  }

  /** The newest state, in this window from now on. */
  private take(): void {
    sessionStorage.setItem(TAKE, this.form.dataset.draft ?? "");
    nothingUnsent();
    location.reload();
  }
}
