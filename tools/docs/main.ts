/**
 * Makes the reference pages in reports/docs; with `--check` only looks. An undocumented export, a broken
 * link, any warning fails.
 */

import { join } from "node:path";
import { Application, Converter, OptionDefaults, type SourceReference } from "typedoc";
import { documents } from "./documents.ts";
import { entryPoints } from "./entry-points.ts";
import { nameModules } from "./name-modules.ts";
import { titleDocuments } from "./title-documents.ts";

const repository = join(import.meta.dirname, "../..");
const output = join(repository, "reports/docs");
const points = entryPoints(repository);
const packageNames = [...new Set(points.map(({ packageName }) => packageName))];

const app = await Application.bootstrap({
  name: "engenho backends",
  entryPoints: points.map(({ source }) => source),
  tsconfig: join(import.meta.dirname, "tsconfig.json"),
  basePath: repository,
  readme: join(repository, "README.md"),
  projectDocuments: documents(repository),
  excludeExternals: true,
  // Without these two, typedoc would ask git where the sources are published.
  disableGit: true,
  sourceLinkTemplate: "{path}",
  validation: {
    notExported: false, // below
    invalidLink: true,
    invalidPath: true,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  packagesRequiringDocumentation: packageNames,
  requiredToBeDocumented: [...OptionDefaults.requiredToBeDocumented, "Constructor"],
  headings: { readme: false, document: true },
  navigation: { includeFolders: false, includeCategories: false, includeGroups: false },
  highlightLanguages: ["typescript", "json", "yaml", "shellscript", "rust", "hcl", "text"],
  hideGenerator: true,
});
nameModules(app, points);
titleDocuments(app);
app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
  // The sources are named, not linked: they have no address that every copy of the pages could use.
  for (const reflection of Object.values(project.reflections)) {
    const { sources = [] } = reflection as { sources?: SourceReference[] };
    for (const source of sources) delete source.url;
  }
});

const project = await app.convert();
if (project !== undefined) {
  app.validate(project);
  // typedoc looks for types that are used and not exported in one package at a time.
  app.options.setValue("validation", {
    notExported: true,
    invalidLink: false,
    invalidPath: false,
    rewrittenLink: false,
    notDocumented: false,
    unusedMergeModuleWith: false,
  });
  for (const name of packageNames) {
    project.packageName = name;
    app.validate(project);
  }
  if (!process.argv.includes("--check")) await app.generateDocs(project, output);
}
const problems = app.logger.errorCount + app.logger.warningCount;
process.exitCode = project === undefined || problems > 0 ? 1 : 0;
