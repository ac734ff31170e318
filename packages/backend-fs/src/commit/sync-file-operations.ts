/** The operating system's operations as calls that block: for a thread that has nothing else to do. */

import * as fs from "node:fs";
import {
  assertTaken,
  createFlags,
  directoryFlags,
  fileFlags,
  type FileOperations,
  identityOf,
  kindOf,
  secondsOf,
  writeFlags,
} from "../file-operations.ts";

/** An error that nobody reads costs more than the call. */
const absentIsNoError = { throwIfNoEntry: false } as const;

/** Each does its work before it returns. On a thread of its own that takes a third of the time of a thread pool. */
export const syncFileOperations: FileOperations = {
  async look(path) {
    const found = fs.lstatSync(path, absentIsNoError);
    return found && kindOf(found);
  },
  async identify(path) {
    const found = fs.lstatSync(path, { bigint: true, ...absentIsNoError });
    return found && identityOf(found);
  },
  async create(path) {
    return { path, descriptor: fs.openSync(path, createFlags, 0o666) };
  },
  async openDirectory(path) {
    return { path, descriptor: fs.openSync(path, directoryFlags) };
  },
  async openFile(path) {
    return { path, descriptor: fs.openSync(path, fileFlags) };
  },
  async openToWrite(path) {
    return { path, descriptor: fs.openSync(path, writeFlags) };
  },
  async writeAt(file, bytes, position) {
    for (let at = 0; at < bytes.length;) {
      at += fs.writeSync(file.descriptor, bytes, at, bytes.length - at, position + at);
    }
  },
  async truncate(file, length) {
    fs.ftruncateSync(file.descriptor, length);
  },
  async lengthOf(file) {
    return fs.fstatSync(file.descriptor).size;
  },
  async write(file, bytes) {
    fs.writeFileSync(file.descriptor, bytes);
  },
  async setModified(file, microseconds) {
    const seconds = secondsOf(microseconds);
    fs.futimesSync(file.descriptor, seconds, seconds);
    assertTaken(fs.fstatSync(file.descriptor, { bigint: true }), microseconds);
  },
  async sync(file) {
    fs.fsyncSync(file.descriptor);
  },
  async syncData(file) {
    fs.fdatasyncSync(file.descriptor);
  },
  async close(file) {
    fs.closeSync(file.descriptor);
  },
  async rename(from, to) {
    fs.renameSync(from, to);
  },
  async unlink(path) {
    fs.unlinkSync(path);
  },
  async makeDirectory(path, mode) {
    fs.mkdirSync(path, { mode });
  },
  async removeDirectory(path) {
    fs.rmdirSync(path);
  },
  async removeTree(path) {
    fs.rmSync(path, { recursive: true, force: true });
  },
};
