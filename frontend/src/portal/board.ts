import { typedForms } from "./forms";
import { all, say, visible } from "./words";

interface Htmx { process(element: Element): void }
const htmx = (): Htmx => (window as unknown as { htmx: Htmx }).htmx;
const board = (): HTMLElement | null => document.querySelector("[data-board]");
const pane = (): HTMLElement | null => document.getElementById("pane");
const rowsOf = (from: ParentNode): HTMLElement[] => all("#queue > li", from);
let asking = false;
/** What was asked for while an answer was on its way: true is the whole list, null nothing. */
let missed: boolean | null = null;

/** The list as the server has it now, merged so that nothing moves under the cursor: rows are changed where they stand,
 * what is dealt with stays greyed, what is new waits in a line on top. */
function merge(fresh: HTMLElement, here: HTMLElement): void {
  const tiles = fresh.querySelector(".ly-counts"), old = here.querySelector(".ly-counts");
  if (tiles && old) old.replaceWith(tiles);
  const now = new Map(rowsOf(fresh).map((row) => [row.id, row]));
  for (const row of rowsOf(here)) {
    const next = now.get(row.id);
    now.delete(row.id);
    if (!next) gone(row);
    else if (next.outerHTML !== row.outerHTML && !row.classList.contains("is-at")) { row.replaceWith(next); htmx().process(next); }
    else if (next.dataset.version !== row.dataset.version) { row.dataset.version = next.dataset.version; moved(); }
  }
  if (!rowsOf(here).length && now.size) { whole(fresh, here); return; }
  const line = here.querySelector<HTMLElement>("#fresh"), button = line?.querySelector<HTMLElement>("[data-fresh]");
  if (line && button) { line.hidden = now.size === 0; button.textContent = say("fresh", String(now.size)); }
}

function gone(row: HTMLElement): void {
  if (row.classList.contains("is-gone")) return;
  row.classList.add("is-gone");
  const mark = document.createElement("span");
  mark.className = "ly-state";
  mark.textContent = say("gone");
  row.querySelector(".ly-clock")?.replaceWith(mark);
  if (row.classList.contains("is-at")) moved();
}

/** The chosen leg has moved: fetched anew, unless something is typed beside it; then a line says so. */
function moved(): void {
  const part = pane();
  if (!part?.dataset.leg) return;
  const typed = typedForms().some((form) => part.contains(form));
  const line = part.querySelector<HTMLElement>("#moved");
  const row = document.getElementById(`r-${part.dataset.leg}`);
  if (typed || row?.classList.contains("is-gone")) { if (line) line.hidden = false; return; }
  row?.querySelector<HTMLElement>("a.ly-what")?.click();
}

function whole(fresh: HTMLElement, here: HTMLElement): void {
  here.replaceWith(fresh);
  htmx().process(fresh);
  want();
}

async function fetched(): Promise<HTMLElement | null> {
  const answer = await fetch(location.href, { headers: { "HX-Request": "true", "HX-Target": "board" } });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector<HTMLElement>("[data-board]");
}

async function look(all_ = false): Promise<void> {
  const here = board();
  if (!here) return;
  if (asking) { missed = all_ || missed === true; return; }
  asking = true;
  try {
    const fresh = await fetched();
    if (fresh && all_) whole(fresh, here); else if (fresh) merge(fresh, here);
  } catch { /* the line is down: the page says so (line.ts) and asks again in a minute */ } finally { asking = false; }
  const next = missed;
  missed = null;
  if (next !== null) void look(next);
}

/** The first row's record is fetched where it is seen: a phone does not pay for it. */
function want(): void {
  const part = pane();
  if (part && "wanted" in part.dataset && visible(part)) part.dispatchEvent(new CustomEvent("wanted"));
}

/** Who else has a leg before her. */
export function attention(id: string, who: string): void {
  for (const mark of all(".ly-looked")) {
    const mine = mark.closest("li")?.id === `r-${id}`, words = mark.querySelector("span");
    if (mine && words) { words.textContent = who; mark.hidden = false; }
    else if (words?.textContent === who) mark.hidden = true;
  }
}

/** The form comes back to the row after the one it deals with. */
function onward(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>("[data-then]");
  const next = document.querySelector("#queue > li.is-at ~ li:not(.is-gone)");
  if (field && next) field.value = field.value.replace(/row=[0-9a-f-]+/, `row=${next.id.slice(2)}`);
}

export function startBoard(): void {
  document.addEventListener("submit", (event) => onward(event.target as HTMLFormElement), true);
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = (event as CustomEvent<{ elt: HTMLElement; target: HTMLElement }>).detail;
    if (target.id !== "pane" || visible(target) || !(elt instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    location.href = elt.href;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const at = (event as CustomEvent<{ target: HTMLElement }>).detail.target;
    if (at.id !== "pane") return;
    const leg = pane()?.dataset.leg;
    for (const row of rowsOf(document)) { const here = row.id === `r-${leg}`; row.classList.toggle("is-at", here); if (here) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current"); }
  });
  document.addEventListener("refresh", (event) => { if ((event.target as Element).matches?.("[data-board]")) void look(); }, true);
  document.addEventListener("click", (event) => { if ((event.target as Element).closest("[data-fresh]")) void look(true); });
  document.addEventListener("DOMContentLoaded", want);
}
