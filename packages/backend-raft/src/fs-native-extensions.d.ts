/** The one function used of a package that comes without types. */
declare module "fs-native-extensions" {
  /** Takes an exclusive lock on the open file (OFD lock or flock); false if another one holds it. */
  export function tryLock(descriptor: number): boolean;
}
