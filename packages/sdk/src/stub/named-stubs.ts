/** The stubs of the backends that are planned, each under the name that the real one will have. */

import { StubBackend } from "./stub-backend.ts";

/**
 * Stands in for the backend that replicates through Raft, `etcd-raft`.
 *
 * @example
 * const backend: StoreBackend = raftStub();
 * await backend.get(ref, "yaml"); // rejects: [unsupported] etcd-raft: get: this is a stub …
 */
export function raftStub(): StubBackend {
  return new StubBackend("etcd-raft");
}

/** Stands in for the backend on a Kubernetes API server, `kube-apiserver`. */
export function kubeApiserverStub(): StubBackend {
  return new StubBackend("kube-apiserver");
}

/** Stands in for the backend on Nomad's HTTP API, `nomad-http`. */
export function nomadHttpStub(): StubBackend {
  return new StubBackend("nomad-http");
}

/** Stands in for the backend that drives systemd over D-Bus, `systemd-dbus`. */
export function systemdDbusStub(): StubBackend {
  return new StubBackend("systemd-dbus");
}

/** Stands in for the backend whose containers systemd supervises, `supervised-systemd`. */
export function supervisedSystemdStub(): StubBackend {
  return new StubBackend("supervised-systemd");
}
