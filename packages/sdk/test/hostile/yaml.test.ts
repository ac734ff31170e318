/** Hostile YAML: whatever the text, it is read as it is or refused with a typed error. */

import { yamlFamily } from "./families/yaml.ts";
import { testFamily } from "./fuzz-test.ts";

testFamily(yamlFamily);
