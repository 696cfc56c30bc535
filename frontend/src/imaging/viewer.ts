// One picture in one frame: shows a slice, keeps the words in its corners true.
import { Enums, RenderingEngine, getRenderingEngine, init as startCore, utilities as core, type Types } from "@cornerstonejs/core";
import { init as startLoader } from "@cornerstonejs/dicom-image-loader";
import { utilities } from "@cornerstonejs/tools";
import { type Header, type Series, type Slice, edges, first, slices } from "./stack";
import { prepareTools, startTools } from "./tools";

const ENGINE = "lianyi";
const PLACE = "picture";

export type Words = Record<string, string>;
type Corners = Record<"series" | "image" | "window" | "zoom" | "left" | "right", HTMLElement | null>;

export class Viewer {
  private shown: Slice[] = [];
  private corners: Corners;

  constructor(private frame: HTMLElement, private root: string, private words: Words) {
    const corner = (name: string): HTMLElement | null => frame.querySelector<HTMLElement>(`[data-corner="${name}"]`);
    this.corners = {
      series: corner("series"), image: corner("image"), window: corner("window"), zoom: corner("zoom"),
      left: corner("left"), right: corner("right"),
    };
  }

  /** Start the engine once; the server's picture stays until the first own one is drawn. */
  start(): void {
    startCore();
    startLoader({ maxWebWorkers: 2, decodeConfig: { wasmBasePath: new URL(".", import.meta.url).href } } as never);
    const canvas = this.frame.querySelector<HTMLDivElement>("[data-canvas]");
    if (!canvas) throw new Error("no place for the picture");
    prepareTools();
    const engine = new RenderingEngine(ENGINE);
    engine.enableElement({ viewportId: PLACE, type: Enums.ViewportType.STACK, element: canvas, defaultOptions: { background: [0, 0, 0] } });
    // Where the canvas has the focus, Cornerstone swallows every key; a press on the picture leaves the page's keys alone.
    canvas.removeAttribute("tabindex");
    startTools(PLACE, ENGINE);
    for (const event of [Enums.Events.IMAGE_RENDERED, Enums.Events.VOI_MODIFIED, Enums.Events.CAMERA_MODIFIED]) {
      canvas.addEventListener(event, () => this.tell());
    }
    canvas.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.frame.classList.add("is-live"), { once: true });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    new ResizeObserver(() => engine.resize(true, true)).observe(canvas);
  }

  async show(series: Series): Promise<void> {
    const wanted = await slices(this.root, series);
    const viewport = this.viewport();
    if (!wanted.length || !viewport) return;
    this.shown = wanted;
    if (this.corners.series) this.corners.series.textContent = series.label;
    await viewport.setStack(wanted.map((slice) => slice.id), Math.floor(wanted.length / 2));
    viewport.render();
    const canvas = viewport.element;
    if (wanted.length > 1) utilities.stackContextPrefetch.enable(canvas);
    this.tell();
  }

  step(by: number): void {
    const viewport = this.viewport();
    if (!viewport) return;
    const next = Math.min(this.shown.length - 1, Math.max(0, viewport.getCurrentImageIdIndex() + by));
    void viewport.setImageIdIndex(next);
  }

  /** A window by centre and width; without both the device's own. */
  window(centre?: number, width?: number): void {
    const viewport = this.viewport();
    if (!viewport) return;
    if (centre === undefined || width === undefined) viewport.resetProperties();
    else viewport.setProperties({ voiRange: core.windowLevel.toLowHighRange(width, centre) });
    viewport.render();
  }

  invert(): void {
    const viewport = this.viewport();
    if (!viewport) return;
    viewport.setProperties({ invert: !viewport.getProperties().invert });
    viewport.render();
  }

  reset(): void {
    const viewport = this.viewport();
    viewport?.resetCamera();
    viewport?.resetProperties();
    viewport?.render();
  }

  private viewport(): Types.IStackViewport | undefined {
    return getRenderingEngine(ENGINE)?.getViewport(PLACE) as Types.IStackViewport | undefined;
  }

  private tell(): void {
    const viewport = this.viewport();
    const slice = viewport && this.shown[viewport.getCurrentImageIdIndex()];
    if (!viewport || !slice) return;
    const { voiRange } = viewport.getProperties();
    this.say("image", `${this.words.image} ${viewport.getCurrentImageIdIndex() + 1} / ${this.shown.length}`);
    if (voiRange) this.say("window", windowText(voiRange.lower, voiRange.upper));
    this.say("zoom", `${this.words.zoom} ${Math.round(viewport.getZoom() * 100)} %`);
    this.sides(slice.header);
  }

  private sides(header: Header): void {
    const { left, right } = edges(header);
    this.say("left", this.words[`side${left}`] ?? "");
    this.say("right", this.words[`side${right}`] ?? "");
    const thick = Number(first(header, "00180050") ?? 0);
    if (thick && this.corners.series && !this.corners.series.textContent?.includes("mm")) this.corners.series.textContent += ` ${thick} mm`;
  }

  private say(corner: keyof Corners, text: string): void {
    const place = this.corners[corner];
    if (place && place.textContent !== text) place.textContent = text;
  }
}

function windowText(lower: number, upper: number): string {
  const signed = (value: number): string => String(Math.round(value)).replace("-", "−");
  const { windowWidth, windowCenter } = core.windowLevel.toWindowLevel(lower, upper);
  return `W ${signed(windowWidth)} L ${signed(windowCenter)}`;
}
