/** Frames as a server sends them, right or wrong; written apart from the code under test. */
export function frameBytes(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A header block of literals without indexing; texts up to 126 bytes. */
export function literals(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    fields.map(([name, value]) =>
      Buffer.concat([
        Buffer.from([0, name.length]),
        Buffer.from(name, 'latin1'),
        Buffer.from([value.length]),
        Buffer.from(value, 'latin1'),
      ]),
    ),
  );
}

export const settings = (...entries: readonly (readonly [identifier: number, value: number])[]): Buffer =>
  frameBytes(
    4,
    0,
    0,
    Buffer.concat(
      entries.map(([identifier, value]) => Buffer.concat([hex('0000').fill(identifier, 1), uint32(value)])),
    ),
  );

export const data = (streamId: number, payload: Uint8Array, flags = 0): Buffer =>
  frameBytes(0, flags, streamId, payload);

export const headers = (
  streamId: number,
  fields: readonly (readonly [name: string, value: string])[] = answerFields,
  flags = 4,
): Buffer => frameBytes(1, flags, streamId, literals(fields));

export const trailers = (
  streamId: number,
  fields: readonly (readonly [name: string, value: string])[] = [['grpc-status', '0']],
): Buffer => frameBytes(1, 5, streamId, literals(fields));

export const answerFields: readonly (readonly [name: string, value: string])[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];

/** A length-prefixed message. */
export function message(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([0]), uint32(bytes.length), bytes]);
}

/** A whole answer with status OK. */
export const answer = (streamId: number, text = 'answer'): Buffer =>
  Buffer.concat([headers(streamId), data(streamId, message(text)), trailers(streamId)]);
