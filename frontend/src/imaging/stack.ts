// Series of the page and their headers: what to load, in which order, from where.
import { wadors } from "@cornerstonejs/dicom-image-loader";

type Element = { vr: string; Value?: unknown[] };
export type Header = Record<string, Element>;
export type Series = { study: string; uid: string; label: string };
export type Slice = { id: string; header: Header; frame: number };

export const first = (header: Header, tag: string): unknown => header[tag]?.Value?.[0];
export const numbers = (header: Header, tag: string): number[] => (header[tag]?.Value ?? []).map(Number);

const known = new Map<string, Promise<Slice[]>>();

/** All slices of a series in order, its headers handed to the loader. Asked for once. */
export function slices(root: string, series: Series): Promise<Slice[]> {
  const key = `${series.study}/${series.uid}`;
  const there = known.get(key) ?? load(root, series);
  known.set(key, there);
  there.catch(() => known.delete(key));
  return there;
}

async function load(root: string, series: Series): Promise<Slice[]> {
  const base = `${root}/studies/${series.study}/series/${series.uid}`;
  const answer = await fetch(`${base}/metadata`, { headers: { Accept: "application/dicom+json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`metadata ${answer.status}`);
  const headers = ((await answer.json()) as Header[]).filter((header) => header["00280010"]);
  return headers.sort(inOrder).flatMap((header) => frames(base, header));
}

function frames(base: string, header: Header): Slice[] {
  const count = Number(first(header, "00280008") ?? 1);
  return Array.from({ length: count }, (_none, index) => {
    const id = `wadors:${location.origin}${base}/instances/${String(first(header, "00080018"))}/frames/${index + 1}`;
    wadors.metaDataManager.add(id, header as never);
    return { id, header, frame: index + 1 };
  });
}

/** Along the patient where the device says where each slice lies, else by number. */
function inOrder(a: Header, b: Header): number {
  const [here, there] = [place(a), place(b)];
  if (here !== null && there !== null && here !== there) return here - there;
  return Number(first(a, "00200013") ?? 0) - Number(first(b, "00200013") ?? 0);
}

function place(header: Header): number | null {
  const [position, rows] = [numbers(header, "00200032"), numbers(header, "00200037")];
  if (position.length !== 3 || rows.length !== 6) return null;
  const [a, b, c, d, e, f] = rows as [number, number, number, number, number, number];
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  // Head first and right to left, as a person reads a scan: larger z earlier for axial slices.
  return -normal.reduce((sum, part, axis) => sum + part * (position[axis] ?? 0), 0);
}

const LETTERS: Record<string, string> = { R: "R", L: "L", A: "A", P: "P", H: "H", F: "F" };

/** The patient's side at the left and right edge of the picture, as a letter; "" where the device does not say. */
export function edges(header: Header): { left: string; right: string } {
  const said = header["00200020"]?.Value?.[0];
  const rows = numbers(header, "00200037");
  const right = rows.length === 6 ? axis(rows.slice(0, 3)) : typeof said === "string" ? LETTERS[said[0] ?? ""] ?? "" : "";
  const opposite: Record<string, string> = { R: "L", L: "R", A: "P", P: "A", H: "F", F: "H" };
  return { left: opposite[right] ?? "", right };
}

function axis(vector: number[]): string {
  const [x = 0, y = 0, z = 0] = vector;
  if (Math.abs(x) >= Math.abs(y) && Math.abs(x) >= Math.abs(z)) return x > 0 ? "L" : "R";
  return Math.abs(y) >= Math.abs(z) ? (y > 0 ? "P" : "A") : z > 0 ? "H" : "F";
}
