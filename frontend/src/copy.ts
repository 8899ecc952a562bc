// A button copies the text that the template after it holds: with its form for a word processor, as plain text elsewhere.
// A copy event is all that a portal reached without TLS may use.
export function watchCopy(): void {
  document.addEventListener("click", ({ target }) => {
    const button = (target as Element).closest<HTMLElement>("[data-copy]");
    const source = button?.nextElementSibling as HTMLTemplateElement;
    if (!button) return;
    const fill = (event: ClipboardEvent): void => {
      event.preventDefault();
      event.clipboardData?.setData("text/html", source.innerHTML);
      event.clipboardData?.setData("text/plain", source.dataset.text ?? "");
      button.textContent = button.dataset.copy ?? "";
    };
    getSelection()?.selectAllChildren(button);
    document.addEventListener("copy", fill, { once: true });
    document.execCommand("copy");
    document.removeEventListener("copy", fill);
    getSelection()?.empty();
  });
}
