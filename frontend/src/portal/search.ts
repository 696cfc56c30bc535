import { all, csrf } from "./words";

const PAUSE = 200;

/** Two hanzi or three letters or digits: less would list half the county. */
const enough = (text: string): boolean => /[\u3400-\u9fff\u{20000}-\u{3ffff}]/u.test(text) ? [...text].length >= 2 : text.length >= 3;

function combobox(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>("input[type=search]");
  const box = field && document.getElementById(field.getAttribute("aria-controls") ?? "");
  if (!field || !box) return;
  let timer = 0, asked: AbortController | null = null, at = -1;
  const choices = () => all("[role=option]", box);

  const close = () => { box.hidden = true; at = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };

  const open = (choice: Element | null | undefined) => { const to = choice?.getAttribute("data-href"); if (to) location.assign(to); };

  const point = (next: number) => {
    const list = choices();
    if (!list.length) return;
    at = (next + list.length) % list.length;
    list.forEach((one, index) => { one.classList.toggle("is-at", index === at); one.setAttribute("aria-selected", String(index === at)); });
    field.setAttribute("aria-activedescendant", list[at]?.id ?? "");
    list[at]?.scrollIntoView({ block: "nearest" });
  };

  const ask = async () => {
    asked?.abort();
    const text = field.value.trim();
    if (!enough(text)) return close();
    asked = new AbortController();
    // In the body: what identifies a person never stands in an address.
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams({ q: text }), signal: asked.signal,
      headers: { "HX-Request": "true", "X-CSRFToken": csrf() } }).catch(() => null);
    if (!answer || answer.redirected || text !== field.value.trim()) return;
    box.innerHTML = await answer.text();
    box.hidden = false;
    at = -1;
    field.setAttribute("aria-expanded", "true");
  };

  field.addEventListener("input", (event) => {
    if ((event as InputEvent).isComposing) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), PAUSE);
  });
  field.addEventListener("compositionend", () => { clearTimeout(timer); timer = window.setTimeout(() => void ask(), PAUSE); });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); point(at + (event.key === "ArrowDown" ? 1 : -1)); }
    else if (event.key === "Escape") { close(); field.value = ""; }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); open(choices()[at]); }
  });
  box.addEventListener("click", (event) => open((event.target as Element).closest("[role=option]")));
  // Enter, from a hand or a card reader, goes to the server as it is: an exact number opens the chart at once.
  form.addEventListener("submit", () => { clearTimeout(timer); asked?.abort(); close(); });
  field.addEventListener("focus", () => { if (box.childElementCount && field.value) box.hidden = false; });
  document.addEventListener("click", (event) => { if (!form.contains(event.target as Node)) close(); });
}

export function startSearch(): void {
  all<HTMLFormElement>("form[data-search]").forEach(combobox);
}
