// Says how autosave goes, in the words that the page carries.
import { clean, soil } from "./forms";
import { on } from "./htmx";

type State = "saving" | "saved" | "failed";

function say(state: State): void {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
  for (const place of document.querySelectorAll<HTMLElement>("[data-save-state]")) {
    place.dataset.state = state;
    place.textContent = (place.dataset[state] ?? "").replace("{time}", time);
  }
}

// saving gives the form that saves itself of which an element is part.
const saving = (element: Element): HTMLFormElement | null => element.closest<HTMLFormElement>("form[data-autosave]");

export function watchAutosave(): void {
  on("beforeRequest", ({ elt }) => {
    const form = saving(elt);
    if (!form) return;
    clean(form);
    say("saving");
  });
  on("afterRequest", ({ elt, successful }) => {
    const form = saving(elt);
    if (!form) return;
    if (!successful) soil(form);
    say(successful ? "saved" : "failed");
  });
}
