/** Translation between formats, and what an unlabelled payload is written in. */

import { describe, expect, test } from "vitest";
import {
  createAdapterRegistry,
  detectFormat,
  type FormatAdapter,
  nativeAdapter,
  transcode,
} from "../../src/adapters/index.ts";
import { encodeEnvelope } from "../../src/codec/index.ts";
import { decode, encode } from "./arbitrary-values.ts";
import { failure } from "./failure.ts";

const hcl: FormatAdapter = {
  name: "hcl",
  format: "hcl",
  reference: () => ({ kind: "Job", name: "a" }),
};
const broken: FormatAdapter = {
  ...hcl,
  format: "broken",
  parse: () => {
    throw new RangeError("the value is hunter2");
  },
};
const registry = createAdapterRegistry([hcl, broken]);

describe("transcode", () => {
  test("copies in the same format, whatever the body", () => {
    const body = encode("not: [a manifest");
    const copy = transcode(body, "yaml", "yaml", registry);
    expect(copy).toEqual(body);
    copy[0] = 0;
    expect(body[0]).not.toBe(0);
  });

  test("translates with every digit", () => {
    const json = encode('{"b":9007199254740993,"a":"yes","t":"x\\ny\\n"}');
    expect(decode(transcode(json, "json", "yaml", registry))).toBe(
      'b: 9007199254740993\na: "yes"\nt: |\n  x\n  y\n',
    );
  });

  test.each([
    ["hcl", "yaml", "hcl is never translated: read it as hcl or native"],
    ["yaml", "hcl", "nothing is translated into hcl: read it as yaml or native"],
    ["json", "native", "nothing is translated into native: read it as json"],
    ["native", "json", "native is never translated: read it as native"],
    ["toml", "yaml", 'no adapter reads "toml"'],
    ["yaml", "toml", 'no adapter reads "toml"'],
  ])("refuses %s to %s", (from, to, reason) => {
    const error = failure(() => transcode(encode("{}"), from, to, registry));
    expect(error.code).toBe("unsupported_format");
    expect(error.reason).toContain(reason);
  });

  test("says why a body cannot be read as what it is said to be", () => {
    const error = failure(() => transcode(encode("{a: 1}"), "json", "yaml", registry));
    expect(error.code).toBe("unsupported_format");
    expect(error.reason).toBe(
      "the body cannot be read as json: line 1, column 2: expected a name in double quotes",
    );
    expect(error.cause).toMatchObject({ code: "invalid_manifest" });
  });

  test("passes on what one format cannot say", () => {
    const error = failure(() => transcode(encode("a: .inf"), "yaml", "json", registry));
    expect(error.code).toBe("unsupported_format");
    expect(error.reason).toContain("line 1, column 4: cannot be translated");
  });

  test("keeps the message of a foreign error, which may quote the body, to its cause", () => {
    const error = failure(() => transcode(encode("x"), "broken", "yaml", registry));
    expect(error.code).toBe("unsupported_format");
    expect(error.message).not.toContain("hunter2");
    expect(error.cause).toBeInstanceOf(RangeError);
  });
});

describe("detectFormat", () => {
  const ref = { kind: "Pod", name: "a", namespace: "b" };
  const yaml = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\n";
  const json = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b"}}';

  test.each([
    ["json", json],
    ["yaml", yaml],
    ["yaml", `# a comment\n${json}`],
    [undefined, json.replace('"a"', '"other"')],
    [undefined, yaml.replace(", namespace: b", "")],
    [undefined, yaml.replace("v1", "example.com/v1")],
    [undefined, "kind: Pod"],
    [undefined, "[]"],
    [undefined, ""],
  ])("finds %s", (format, payload) => {
    expect(detectFormat(encode(payload), ref, registry)).toBe(format);
  });

  test("takes bytes that are no text, and nested envelopes, for opaque", () => {
    expect(detectFormat(Uint8Array.of(0xff, 0xfe), ref, registry)).toBeUndefined();
    const envelope = encodeEnvelope({ ref, payload: encode(json) });
    expect(detectFormat(envelope, ref, registry)).toBeUndefined();
  });
});

describe("nativeAdapter", () => {
  test("reads the reference in the envelope and nothing of its payload", () => {
    const ref = { kind: "Pod", name: "../a", namespace: "../b" };
    for (const expected of [ref, { kind: "Node", name: "n" }]) {
      const body = encodeEnvelope({ ref: expected, payload: Uint8Array.of(0xff) });
      expect(nativeAdapter.reference(body)).toEqual(expected);
    }
  });

  test("takes a corrupt envelope for an invalid manifest", () => {
    const body = encodeEnvelope({ ref: { kind: "Pod", name: "a" }, payload: new Uint8Array(8) });
    for (let length = 0; length < body.length; length++) {
      const error = failure(() => nativeAdapter.reference(body.subarray(0, length)));
      expect(error.code).toBe("invalid_manifest");
      expect(error.cause).toMatchObject({ code: "corrupt" });
    }
  });
});
