import { typedForms } from "./forms";
import { all } from "./words";

interface Htmx { process(element: Element): void }

/** The page of one matter (`data-leg-page`) as it stands now: fetched again when something moved. What is typed stays:
 * then a line says that it has moved. */
async function look(here: HTMLElement): Promise<void> {
  const answer = await fetch(location.pathname, { headers: { "HX-Request": "true", "HX-Target": here.id } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(here.id);
  if (!fresh || fresh.dataset.version === here.dataset.version) return;
  if (typedForms().some((form) => here.contains(form))) {
    all("[data-moved]", here).forEach((line) => { line.hidden = false; });
    return;
  }
  here.replaceWith(fresh);
  (window as unknown as { htmx: Htmx }).htmx.process(fresh);
}

export function startLeg(): void {
  document.addEventListener("refresh", (event) => {
    const here = event.target as HTMLElement;
    // A broken line is told by line.ts; the next push or minute asks again.
    if ("legPage" in (here.dataset ?? {})) look(here).catch(() => undefined);
  }, true);
}
