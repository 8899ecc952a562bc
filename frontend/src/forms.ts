// Keeps a person from losing what was typed, and from sending a form twice.

const changed = new Set<HTMLFormElement>();

/** soil marks a form as holding what the portal does not have yet. */
export function soil(form: HTMLFormElement): void {
  changed.add(form);
}

/** clean marks a form as sent. */
export function clean(form: HTMLFormElement): void {
  changed.delete(form);
}

export function watchForms(): void {
  document.addEventListener("input", ({ target }) => {
    const form = (target as HTMLInputElement).form;
    if (form?.matches("[data-guard], [data-autosave]")) soil(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || event.submitter?.getAttribute("formmethod") === "dialog") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    clean(form);
    form.dataset.sent = "1";
    if (!form.hasAttribute("data-download")) document.body.classList.add("busy");
    setTimeout(release, form.hasAttribute("data-download") ? 1500 : 15_000);
  });
  window.addEventListener("pageshow", release);
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
}

// release lets every form be sent again: the answer was a file, never came, or the reader came back.
function release(): void {
  document.body.classList.remove("busy");
  for (const form of document.forms) delete form.dataset.sent;
}
