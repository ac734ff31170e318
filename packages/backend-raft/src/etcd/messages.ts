/**
 * etcd's messages, as far as this backend says and hears them. Field numbers and meanings are those of etcd's
 * `api/etcdserverpb/rpc.proto` and `api/mvccpb/kv.proto` (3.4 to 3.6).
 */

import {
  bool,
  bytes,
  bytesInPieces,
  enumeration,
  field,
  int64,
  message,
  type Message,
  nested,
  repeated,
  repeatedText,
  text,
} from "./codec.ts";

const none: Uint8Array = new Uint8Array();

/** Stands in every answer: who answers, and the cluster's newest revision then. */
interface Header {
  readonly memberId: bigint;
  readonly revision: bigint;
}
const header: Message<Header> = message({
  memberId: field(2, int64, 0n),
  revision: field(3, int64, 0n),
});

/** A key and what it holds. */
export interface KeyValue {
  readonly key: Uint8Array;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  readonly value: Uint8Array;
}
const keyValue: Message<KeyValue> = message({
  key: field(1, bytes, none),
  createRevision: field(2, int64, 0n),
  modRevision: field(3, int64, 0n),
  value: field(5, bytes, none),
});

/** Keys from one up to before another; one key without `rangeEnd`. */
interface KeyRange {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}
const keyRange = { key: field(1, bytes, none), rangeEnd: field(2, bytes, none) };

interface RangeRequest extends KeyRange {
  /** 0: all. */
  readonly limit: bigint;
  /** 0: the newest. */
  readonly revision: bigint;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
}
const rangeRequest: Message<RangeRequest> = message({
  ...keyRange,
  limit: field(3, int64, 0n),
  revision: field(4, int64, 0n),
  keysOnly: field(8, bool, false),
  countOnly: field(9, bool, false),
});

interface RangeResponse {
  readonly header: Header | undefined;
  readonly kvs: readonly KeyValue[];
  /** Whether `limit` has left some out. */
  readonly more: boolean;
}
const rangeResponse: Message<RangeResponse> = message({
  header: nested(1, header),
  kvs: repeated(2, keyValue),
  more: field(3, bool, false),
});

interface PutRequest {
  readonly key: Uint8Array;
  readonly value: readonly Uint8Array[];
}
const putRequest: Message<PutRequest> = message({
  key: field(1, bytes, none),
  value: field(2, bytesInPieces, []),
});
const deleteRangeRequest: Message<KeyRange> = message(keyRange);

/** What a condition looks at. Its comparison is always equality, which is 0 and not written. */
export const compareTarget = { created: 1, modified: 2 } as const;

/** A condition: the revision in which a key was created (0: there is none) or changed last. */
export interface Compare {
  readonly target: number;
  readonly key: Uint8Array;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
}
const compare: Message<Compare> = message({
  target: field(2, enumeration, 0),
  key: field(3, bytes, none),
  createRevision: field(5, int64, 0n),
  modRevision: field(6, int64, 0n),
});

/** One of these. */
export interface RequestOperation {
  readonly put: PutRequest | undefined;
  readonly deleteRange: KeyRange | undefined;
}
const requestOperation: Message<RequestOperation> = message({
  put: nested(2, putRequest),
  deleteRange: nested(3, deleteRangeRequest),
});

/** Operations under conditions. */
export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOperation[];
}
const txnRequest: Message<TxnRequest> = message({
  compare: repeated(1, compare),
  success: repeated(2, requestOperation),
});

/** What became of a transaction. What became of each of its operations nobody asks: they write, and all have happened or none. */
export interface TxnResponse {
  readonly header: Header | undefined;
  /** Whether the conditions held. */
  readonly succeeded: boolean;
}
const txnResponse: Message<TxnResponse> = message({
  header: nested(1, header),
  succeeded: field(2, bool, false),
});

/** Transactions within one: all or none of them is answered, and each has its own conditions. */
interface GroupRequest {
  readonly success: readonly { readonly txn: TxnRequest | undefined }[];
}
const groupRequest: Message<GroupRequest> = message({
  success: repeated(2, message({ txn: nested(4, txnRequest) })),
});

interface GroupResponse {
  readonly header: Header | undefined;
  readonly responses: readonly { readonly txn: TxnResponse | undefined }[];
}
const groupResponse: Message<GroupResponse> = message({
  header: nested(1, header),
  responses: repeated(3, message({ txn: nested(4, txnResponse) })),
});

