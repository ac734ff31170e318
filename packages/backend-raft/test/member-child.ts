/** A process that runs a member and tells its etcd's process id: `node member-child.ts <options as JSON>`. */

import { createRaftBackend, type RaftMemberOptions } from "../src/index.ts";

const options = JSON.parse(process.argv[2] ?? "") as RaftMemberOptions;
const store = await createRaftBackend(options);
console.log(store.member.status().pid);
