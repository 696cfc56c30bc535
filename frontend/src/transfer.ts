// The transfer form: what is asked only sometimes, and a name drawn with finger, pen or mouse.
import { all } from "./portal/words";

/** Parts marked data-when="field=value,value" are seen where the field has one of the values. */
function startParts(): void {
  const show = () => all("[data-when]").forEach((part) => {
    const [name, values] = (part.dataset.when ?? "").split("=");
    const chosen = document.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value ?? "";
    part.hidden = !(values ?? "").split(",").includes(chosen);
  });
  document.addEventListener("change", show);
  window.addEventListener("pageshow", show); // the browser puts back what was chosen before
  show();
}

/** The pad keeps what is drawn as a PNG in its field; an emptied pad empties the field. */
function startPad(pad: HTMLElement): void {
  const canvas = pad.querySelector("canvas"), field = document.getElementById(pad.dataset.ink ?? "") as HTMLInputElement | null;
  const pen = canvas?.getContext("2d");
  if (!canvas || !field || !pen) return;
  const way = () => document.querySelector<HTMLInputElement>("input[name=consent_way]:checked");
  const place = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  const told = () => field.dispatchEvent(new Event("input", { bubbles: true }));
  const look = () => { pad.hidden = way()?.value !== "screen" || way()?.closest("[data-when][hidden]") !== null; };
  const redraw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!field.value) return;
    const image = new Image();
    image.onload = () => pen.drawImage(image, 0, 0);
    image.src = field.value;
  };
  let drawing = false;
  Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => { if (drawing) { pen.lineTo(...place(event)); pen.stroke(); } });
  canvas.addEventListener("pointerup", () => { drawing = false; field.value = canvas.toDataURL("image/png"); told(); });
  pad.querySelector("[data-ink-clear]")?.addEventListener("click", () => { field.value = ""; redraw(); told(); });
  field.addEventListener("restored", redraw);
  document.addEventListener("change", look);
  window.addEventListener("pageshow", look);
  redraw();
  look();
}

startParts();
all("[data-ink]").forEach(startPad);
