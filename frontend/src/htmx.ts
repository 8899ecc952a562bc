// htmx stands before this script in the same file. Its settings fit the content policy: no style element of its own,
// nothing evaluated, requests to this portal alone, no page kept in the browser's storage.
declare const htmx: { config: Record<string, unknown> };

/** What htmx tells about a request. */
export interface Answer {
  elt: Element;
  successful?: boolean;
  headers?: Record<string, string>;
  xhr?: XMLHttpRequest;
}

/** on listens to an event of htmx anywhere in the page. */
export function on(name: string, listener: (answer: Answer) => void): void {
  document.addEventListener(`htmx:${name}`, (event) => listener((event as CustomEvent<Answer>).detail));
}

export function configure(): void {
  Object.assign(htmx.config, {
    includeIndicatorStyles: false,
    allowEval: false,
    allowScriptTags: false,
    attributesToSettle: ["class"], // carrying a style attribute over is what the content policy forbids
    selfRequestsOnly: true,
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    timeout: 20_000,
    // A form that is wrong (422) or that somebody else changed (409) comes back with its messages: show it.
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "409|422", swap: true, error: false },
      { code: "[45]..", swap: false, error: true },
    ],
  });
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  on("configRequest", ({ headers }) => {
    if (token && headers) headers["X-CSRF-Token"] = token;
  });
  // htmx takes a button that has the focus for one that was pressed: leaving a field by the keyboard, its change would be
  // sent with the name of the button that comes next. Pressed by key or pointer, a button still tells so by its click.
  document.addEventListener("focusin", (event) => (event.target as Element).closest?.("button") && event.stopPropagation(), true);
  on("beforeRequest", () => document.body.classList.add("busy"));
  on("afterRequest", () => document.body.classList.remove("busy"));
  on("sendError", () => notice("offline"));
  on("timeout", () => notice("offline"));
  on("responseError", () => notice("failed"));
  on("afterOnLoad", ({ xhr }) => {
    if (xhr && xhr.status < 400) notice("");
  });
}

// notice shows one of the sentences that the page carries, or hides it.
function notice(which: "offline" | "failed" | ""): void {
  const bar = document.getElementById("notice");
  if (!bar) return;
  bar.hidden = which === "";
  bar.textContent = which ? (bar.dataset[which] ?? "") : "";
}
