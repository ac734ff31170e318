import { conformance } from "@engenho/conformance/vitest";
import subject from "../conformance.ts";

conformance(subject);
