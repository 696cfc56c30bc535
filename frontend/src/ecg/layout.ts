/** A lead's place on the paper, in millimetres; `from` and `span` in seconds of the recording. */
export interface Piece { lead: string; x: number; y: number; from: number; span: number }
export interface Page { width: number; height: number; pieces: Piece[]; pulses: number[] }

export const MARGIN = 10;
const COLUMNS = [["I", "II", "III"], ["aVR", "aVL", "aVF"], ["V1", "V2", "V3"], ["V4", "V5", "V6"]];
const ORDER = COLUMNS.flat();

function rows(lines: string[][], seconds: number, speed: number, height: number, rhythm: string[]): Page {
  const columns = Math.max(...lines.map((line) => line.length));
  const span = seconds / columns;
  const pieces: Piece[] = [], pulses: number[] = [];
  let y = height / 2 + 6;
  for (const line of lines) {
    line.forEach((lead, column) => pieces.push({ lead, x: MARGIN + column * span * speed, y, from: column * span, span }));
    pulses.push(y);
    y += height;
  }
  for (const lead of rhythm) {
    pieces.push({ lead, x: MARGIN, y, from: 0, span: seconds });
    pulses.push(y);
    y += height;
  }
  return { width: MARGIN + seconds * speed + 4, height: y - height / 2 + 3, pieces, pulses };
}

/** `speed` mm/s, `gain` mm/mV; a row is as high as its gain needs. */
export function layout(name: string, has: string[], seconds: number, speed: number, gain: number): Page {
  const there = ORDER.filter((lead) => has.includes(lead));
  const extra = has.filter((lead) => !ORDER.includes(lead));
  const time = Math.min(seconds, 10);
  if (name === "12x1") return rows([...there, ...extra].map((lead) => [lead]), time, speed, Math.max(16, gain * 1.6), []);
  if (name === "6x2") {
    const right = there.filter((lead) => lead.startsWith("V")), left = there.filter((lead) => !lead.startsWith("V"));
    const lines = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [left[i] ?? "", right[i] ?? ""]);
    return rows(lines, time, speed, Math.max(19, gain * 1.9), []);
  }
  const lines = [0, 1, 2].map((row) => COLUMNS.map((column) => column[row] ?? ""));
  const rhythm = has.includes("II") ? "II" : there[0] ?? has[0] ?? "";
  return rows(lines, time, speed, Math.max(24, gain * 2.4), [rhythm]);
}
