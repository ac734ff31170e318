/** Authorities and certificates for one test, made by openssl. */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "./member-support.ts";

/** In PEM, as options take them. */
interface Certificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority that gives certificates for a host, good for servers and clients. */
export function makeAuthority(): (host: string) => Certificate {
  const directory = makeDirectory();
  const place = (name: string): string => join(directory, name);
  const openssl = (...args: readonly string[]): void =>
    void execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test");
  return (host) => {
    writeFileSync(
      place("extensions"),
      `subjectAltName=${host}\nextendedKeyUsage=serverAuth,clientAuth\n`,
    );
    openssl("req", ...newKey, "-keyout", "node.key", "-out", "node.csr", "-subj", "/CN=node");
    openssl(
      ...["x509", "-req", "-in", "node.csr", "-CA", "ca.pem", "-CAkey", "ca.key"],
      ...["-CAcreateserial", "-extfile", "extensions", "-out", "node.pem"],
    );
    const [ca = "", cert = "", key = ""] = ["ca.pem", "node.pem", "node.key"].map((name) =>
      readFileSync(place(name), "utf8"),
    );
    return { ca, cert, key };
  };
}
