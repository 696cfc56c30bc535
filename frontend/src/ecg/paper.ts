import { MISSING, type Recording } from "./record";
import type { Page, Piece } from "./layout";

/** CSS pixels of one millimetre: 96 per inch, as CSS defines it. */
export const MM = 96 / 25.4;

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A sheet of `page` millimetres, sharp on any screen: the bitmap has devicePixelRatio pixels for each CSS pixel. */
export function sheet(canvas: HTMLCanvasElement, page: Page): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(page.width * MM * ratio);
  canvas.height = Math.round(page.height * MM * ratio);
  canvas.setAttribute("width", String(canvas.width));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.setTransform(MM * ratio, 0, 0, MM * ratio, 0, 0);
  return pen;
}

export function grid(pen: CanvasRenderingContext2D, page: Page): void {
  pen.fillStyle = css("--ly-ecg-paper") || "#fffafa";
  pen.fillRect(0, 0, page.width, page.height);
  for (const [every, colour, width] of [[1, "--ly-ecg-minor", 0.1], [5, "--ly-ecg-major", 0.2]] as const) {
    pen.strokeStyle = css(colour);
    pen.lineWidth = width;
    pen.beginPath();
    for (let x = 0; x <= page.width; x += every) { pen.moveTo(x, 0); pen.lineTo(x, page.height); }
    for (let y = 0; y <= page.height; y += every) { pen.moveTo(0, y); pen.lineTo(page.width, y); }
    pen.stroke();
  }
}

/** The lead's own zero: its median. */
function level(row: Int16Array): number {
  const there = row.filter((value) => value !== MISSING).sort();
  return there[there.length >> 1] ?? 0;
}

/** Least and greatest sample of each pixel column, so that no spike is lost and no work is wasted. */
function trace(pen: CanvasRenderingContext2D, record: Recording, piece: Piece, speed: number, gain: number): void {
  const row = record.samples.get(piece.lead);
  if (!row) return;
  const zero = level(row), scale = (record.lsb * gain) / 1000;
  const first = Math.round(piece.from * record.rate);
  const last = Math.min(row.length, Math.round((piece.from + piece.span) * record.rate));
  const step = Math.max(1, Math.floor(record.rate / (speed * MM * (window.devicePixelRatio || 1))));
  pen.beginPath();
  let down = false;
  for (let i = first; i < last; i += step) {
    let low = Infinity, high = -Infinity;
    for (let k = i; k < Math.min(i + step, last); k++) {
      const value = row[k] ?? MISSING;
      if (value === MISSING) { low = Infinity; break; }
      low = Math.min(low, value); high = Math.max(high, value);
    }
    if (low === Infinity) { down = false; continue; }
    const x = piece.x + ((i - first) / record.rate) * speed;
    const top = piece.y - (high - zero) * scale, bottom = piece.y - (low - zero) * scale;
    if (down) pen.lineTo(x, top); else pen.moveTo(x, top);
    if (bottom !== top) pen.lineTo(x, bottom);
    down = true;
  }
  pen.stroke();
}

export function draw(pen: CanvasRenderingContext2D, page: Page, record: Recording, speed: number, gain: number): void {
  grid(pen, page);
  pen.strokeStyle = css("--ly-ecg-trace") || "#14181c";
  pen.fillStyle = "#14181c";
  pen.lineWidth = 0.28;
  pen.lineJoin = "round";
  pen.font = "600 3.2px sans-serif";
  for (const y of page.pulses) {
    pen.beginPath();
    pen.moveTo(2, y); pen.lineTo(3, y); pen.lineTo(3, y - gain); pen.lineTo(3 + 0.2 * speed, y - gain);
    pen.lineTo(3 + 0.2 * speed, y); pen.lineTo(4 + 0.2 * speed, y);
    pen.stroke();
  }
  for (const piece of page.pieces) {
    if (!piece.lead) continue;
    trace(pen, record, piece, speed, gain);
    pen.fillText(piece.lead, piece.x + 1, piece.y - 9);
  }
  pen.fillText(`${speed} mm/s  ${gain} mm/mV  ${record.rate} Hz`, page.width - 62, page.height - 1.5);
}
