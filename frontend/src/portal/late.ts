import { say } from "./words";

const PATIENCE = 8000;

/** A part of the page that does not come within eight seconds says so and offers to try again. */
function wait(part: HTMLElement): void {
  setTimeout(() => {
    if (!part.isConnected || part.getAttribute("aria-busy") !== "true") return;
    const line = document.createElement("p");
    line.className = "ly-empty";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-sm";
    again.textContent = say("again");
    again.addEventListener("click", () => part.dispatchEvent(new CustomEvent("again")));
    line.append(`${say("nothing")} `, again);
    part.querySelectorAll(".ly-skeleton, .ly-empty").forEach((old) => old.remove());
    part.append(line);
  }, PATIENCE);
}

/** A page that asks by itself keeps no session open: the server is told that nobody pressed anything. */
function background(event: Event): void {
  const { elt, headers, triggeringEvent } = (event as CustomEvent<{ elt: HTMLElement; headers: Record<string, string>; triggeringEvent?: Event }>).detail;
  if (elt.matches("[data-refresh], [data-late]") && triggeringEvent?.type !== "again") headers["X-Lianyi-Background"] = "1";
}

export function startLate(): void {
  document.body.addEventListener("htmx:configRequest", background);
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const part = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt;
    if (part.matches("[data-late]")) wait(part);
  });
  // What a part fetches by itself in the background may fail quietly; the line at the top says when the line is down.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, xhr, shouldSwap } = (event as CustomEvent<{ elt: HTMLElement; xhr: XMLHttpRequest; shouldSwap: boolean }>).detail;
    if (shouldSwap && xhr.status >= 400 && elt.matches("[data-refresh]")) (event as CustomEvent<{ shouldSwap: boolean }>).detail.shouldSwap = false;
  });
}
