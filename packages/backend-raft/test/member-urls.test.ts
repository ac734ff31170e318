/** Where a member listens. */

import { expect, test } from "vitest";
import { bindable, checkUrl, clientUrlBeside } from "../src/member/member-urls.ts";

test("a member listens for clients one port below its peers'", () => {
  expect(clientUrlBeside("https://10.0.0.1:2380")).toBe("https://10.0.0.1:2379");
  expect(clientUrlBeside("http://[::1]:12380")).toBe("http://[::1]:12379");
});

test("etcd listens at an address, and everywhere for a name", () => {
  expect(bindable("https://10.0.0.1:2380")).toBe("https://10.0.0.1:2380");
  expect(bindable("http://[::1]:2380")).toBe("http://[::1]:2380");
  expect(bindable("http://localhost:2380")).toBe("http://localhost:2380");
  expect(bindable("https://node1.example:2380")).toBe("https://0.0.0.0:2380");
});

test("a slash behind a URL is none of it", () => {
  const policy = { hasTls: false, insecure: false };
  expect(checkUrl("clientUrl", "http://127.0.0.1:2379/", policy)).toBe("http://127.0.0.1:2379");
});
