// Pages of paper: one button, one key.
for (const button of document.querySelectorAll<HTMLElement>("[data-print]")) button.addEventListener("click", () => window.print());

export {};
