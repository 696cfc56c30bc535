import { all, say, visible } from "./words";

const FIELDS = "input, textarea, select, [contenteditable=true]";
const ROWS = ".ly-queue > li, table[data-list] tbody tr";
let going = 0;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches(FIELDS) && !target.matches("[type=radio], [type=checkbox], [type=button]");

/** A press as it is printed on a button: A, 1, /, ?, F8, Space, Enter, Ctrl+Enter, Alt+L. By place of the key, not by layout. */
function named(event: KeyboardEvent): string {
  const code = event.code;
  const plain = /^Key[A-Z]$/.test(code) ? code.slice(3) : /^Digit\d$/.test(code) ? code.slice(5) : event.key === " " ? "Space" : event.key;
  if (event.key === "?") return "?";
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + plain;
}

const marked = (key: string): HTMLElement | undefined => {
  const found = all(`[data-key="${CSS.escape(key)}"]`).filter((one) => visible(one) || one.closest("details.ly-menu") !== null);
  return found.find((one) => one.closest(".ly-pane") !== null) ?? found[0];
};

function rows(): HTMLElement[] {
  return all(ROWS).filter(visible);
}

function move(step: number): void {
  const list = rows();
  if (!list.length) return;
  const at = list.findIndex((row) => row.classList.contains("is-at"));
  const next = list[Math.min(list.length - 1, Math.max(0, at + step))];
  if (!next) return;
  for (const row of list) { row.classList.toggle("is-at", row === next); row.removeAttribute("aria-current"); }
  next.setAttribute("aria-current", "true");
  next.scrollIntoView({ block: "nearest" });
  const link = opener(next);
  link?.focus({ preventScroll: true });
  if (link?.hasAttribute("hx-get")) link.click();
}

const opener = (row: Element): HTMLElement | null => row.querySelector<HTMLElement>("a.ly-what, th a, a, button");

function open(): boolean {
  const link = rows().find((row) => row.classList.contains("is-at"));
  const target = link && (link.querySelector<HTMLElement>(":scope > a.btn") ?? opener(link));
  target?.click();
  return Boolean(target);
}

function back(): boolean {
  const menu = document.querySelector<HTMLDetailsElement>("details.ly-menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary")?.focus(); return true; }
  const link = document.querySelector<HTMLElement>("a[data-back]");
  link?.click();
  return Boolean(link);
}

function go(key: string): boolean {
  const link = document.querySelector<HTMLElement>(`.ly-rail [data-go="${key}"]`);
  link?.click();
  return Boolean(link);
}

function help(): boolean {
  const dialog = document.getElementById("dialog") as HTMLDialogElement | null;
  const source = document.getElementById("all-keys") as HTMLTemplateElement | null;
  if (!dialog || !source) return false;
  dialog.replaceChildren(source.content.cloneNode(true));
  const list = dialog.querySelector("[data-page-keys]");
  for (const one of all("#main [data-key]").filter(visible)) {
    const line = document.createElement("li");
    const key = document.createElement("kbd");
    key.textContent = one.dataset.key ?? "";
    const words = one.cloneNode(true) as HTMLElement;
    words.querySelectorAll("kbd, svg").forEach((part) => part.remove());
    line.append(key, ` ${(words.textContent || one.getAttribute("aria-label") || say("keys")).trim()}`);
    list?.append(line);
  }
  dialog.showModal();
  return true;
}

const SINGLE: Record<string, () => boolean> = {
  "/": () => { const field = document.getElementById("q"); field?.focus(); return Boolean(field); },
  "?": help,
  J: () => { move(1); return true; },
  K: () => { move(-1); return true; },
  G: () => { going = Date.now(); return true; },
  O: open,
  Enter: open,
  Escape: back,
};

function press(element: HTMLElement): boolean {
  if (element.matches(FIELDS)) element.focus(); else element.click();
  return true;
}

function single(key: string): boolean {
  if (going && Date.now() - going < 1500) { going = 0; if (go(key)) return true; }
  going = 0;
  const element = marked(key);
  if (element) return press(element);
  if (/^[1-9]$/.test(key)) { const tab = all(".ly-tabs a")[Number(key) - 1]; tab?.click(); return Boolean(tab); }
  return SINGLE[key]?.() ?? false;
}

function combined(key: string): boolean {
  if (key === "Ctrl+s" || key === "Ctrl+S") {
    const form = document.querySelector("form[data-draft]");
    form?.dispatchEvent(new CustomEvent("keep"));
    return Boolean(form);
  }
  const element = marked(key);
  return element ? press(element) : false;
}

function pressed(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented || event.repeat && event.code !== "KeyJ" && event.code !== "KeyK") return;
  const key = named(event);
  const chord = event.ctrlKey || event.altKey || event.metaKey || /^F\d+$/.test(key);
  if (chord) { if (combined(key)) event.preventDefault(); return; }
  const target = event.target as HTMLElement;
  const quiet = document.body.dataset.keys === "off" || document.querySelector("dialog[open]") !== null;
  if (typing(target)) { if (key === "Escape") target.blur(); return; }
  if (quiet || ((key === "Enter" || key === "Space") && target.closest("a, button, summary, label, input"))) return;
  if (single(key)) event.preventDefault();
}

/** A key only presses a button that is on the page and shows it. */
export function startKeys(): void {
  document.addEventListener("keydown", pressed);
  document.body.addEventListener("next", () => move(1));
}
