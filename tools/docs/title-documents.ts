/** Gives each document its own title in place of its file's name, and to a README the links to its folder. */

import { dirname } from "node:path";
import { type Application, Converter, normalizePath } from "typedoc";

/** Acts on every conversion of this application from now on. */
export function titleDocuments(app: Application): void {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const { files } = document.project;
    const path = files.getReflectionPath(document);
    if (path?.endsWith("/README.md") === true) {
      files.registerReflectionPath(normalizePath(dirname(path)), document);
    }
    const [first] = document.content;
    const title = /^# (.+)\n/.exec(first?.text ?? "");
    if (first?.kind !== "text" || title === null) return;
    document.name = title[1] ?? document.name;
    first.text = first.text.slice(title[0].length); // The page shows its name.
  });
}
