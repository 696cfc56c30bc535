/** A page the browser kept in memory for "back" may be somebody else's by now: it is asked for anew. */
export function startBack(): void {
  if (!("live" in document.body.dataset)) return;
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
