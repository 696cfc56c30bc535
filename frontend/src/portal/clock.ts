import { all, now, say } from "./words";

const MINUTE = 60, HOUR = 3600, DAY = 86400;

/** A span with units: 2 d 3 h, 1 h 12 min, 48 min, 6 min 40 s. */
export function span(seconds: number): string {
  const part = (amount: number, unit: string) => `${amount} ${say(unit)}`;
  const two = (big: number, size: number, unit: string, rest: number, small: string) =>
    part(big, unit) + (rest ? ` ${part(rest, small)}` : "");
  const s = Math.max(0, Math.floor(seconds));
  if (s >= DAY) return two(Math.floor(s / DAY), DAY, "day", Math.floor((s % DAY) / HOUR), "hour");
  if (s >= HOUR) return two(Math.floor(s / HOUR), HOUR, "hour", Math.floor((s % HOUR) / MINUTE), "minute");
  if (s >= 10 * MINUTE) return part(Math.floor(s / MINUTE), "minute");
  return s >= MINUTE ? two(Math.floor(s / MINUTE), MINUTE, "minute", s % MINUTE, "second") : part(s, "second");
}

function show(clock: HTMLElement): number {
  const left = (Date.parse(clock.getAttribute("datetime") ?? "") - now()) / 1000;
  const total = Number(clock.dataset.span ?? 0);
  const wasLate = clock.classList.contains("is-late");
  clock.classList.toggle("is-late", left < 0);
  clock.classList.toggle("is-soon", left >= 0 && total > 0 && left * 4 <= total);
  clock.textContent = left < 0 ? say("late", span(-left)) : say("left", span(left));
  if (left < 0 && !wasLate) announce(clock);
  return left;
}

/** Said once, when a time runs out; a clock itself is not a live region. */
function announce(clock: HTMLElement): void {
  const told = document.getElementById("announce");
  const row = clock.closest("li, tr, section");
  if (told) told.textContent = `${row?.querySelector(".ly-what, th, h1, h2")?.textContent ?? ""} ${clock.textContent}`;
}

export function startClocks(): void {
  let timer = 0;
  const tick = () => {
    clearTimeout(timer);
    const left = all(".ly-clock[data-due]").map(show);
    const busy = left.some((seconds) => Math.abs(seconds) < 10 * MINUTE);
    timer = window.setTimeout(tick, busy ? 1000 : 30000);
  };
  tick();
  document.body.addEventListener("htmx:afterSettle", tick);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
}
