// Two keys, both with a modifier: Ctrl+S saves what is being filled in, Ctrl+K goes to the page's search. Escape closes
// dialogs by itself and an open "why" under the focus here.

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = (event.target as Element).closest<HTMLDetailsElement>("details[open]");
      if (!open) return;
      open.open = false;
      open.querySelector("summary")?.focus();
      return;
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key === "k") focusSearch(event);
    if (event.key === "s") save(event);
  });
}

function focusSearch(event: KeyboardEvent): void {
  const search = document.querySelector<HTMLInputElement>('input[type="search"]');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function save(event: KeyboardEvent): void {
  const form = (document.activeElement as HTMLInputElement | null)?.form ?? document.querySelector<HTMLFormElement>("form[data-guard]");
  if (!form?.matches("[data-guard], [data-autosave]")) return;
  event.preventDefault();
  // An autosaving form saves as if it had just been changed; the other is sent as its button would.
  if (form.matches("[data-autosave]")) form.dispatchEvent(new Event("input", { bubbles: true }));
  else form.requestSubmit();
}
