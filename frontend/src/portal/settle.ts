/** The page behind the sign-in: for its first moments (`--ly-calm`) Enter and keys press nothing, as the style sheet keeps
 * the pointer off; who pressed the sign-in's button twice has not read what stands here. The reader begins at the content. */
export function startSettle(): void {
  if (!document.body.classList.contains("ly-fresh")) return;
  const calm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--ly-calm")) * 1000;
  window.addEventListener("keydown", hold, true);
  window.setTimeout(() => window.removeEventListener("keydown", hold, true), calm);
  if (document.activeElement === document.body) document.getElementById("main")?.focus({ preventScroll: true });
}

/** Letters in a field, the Tab key and a search go on: a card reader may have been quick. */
function hold(event: KeyboardEvent): void {
  const at = event.target instanceof Element ? event.target : document.body;
  const field = at.matches("input, textarea, select");
  if (event.key === "Tab" || (event.key.length === 1 && field) || at.closest("[role=search]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
