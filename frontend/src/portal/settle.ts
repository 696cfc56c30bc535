const CALM = 1000;
const HELD = ["keydown", "click"];

/** The page behind the sign-in: for its first second Enter and keys press nothing, as the style sheet keeps the pointer
 * off; who pressed the sign-in's button twice has not read what stands here. The reader begins at the content. */
export function startSettle(): void {
  if (!document.body.classList.contains("ly-fresh")) return;
  for (const what of HELD) window.addEventListener(what, hold, true);
  window.setTimeout(() => { for (const what of HELD) window.removeEventListener(what, hold, true); }, CALM);
  if (document.activeElement === document.body) document.getElementById("main")?.focus({ preventScroll: true });
}

/** Holds a person's press on the content; what a script does, letters in a field and the Tab key go on. */
function hold(event: Event): void {
  if (!event.isTrusted || letter(event) || !(event.target instanceof Element)) return;
  if (event instanceof MouseEvent && !event.target.closest("#main")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

const letter = (event: Event): boolean => event instanceof KeyboardEvent && (event.key === "Tab" ||
  event.key.length === 1 && event.target instanceof Element && event.target.matches("input, textarea, select"));
