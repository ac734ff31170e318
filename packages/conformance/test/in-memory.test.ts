import { conformance } from "../src/vitest/index.ts";
import subject from "../subjects/in-memory.ts";

conformance(subject);
