/** Reads a tree on this thread, with calls that do not block it. */

import { readdir } from "node:fs/promises";
import { BackendError } from "@engenho/sdk";
import { absolute } from "../commit/inside-root.ts";
import { readRegularFile } from "../read-regular-file.ts";
import { FilePack, type ReadProblem, readProblem } from "./file-pack.ts";
import { listingOf } from "./listing.ts";
import type { TreeReader } from "./tree-reader.ts";

/** Reads one file. */
export type ReadOne = typeof readRegularFile;

/** @param readOne Default: {@link readRegularFile}. */
export function inProcessReader(root: string, readOne: ReadOne = readRegularFile): TreeReader {
  return {
    list: async (directory) =>
      listingOf(await readdir(absolute({ root }, directory), { withFileTypes: true })),
    read: async (directory, names, limit) => {
      const pack = new FilePack();
      for (const name of names) {
        if (pack.isFull) break;
        try {
          const path = `${absolute({ root }, directory)}/${name}`;
          const { bytes, modified } = await readOne(path, limit);
          pack.add(bytes, modified);
        } catch (error) {
          pack.addProblem(problemOf(error));
        }
      }
      return pack.packed();
    },
  };
}

function problemOf(error: unknown): ReadProblem {
  if (!BackendError.is(error)) return readProblem(error);
  return { code: error.code === "too_large" ? "too_large" : "conflict", message: error.reason };
}
