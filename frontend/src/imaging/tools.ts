// What the mouse, the wheel and the fingers do, and the windows of each kind of picture.
import * as tools from "@cornerstonejs/tools";

const GROUP = "lianyi";
const { MouseBindings } = tools.Enums;
const KINDS = {
  window: tools.WindowLevelTool, pan: tools.PanTool, zoom: tools.ZoomTool,
  length: tools.LengthTool, roi: tools.EllipticalROITool, scroll: tools.StackScrollTool,
};
export type Kind = keyof typeof KINDS;

/** Before any element is enabled: only elements enabled later are listened to. */
export function prepareTools(): void {
  tools.init();
  styleByObject();
}

/** Cornerstone writes a style attribute on each measured text, which the page's policy refuses; as an object it is allowed. */
function styleByObject(): void {
  SVGTextElement.prototype.setAttribute = function (name: string, value: string): void {
    if (name === "style") this.style.cssText = value;
    else Element.prototype.setAttribute.call(this, name, value);
  };
}

export function startTools(viewport: string, engine: string): void {
  for (const tool of Object.values(KINDS)) tools.addTool(tool);
  const group = tools.ToolGroupManager.createToolGroup(GROUP);
  if (!group) throw new Error("no tool group");
  for (const tool of Object.values(KINDS)) group.addTool(tool.toolName);
  group.addViewport(viewport, engine);
  choose("window");
}

/** Give the main button to `kind`; wheel, middle and right button and two fingers keep what they do. */
export function choose(kind: Kind): void {
  const group = tools.ToolGroupManager.getToolGroup(GROUP);
  if (!group) return;
  const always: Partial<Record<Kind, { mouseButton?: number; numTouchPoints?: number }[]>> = {
    scroll: [{ mouseButton: MouseBindings.Wheel }],
    pan: [{ mouseButton: MouseBindings.Auxiliary }],
    zoom: [{ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 }],
  };
  for (const [name, tool] of Object.entries(KINDS)) {
    const bindings = [...(always[name as Kind] ?? []), ...(name === kind ? [{ mouseButton: MouseBindings.Primary }] : [])];
    if (bindings.length) group.setToolActive(tool.toolName, { bindings });
    else group.setToolPassive(tool.toolName);
  }
}
