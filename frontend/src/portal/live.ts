import { attention } from "./board";
import { all, refresh, say } from "./words";
import { typedForms } from "./forms";
import { toast } from "./toast";

const FIRST = 1000, LONGEST = 30000, EVERY = 60000;
const OVER = 4401;
const title = document.title;

export interface Notice { type: string; level?: number; title?: string; body?: string; url?: string; id?: string; who?: string }

/** Two short tones, made here: no file to load on a thin line. */
function sound(): void {
  const context = new AudioContext();
  if (context.state === "suspended") { void context.close(); return; }
  [880, 660].forEach((pitch, index) => {
    const tone = context.createOscillator(), volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + index * 0.22);
    tone.stop(context.currentTime + index * 0.22 + 0.18);
  });
  setTimeout(() => void context.close(), 1000);
}

function unread(count: number): void {
  const mark = document.getElementById("unread");
  if (mark) { mark.textContent = String(count); mark.hidden = count === 0; }
}

function told(notice: Notice): void {
  if (notice.type === "attention") { attention(notice.id ?? "", notice.who ?? ""); return; }
  if (notice.type === "notice") unread(Number(document.getElementById("unread")?.textContent ?? 0) + 1);
  const level = notice.level ?? 0;
  if (level >= 2) {
    document.title = `${say(level > 2 ? "critical" : "urgent")} ${title}`;
    sound();
    toast({ text: notice.title ?? "", url: notice.url, stay: true });
  }
  if (level >= 3) { refreshAll("#critical"); document.body.dispatchEvent(new CustomEvent("critical")); }
  refreshAll("[data-refresh]");
}

/** The session has ended elsewhere: the page goes, unless something typed in it would go too. */
function over(): void {
  if (!typedForms().length) location.reload();
}

function refreshAll(selector: string): void {
  all(selector).forEach(refresh);
}

/** Listens to /ws/; a broken line is tried again, ever more slowly, and the page asks by itself each minute. */
export function startLive(): void {
  if (!("live" in document.body.dataset)) return;
  let wait = FIRST;
  const connect = () => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
    socket.addEventListener("open", () => { wait = FIRST; document.body.dispatchEvent(new CustomEvent("line", { detail: true })); });
    socket.addEventListener("message", (event) => told(JSON.parse(event.data as string) as Notice));
    socket.addEventListener("close", (event) => { if (event.code === OVER) { over(); return; } setTimeout(connect, wait); wait = Math.min(LONGEST, wait * 2); });
  };
  connect();
  setInterval(() => { if (!document.hidden) refreshAll("[data-refresh]"); }, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });
}
