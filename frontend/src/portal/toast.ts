import { csrf, say } from "./words";

export interface Toast { text: string; undo?: string; undo_text?: string; url?: string; stay?: boolean }

const AT_MOST = 3, SHORT = 6000, WITH_UNDO = 10000;

/** A word in the line at the foot of the page, never for an error: the line has a place of its own, one row high, and
 * what sticks to the foot stands above it. With `undo` a button that takes the deed back for ten seconds. */
export function toast({ text, undo, undo_text, url, stay }: Toast): void {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "ly-toast";
  const words = document.createElement(url ? "a" : "span");
  words.textContent = text;
  words.title = text;
  if (url) words.setAttribute("href", url);
  box.append(words);
  if (undo) box.append(button(undo_text ?? "↶", () => takeBack(undo, box)));
  if (stay) box.append(button(say("close"), () => gone(box)));
  else setTimeout(() => gone(box), undo ? WITH_UNDO : SHORT);
  while (place.childElementCount >= AT_MOST) place.firstElementChild?.remove();
  place.append(box);
  document.body.classList.add("ly-told");
}

function gone(box: HTMLElement): void {
  box.remove();
  document.body.classList.toggle("ly-told", Boolean(document.getElementById("toasts")?.childElementCount));
}

function button(label: string, pressed: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm";
  made.textContent = label;
  made.addEventListener("click", pressed);
  return made;
}

async function takeBack(url: string, box: HTMLElement): Promise<void> {
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrf() } }).catch(() => null);
  gone(box);
  if (answer?.ok) location.reload();
  else toast({ text: say("nothing") });
}

export function startToasts(): void {
  document.body.addEventListener("toast", (event) => toast((event as CustomEvent<Toast>).detail));
}
