/** A recording as ecg/engine/compact.py packs it (gzip is undone by the browser). */
export interface Recording {
  leads: string[];
  rate: number;
  /** µV per count. */
  lsb: number;
  length: number;
  samples: Map<string, Int16Array>;
}

export const MISSING = -32768;

type Head = { leads: string[]; n: number; lsb: number; rate: number };

/** What I and II say the four computed limb leads are, cut towards zero as carts do. */
const IMPLIED: Record<string, (one: number, two: number) => number> = {
  III: (one, two) => two - one,
  aVR: (one, two) => Math.trunc(-(one + two) / 2),
  aVL: (one, two) => Math.trunc((2 * one - two) / 2),
  aVF: (one, two) => Math.trunc((2 * two - one) / 2),
};

function summed(low: Uint8Array, high: Uint8Array, start: number, length: number): Int16Array {
  const row = new Int16Array(length);
  let value = 0;
  for (let i = 0; i < length; i++) {
    value = (value + ((low[start + i] ?? 0) | ((high[start + i] ?? 0) << 8))) & 0xffff;
    row[i] = value;
  }
  return row;
}

export function unpack(body: ArrayBuffer): Recording {
  const view = new DataView(body);
  if (view.getUint32(0) !== 0x4c594531) throw new Error("not packed samples");
  const size = view.getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(body, 8, size))) as Head;
  const count = head.leads.length * head.n;
  const low = new Uint8Array(body, 8 + size, count), high = new Uint8Array(body, 8 + size + count, count);
  const samples = new Map<string, Int16Array>();
  head.leads.forEach((name, place) => samples.set(name, summed(low, high, place * head.n, head.n)));
  const one = samples.get("I"), two = samples.get("II");
  if (one && two)
    for (const [name, rule] of Object.entries(IMPLIED)) {
      const row = samples.get(name);
      if (row) for (let i = 0; i < head.n; i++) row[i] = (row[i] ?? 0) + rule(one[i] ?? 0, two[i] ?? 0);
    }
  return { leads: head.leads, rate: head.rate, lsb: head.lsb, length: head.n, samples };
}
