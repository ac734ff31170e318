/** Why each library is among what users install: one line for each direct dependency. */

const reasons: Readonly<Record<string, string>> = {
  "@bufbuild/protobuf": "reads and writes the encoding of etcd's messages; without dependencies",
  "@grpc/grpc-js": "the gRPC that etcd speaks: HTTP/2 streams, deadlines, keepalive, TLS",
  "@noble/hashes": "BLAKE3 of sealed files: audited, without dependencies, on any engine",
  "cbor-x": "writes CBOR as the wire formats want it; untrusted bytes have a reader of our own",
  "fast-check": "random values for the suite's properties, and seeds that repeat a failure",
  "fs-native-extensions": "the kernel's file lock, which ends with its process; Node has none",
  tsx: "loads subjects written in TypeScript, so that nobody needs a build step",
  yaml: "YAML 1.2 with positions, tags and big numbers kept, for translation without loss",
};

/** @throws Error for a dependency that nobody has given a reason for. */
export function reasonFor(dependency: string): string {
  const reason = reasons[dependency];
  if (reason === undefined) {
    throw new Error(`tools/sizes/reasons.ts does not say why ${dependency} is there`);
  }
  return reason;
}
