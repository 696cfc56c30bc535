// The reading page's picture. Without this script the server's picture and links to every series and slice stand there.
import type { Series } from "./imaging/stack";
import { type Kind, choose } from "./imaging/tools";
import { Viewer, type Words } from "./imaging/viewer";
import { watchSigning } from "./reading/sign";

const FIELDS = "input, textarea, select, [contenteditable=true]";

function start(place: HTMLElement): void {
  const frame = place.querySelector<HTMLElement>("[data-frame]");
  const list = [...place.querySelectorAll<HTMLElement>("[data-series]")];
  if (!frame || !list.length) return;
  const viewer = new Viewer(frame, place.dataset.root ?? "", JSON.parse(place.dataset.words ?? "{}") as Words);
  let at = Math.max(0, list.findIndex((one) => one.getAttribute("aria-current") === "true"));

  const show = (index: number): void => {
    const chosen = list[index];
    if (!chosen) return;
    at = index;
    for (const one of list) one.toggleAttribute("aria-current", false);
    chosen.setAttribute("aria-current", "true");
    viewer.show(seriesOf(chosen)).catch((error: unknown) => complain(place, error));
  };

  try {
    viewer.start();
  } catch (error) {
    complain(place, error);
    return;
  }
  place.classList.add("has-script");
  for (const button of place.querySelectorAll<HTMLButtonElement>("[data-tool], [data-window], [data-act]")) {
    button.hidden = false;
    button.addEventListener("click", () => press(place, viewer, button));
  }
  for (const link of place.querySelectorAll<HTMLElement>("[data-step]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); viewer.step(Number(link.dataset.step)); });
  }
  list.forEach((one, index) => one.addEventListener("click", (event) => { event.preventDefault(); show(index); }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || (event.target as Element | null)?.closest(FIELDS)) return;
    const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (step) viewer.step(step);
    else if (event.key === "[" || event.key === "]") show((at + (event.key === "]" ? 1 : list.length - 1)) % list.length);
    else return;
    event.preventDefault();
  });
  show(at);
}

function seriesOf(link: HTMLElement): Series {
  return { study: link.dataset.study ?? "", uid: link.dataset.series ?? "", label: link.dataset.label ?? "" };
}

function press(place: HTMLElement, viewer: Viewer, button: HTMLButtonElement): void {
  const { tool, window: preset, act } = button.dataset;
  if (tool) {
    choose(tool as Kind);
    mark(place, "[data-tool]", button);
  } else if (act === "invert") {
    viewer.invert();
  } else if (act === "reset") {
    viewer.reset();
  } else {
    const [centre, width] = (preset ?? "").split(",").filter(Boolean).map(Number);
    viewer.window(centre, width);
    mark(place, "[data-window]", button);
  }
}

function mark(place: HTMLElement, group: string, chosen: HTMLElement): void {
  for (const one of place.querySelectorAll(group)) {
    one.setAttribute("aria-pressed", String(one === chosen));
    one.classList.toggle("active", one === chosen);
  }
}

function complain(place: HTMLElement, error: unknown): void {
  const line = place.querySelector<HTMLElement>("[data-trouble]");
  if (line) line.hidden = false;
  console.error(error);
}

for (const place of document.querySelectorAll<HTMLElement>("[data-viewer]")) start(place);
watchSigning();
