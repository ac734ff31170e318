/** Every kind of server that some package's tests need. */

import { etcd } from "./etcd.ts";
import type { ServerKind } from "./server-kind.ts";

export const serverKinds: readonly ServerKind[] = [etcd];
