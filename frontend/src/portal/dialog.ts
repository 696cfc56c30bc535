/** Native dialogs. hx-target="#dialog" opens what it loads; data-dialog="id" opens one that stands in the page. */
export function startDialogs(): void {
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = (event as CustomEvent<{ target: HTMLElement }>).detail.target;
    if (target instanceof HTMLDialogElement && !target.open && target.childElementCount) target.showModal();
  });
  document.addEventListener("click", (event) => {
    const pressed = event.target as HTMLElement;
    const opener = pressed.closest<HTMLElement>("[data-dialog]");
    if (opener) {
      event.preventDefault();
      const dialog = document.getElementById(opener.dataset.dialog ?? "");
      if (dialog instanceof HTMLDialogElement) dialog.showModal();
    }
    if (pressed.closest("[data-close]")) { event.preventDefault(); pressed.closest("dialog")?.close(); }
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.ly-menu[open]"))
      if (!menu.contains(pressed)) menu.open = false;
  });
}
