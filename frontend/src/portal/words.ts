/** What the page says, in the reader's language: written by the server into <body data-words>. */
const told: Record<string, string> = JSON.parse(document.body.dataset.words ?? "{}");

export function say(key: string, t = ""): string {
  return (told[key] ?? key).replace("%(t)s", t);
}

/** The server's clock minus this computer's, in milliseconds: office PCs go wrong by minutes. */
const offset = (() => {
  const rendered = Date.parse(document.body.dataset.now ?? "");
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return Number.isNaN(rendered) ? 0 : rendered - (performance.timeOrigin + (page?.responseStart ?? 0));
})();

export const now = (): number => Date.now() + offset;

export const hhmm = (at = now()): string => new Date(at).toTimeString().slice(0, 5);

export function all<E extends HTMLElement = HTMLElement>(selector: string, from: ParentNode = document): E[] {
  return [...from.querySelectorAll<E>(selector)];
}

export const csrf = (): string => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

export const visible = (element: HTMLElement): boolean => element.getClientRects().length > 0;

/** Asks `part` of the page (an element with hx-trigger="refresh") to fetch itself again. */
export function refresh(part: Element): void {
  part.dispatchEvent(new CustomEvent("refresh"));
}
