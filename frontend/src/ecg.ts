import { openStrip } from "./ecg/strip";
import { watchSigning } from "./reading/sign";

const panel = document.getElementById("strip");
if (panel) void openStrip(panel);

watchSigning();

// A phrase goes into the conclusion at the caret, numbered lines stay the doctor's own.
for (const box of document.querySelectorAll<HTMLElement>("[data-phrases]")) {
  const field = document.getElementById("im") as HTMLTextAreaElement | null;
  if (!field) continue;
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const phrase = (event.target as HTMLElement).closest<HTMLElement>("[data-phrase]")?.dataset.phrase;
    if (!phrase) return;
    const before = field.value.slice(0, field.selectionStart), after = field.value.slice(field.selectionEnd);
    const join = before && !/[\n，；]$/.test(before) ? "，" : "";
    field.value = before + join + phrase + after;
    const caret = before.length + join.length + phrase.length;
    field.focus();
    field.setSelectionRange(caret, caret);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
