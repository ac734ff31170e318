/** Finds what a module imports, in every way TypeScript has: values, types, re-exports, `import()`. */

import { type StringLiteral, Visitor, parseSync } from "oxc-parser";

export interface Import {
  /** As written: `node:fs`, `../contract/index.ts`, `@engenho/sdk`. */
  readonly specifier: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Throws an `Error` for a file that does not parse. An `import()` of a computed name is not found. */
export function importsOf(path: string, text: string): readonly Import[] {
  const imports: Import[] = [];
  const add = (source: StringLiteral | null): void => {
    if (source === null) return;
    imports.push({ specifier: source.value, line: text.slice(0, source.start).split("\n").length });
  };
  const { program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    ImportExpression: ({ source }) => {
      if (source.type === "Literal" && typeof source.value === "string") add(source);
    },
  }).visit(program);
  return imports;
}
