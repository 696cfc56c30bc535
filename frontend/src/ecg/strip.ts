import { layout, type Page } from "./layout";
import { draw, MM, sheet } from "./paper";
import { unpack, type Recording } from "./record";
import { startCalipers } from "./calipers";

const LAYOUTS = ["3x4", "6x2", "12x1"], SPEEDS = [25, 50, 12.5], GAINS = [10, 20, 5];
const next = <T>(list: T[], now: T): T => list[(list.indexOf(now) + 1) % list.length] as T;

/** The strip's state; `page` is what is drawn now. */
export class Strip {
  layout = "3x4";
  speed = 25;
  gain = 10;
  page: Page;

  constructor(readonly record: Recording, readonly canvas: HTMLCanvasElement, private readonly panel: HTMLElement) {
    this.page = this.paint();
  }

  paint(): Page {
    const { record } = this;
    this.page = layout(this.layout, record.leads, record.length / record.rate, this.speed, this.gain);
    draw(sheet(this.canvas, this.page), this.page, record, this.speed, this.gain);
    this.show();
    this.canvas.dispatchEvent(new Event("painted"));
    return this.page;
  }

  private show(): void {
    for (const button of this.panel.querySelectorAll<HTMLElement>("[data-layout]")) {
      const on = button.dataset.layout === this.layout;
      button.classList.toggle("active", on);
      button.setAttribute("aria-pressed", String(on));
    }
    const say = (mark: string, words: string) => {
      const button = this.panel.querySelector(mark);
      if (button) button.textContent = words;
    };
    say("[data-speed]", `${this.speed} mm/s`);
    say("[data-gain]", `${this.gain} mm/mV`);
  }
}

/** An office screen shows ten seconds at 25 mm/s at one glance: there the sheet, squares and all, may be this much smaller. */
const LEAST = 0.8;

/** The stylesheet may not be touched from here (CSP), so the sheet's size is given by the CSS object model alone. */
function place(canvas: HTMLCanvasElement, page: Page, room: number): void {
  const fits = room / (page.width * MM);
  const scale = MM * (fits >= LEAST ? Math.min(1, fits) : 1);
  canvas.style.width = `${page.width * scale}px`;
  canvas.style.height = `${page.height * scale}px`;
}

export async function openStrip(panel: HTMLElement): Promise<void> {
  const paper = panel.querySelector<HTMLElement>("[data-ecg-paper]");
  const answer = await fetch(panel.dataset.ecg ?? "", { credentials: "same-origin" });
  if (!paper || !answer.ok) return; // the server's drawing stays
  const record = unpack(await answer.arrayBuffer());
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", paper.querySelector("title")?.textContent ?? "");
  const strip = new Strip(record, canvas, panel);
  const lay = () => place(canvas, strip.page, paper.clientWidth);
  lay();
  canvas.addEventListener("painted", lay);
  window.addEventListener("resize", lay);
  paper.replaceChildren(canvas);
  panel.querySelector<HTMLElement>("[data-ecg-tools]")?.removeAttribute("hidden");
  panel.addEventListener("click", (event) => press(strip, event.target as HTMLElement));
  window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change", () => strip.paint());
  startCalipers(strip, panel);
  panel.dataset.drawn = "true";
}

function press(strip: Strip, target: HTMLElement): void {
  const button = target.closest<HTMLElement>("button");
  if (!button) return;
  // The key L presses the first layout button: pressed again, it goes on to the next layout.
  if (button.dataset.layout) strip.layout = button.dataset.layout === strip.layout ? next(LAYOUTS, strip.layout) : button.dataset.layout;
  else if ("speed" in button.dataset) strip.speed = next(SPEEDS, strip.speed);
  else if ("gain" in button.dataset) strip.gain = next(GAINS, strip.gain);
  else return;
  strip.paint();
}
