import type { Strip } from "./strip";

interface Point { x: number; y: number }

/** Two points dragged on the paper: time, rate and amplitude between them, in the strip's own scale. */
export function startCalipers(strip: Strip, panel: HTMLElement): void {
  const button = panel.querySelector<HTMLElement>("[data-caliper]");
  const { canvas } = strip;
  let on = false, from: Point | null = null;

  const at = (event: PointerEvent): Point => {
    const box = canvas.getBoundingClientRect();
    const scale = strip.page.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };
  button?.addEventListener("click", () => {
    on = !on;
    button.setAttribute("aria-pressed", String(on));
    button.classList.toggle("active", on);
    if (!on) strip.paint();
  });
  canvas.addEventListener("pointerdown", (event) => { if (on) { from = at(event); canvas.setPointerCapture(event.pointerId); } });
  canvas.addEventListener("pointermove", (event) => { if (on && from) mark(strip, from, at(event), panel.dataset.rate ?? ""); });
  canvas.addEventListener("pointerup", () => { from = null; });
}

export function reading(strip: { speed: number; gain: number }, from: Point, to: Point): { ms: number; mv: number; rate: number } {
  const ms = Math.round((Math.abs(to.x - from.x) / strip.speed) * 1000);
  return { ms, mv: (from.y - to.y) / strip.gain, rate: ms ? Math.round(60000 / ms) : 0 };
}

function mark(strip: Strip, from: Point, to: Point, unit: string): void {
  strip.paint();
  const pen = strip.canvas.getContext("2d");
  if (!pen) return;
  const found = reading(strip, from, to);
  pen.save();
  pen.strokeStyle = "#0b5c8a";
  pen.lineWidth = 0.35;
  pen.setLineDash([1, 0.7]);
  pen.beginPath();
  for (const x of [from.x, to.x]) { pen.moveTo(x, 0); pen.lineTo(x, strip.page.height); }
  for (const y of [from.y, to.y]) { pen.moveTo(Math.min(from.x, to.x), y); pen.lineTo(Math.max(from.x, to.x), y); }
  pen.stroke();
  pen.fillStyle = "#b3161b";
  pen.font = "600 3.4px sans-serif";
  const sign = found.mv < 0 ? "−" : "+";
  pen.fillText(`${found.ms} ms · ${found.rate} ${unit} · ${sign}${Math.abs(found.mv).toFixed(2)} mV`, Math.min(from.x, to.x) + 1, Math.max(4, from.y - 2));
  pen.restore();
}
