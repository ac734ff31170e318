/**
 * Protocol buffers, as far as etcd's messages need them: a message is a table of fields, and its type follows from the
 * table. Fields that the table does not have are skipped, as the format wants it for messages of later versions.
 */

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** How a value is written behind the tag of its field. */
interface Kind<T> {
  readonly wireType: WireType;
  write(writer: BinaryWriter, value: T): void;
  read(reader: BinaryReader): T;
}

/** One field of a message. */
interface Field<T> {
  readonly number: number;
  /** What a message without it has; it is not written then. */
  readonly empty: T;
  write(writer: BinaryWriter, value: T): void;
  /** Given what was read of it before. */
  read(reader: BinaryReader, before: T): T;
}

/** A message to be written: what is left out is empty. */
export type Draft<T> = T extends Uint8Array | bigint | boolean | number | string | undefined
  ? T
  : T extends readonly (infer E)[]
    ? readonly Draft<E>[]
    : { readonly [Name in keyof T]?: Draft<T[Name]> };

/** A type of message: {@link message} makes one. */
export interface Message<T> extends Kind<Draft<T>> {
  encode(value: Draft<T>): Uint8Array;
  /** Throws an Error for bytes that are no such message. */
  decode(bytes: Uint8Array): T;
}

export const int64: Kind<bigint> = {
  wireType: WireType.Varint,
  write: (writer, value) => void writer.int64(value),
  read: (reader) => BigInt(reader.int64()),
};

export const bool: Kind<boolean> = {
  wireType: WireType.Varint,
  write: (writer, value) => void writer.bool(value),
  read: (reader) => reader.bool(),
};

/** An enumeration, by its numbers. */
export const enumeration: Kind<number> = {
  wireType: WireType.Varint,
  write: (writer, value) => void writer.int32(value),
  read: (reader) => reader.int32(),
};

export const text: Kind<string> = {
  wireType: WireType.LengthDelimited,
  write: (writer, value) => void writer.string(value),
  read: (reader) => reader.string(),
};

/** Read as a copy, so that a small value does not keep the whole answer that it came in. */
export const bytes: Kind<Uint8Array> = {
  wireType: WireType.LengthDelimited,
  write: (writer, value) => void writer.bytes(value),
  read: (reader) => reader.bytes().slice(),
};

/** The same, given in pieces: who has them need not join them before they are written behind each other. */
export const bytesInPieces: Kind<readonly Uint8Array[]> = {
  wireType: WireType.LengthDelimited,
  write(writer, pieces) {
    writer.uint32(pieces.reduce((sum, { length }) => sum + length, 0));
    for (const piece of pieces) writer.raw(piece);
  },
  read: (reader) => [bytes.read(reader)],
};

/** A field with one value. */
export function field<T>(number: number, kind: Kind<T>, empty: T): Field<T> {
  return {
    number,
    empty,
    write: (writer, value) => kind.write(writer.tag(number, kind.wireType), value),
    read: (reader) => kind.read(reader),
  };
}

/** A field with one message or none. */
export function nested<T>(number: number, type: Message<T>): Field<T | undefined> {
  return {
    number,
    empty: undefined,
    write: (writer, value) => type.write(writer.tag(number, type.wireType), value as Draft<T>),
    read: (reader) => type.decode(reader.bytes()),
  };
}

/** A field with any number of messages. */
export function repeated<T>(number: number, type: Message<T>): Field<readonly T[]> {
  return listOf<T>(number, {
    wireType: type.wireType,
    write: (writer, value) => type.write(writer, value as Draft<T>),
    read: (reader) => type.decode(reader.bytes()),
  });
}

/** A field with any number of texts. */
export function repeatedText(number: number): Field<readonly string[]> {
  return listOf(number, text);
}

function listOf<T>(number: number, kind: Kind<T>): Field<readonly T[]> {
  const empty: readonly T[] = [];
  return {
    number,
    empty,
    write(writer, values) {
      for (const value of values) kind.write(writer.tag(number, kind.wireType), value);
    },
    read(reader, before) {
      const values = before === empty ? [] : (before as T[]);
      values.push(kind.read(reader));
      return values;
    },
  };
}

/** One for all messages: it keeps its memory, which a large one would have to make many times as it grows. */
const encoder = new BinaryWriter();

/** Makes a type of message of its fields by name. */
export function message<T extends object>(fields: {
  readonly [Name in keyof T]: Field<T[Name]>;
}): Message<T> {
  const all = Object.entries<Field<unknown>>(fields).map(([name, known]) => ({ name, known }));
  const byNumber = new Map(all.map((each) => [each.known.number, each]));
  const empty = Object.fromEntries(all.map(({ name, known }) => [name, known.empty]));

  const writeFields = (writer: BinaryWriter, value: Draft<T>): BinaryWriter => {
    const given = value as Readonly<Record<string, unknown>>;
    for (const { name, known } of all) {
      const each = given[name];
      if (each !== undefined && each !== known.empty) known.write(writer, each);
    }
    return writer;
  };
  const decode = (encoded: Uint8Array): T => {
    const reader = new BinaryReader(encoded);
    const result: Record<string, unknown> = { ...empty };
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      const found = byNumber.get(number);
      if (found === undefined) reader.skip(wireType, number);
      else result[found.name] = found.known.read(reader, result[found.name]);
    }
    return result as T;
  };
  return {
    wireType: WireType.LengthDelimited,
    encode: (value) => {
      try {
        return writeFields(encoder, value).finish();
      } catch (error) {
        encoder.finish(); // Nothing of this message may stand before the next one.
        throw error;
      }
    },
    decode,
    write: (writer, value) => void writeFields(writer.fork(), value).join(),
    read: (reader) => decode(reader.bytes()) as Draft<T>,
  };
}
