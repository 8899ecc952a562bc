// What the browser adds to pages that work without it.
import { watchAutosave } from "./autosave";
import { watchCopy } from "./copy";
import { openDialogs } from "./dialog";
import { watchForms } from "./forms";
import { configure } from "./htmx";
import { listenToKeys } from "./keys";
import { watchPasskeys } from "./passkeys";
import { watchPreview } from "./preview";

document.documentElement.classList.add("js");
configure();
watchForms();
watchAutosave();
openDialogs();
listenToKeys();
watchPreview();
watchCopy();
watchPasskeys();
