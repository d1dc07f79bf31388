import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { StatusDetail } from '../status/status-error.ts';

/**
 * The details inside a grpc-status-details-bin value: base64 of a google.rpc.Status. A value that is not one has no
 * details; the call's status stands without them.
 */
export function parseStatusDetails(base64: string): readonly StatusDetail[] {
  try {
    return readDetails(new BinaryReader(Buffer.from(base64, 'base64')));
  } catch {
    return [];
  }
}

/** google.rpc.Status: `repeated google.protobuf.Any details = 3`. */
function readDetails(reader: BinaryReader): StatusDetail[] {
  const details: StatusDetail[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 3 && wireType === WireType.LengthDelimited) details.push(readAny(new BinaryReader(reader.bytes())));
    else reader.skip(wireType, field);
  }
  return details;
}

/** google.protobuf.Any: `string type_url = 1`, `bytes value = 2`. */
function readAny(reader: BinaryReader): StatusDetail {
  let typeUrl = '';
  let value: Uint8Array = new Uint8Array();
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.LengthDelimited) typeUrl = reader.string();
    else if (field === 2 && wireType === WireType.LengthDelimited) value = reader.bytes();
    else reader.skip(wireType, field);
  }
  return { typeUrl, value };
}
