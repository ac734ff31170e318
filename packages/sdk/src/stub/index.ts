/** The loud stubs: what stands in for a backend that is not there yet. */

export {
  kubeApiserverStub,
  nomadHttpStub,
  raftStub,
  supervisedSystemdStub,
  systemdDbusStub,
} from "./named-stubs.ts";
export { StubBackend } from "./stub-backend.ts";
