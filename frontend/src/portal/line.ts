import { hhmm, say } from "./words";

/** Says when the line is down and since when; reading and writing on the page go on. */
export function startLine(): void {
  const mark = document.getElementById("line"), bar = document.getElementById("line-down");
  let since = "";
  const set = (up: boolean) => {
    if (up === (since === "")) return;
    since = up ? "" : hhmm();
    mark?.classList.toggle("is-broken", !up);
    const words = mark?.querySelector("span");
    if (words) words.textContent = (up ? mark?.dataset.online : mark?.dataset.broken) ?? "";
    if (bar) { bar.hidden = up; bar.textContent = up ? "" : say("offline", since); }
  };
  window.addEventListener("offline", () => set(false));
  window.addEventListener("online", () => set(true));
  document.body.addEventListener("htmx:sendError", () => set(false));
  document.body.addEventListener("htmx:afterOnLoad", () => set(true));
  document.body.addEventListener("line", (event) => set((event as CustomEvent<boolean>).detail));
  if (!navigator.onLine) set(false);
}
