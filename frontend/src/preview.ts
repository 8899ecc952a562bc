// On a screen wide enough for the preview to stand beside the list, a clause is shown there without leaving the page.
declare const htmx: { ajax(method: string, url: string, options: Record<string, string>): Promise<void> };

export function watchPreview(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-preview]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!matchMedia("(min-width: 992px)").matches) return;
    event.preventDefault();
    void htmx.ajax("GET", link.href, { target: "#preview", select: "#preview", swap: "outerHTML" });
  });
}
