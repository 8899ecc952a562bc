// A link that asks for confirmation opens its dialog instead of its page.

export function openDialogs(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = (event.target as Element).closest<HTMLElement>("[data-dialog]")?.dataset.dialog;
    const dialog = id ? document.getElementById(id) : null;
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
  });
}
