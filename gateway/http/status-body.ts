import { create, toBinary } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import type { StatusDetail, StatusError } from '../status/status-error.ts';
import type { Codecs } from '../transcoding/codec.ts';

/** google.rpc.Status as JSON text: {"code":5,"message":"…","details":[…]}, details expanded where their type is known. */
export function statusBody(error: StatusError, codecs: Codecs | undefined): string {
  const details = error.details.map((detail) => detailText(detail, codecs));
  return `{"code":${error.code},"message":${JSON.stringify(error.message.toWellFormed())},"details":[${details.join(',')}]}`;
}

function detailText({ typeUrl, value }: StatusDetail, codecs: Codecs | undefined): string {
  if (codecs !== undefined) {
    try {
      const any = toBinary(AnySchema, create(AnySchema, { typeUrl, value }));
      const json = codecs.message(AnySchema).write(any);
      const text = json.toString();
      codecs.release(json);
      return text;
    } catch {
      // A type that the schema does not know, or bytes that are none of it: the client gets what there is.
    }
  }
  return JSON.stringify({ '@type': typeUrl, value: Buffer.from(value).toString('base64') });
}