interface WatchCreateRequest extends KeyRange {
  readonly startRevision: bigint;
}
const watchCreateRequest: Message<WatchCreateRequest> = message({
  ...keyRange,
  startRevision: field(3, int64, 0n),
});

/** Said on a stream of watches: one of these. */
export interface WatchRequest {
  readonly create: WatchCreateRequest | undefined;
  /** Asks how far the watches have come. */
  readonly progress: object | undefined;
}
const watchRequest: Message<WatchRequest> = message({
  create: nested(1, watchCreateRequest),
  progress: nested<object>(3, message({})),
});

/** The value of an event's `type` for a deletion; 0 is a put. */
export const deletion = 1;

/** One key that was changed; of a deletion, `kv` has only the key and `modRevision`. */
export interface WatchedEvent {
  readonly type: number;
  readonly kv: KeyValue | undefined;
}
const watchedEvent: Message<WatchedEvent> = message({
  type: field(1, enumeration, 0),
  kv: nested(2, keyValue),
});

/** Heard on a stream of watches. Without events it may be progress: everything up to its revision was told. */
export interface WatchResponse {
  readonly header: Header | undefined;
  readonly created: boolean;
  readonly canceled: boolean;
  /** Not 0: the watch was to begin below this, where nothing is kept any more. */
  readonly compactRevision: bigint;
  readonly cancelReason: string;
  readonly events: readonly WatchedEvent[];
}
const watchResponse: Message<WatchResponse> = message({
  header: nested(1, header),
  created: field(3, bool, false),
  canceled: field(4, bool, false),
  compactRevision: field(5, int64, 0n),
  cancelReason: field(6, text, ""),
  events: repeated(11, watchedEvent),
});

interface AuthenticateRequest {
  readonly name: string;
  readonly password: string;
}
const authenticateRequest: Message<AuthenticateRequest> = message({
  name: field(1, text, ""),
  password: field(2, text, ""),
});
interface AuthenticateResponse {
  readonly token: string;
}
const authenticateResponse: Message<AuthenticateResponse> = message({ token: field(2, text, "") });

interface MemberListRequest {
  /** Whether a quorum must vouch for it. */
  readonly linearizable: boolean;
}
const memberListRequest: Message<MemberListRequest> = message({
  linearizable: field(1, bool, false),
});

/** A member of the cluster; one that has not been there yet has no name and no client URLs. */
interface ClusterMember {
  readonly id: bigint;
  readonly name: string;
  readonly clientUrls: readonly string[];
}
const clusterMember: Message<ClusterMember> = message({
  id: field(1, int64, 0n),
  name: field(2, text, ""),
  clientUrls: repeatedText(4),
});

interface MemberListResponse {
  readonly header: Header | undefined;
  readonly members: readonly ClusterMember[];
}
const memberListResponse: Message<MemberListResponse> = message({
  header: nested(1, header),
  members: repeated(2, clusterMember),
});

/** One call of etcd's: where it is, what it takes, what it gives. */
export interface Call<Request, Response> {
  readonly path: string;
  readonly request: Message<Request>;
  readonly response: Message<Response>;
}

export const rangeCall: Call<RangeRequest, RangeResponse> = {
  path: "/etcdserverpb.KV/Range",
  request: rangeRequest,
  response: rangeResponse,
};
export const txnCall: Call<TxnRequest, TxnResponse> = {
  path: "/etcdserverpb.KV/Txn",
  request: txnRequest,
  response: txnResponse,
};
export const groupCall: Call<GroupRequest, GroupResponse> = {
  path: "/etcdserverpb.KV/Txn",
  request: groupRequest,
  response: groupResponse,
};
export const watchCall: Call<WatchRequest, WatchResponse> = {
  path: "/etcdserverpb.Watch/Watch",
  request: watchRequest,
  response: watchResponse,
};
export const authenticateCall: Call<AuthenticateRequest, AuthenticateResponse> = {
  path: "/etcdserverpb.Auth/Authenticate",
  request: authenticateRequest,
  response: authenticateResponse,
};
export const memberListCall: Call<MemberListRequest, MemberListResponse> = {
  path: "/etcdserverpb.Cluster/MemberList",
  request: memberListRequest,
  response: memberListResponse,
};
