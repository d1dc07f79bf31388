import {
  clearField,
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  fromJsonString,
  type Registry,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import type { Codec, Codecs, JsonOptions } from './codec.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Codecs over a registry: types of Any and extensions are looked up in it. */
export function createCodecs(registry: Registry, options: JsonOptions): Codecs {
  const toOptions = {
    registry,
    alwaysEmitImplicit: options.emitDefaults,
    enumAsInteger: options.enumsAsNumbers,
    useProtoFieldName: options.protoNames,
  };
  const fromOptions = { registry, ignoreUnknownFields: options.unknownFields === 'ignore' };

  const read = (type: DescMessage, text: string): Uint8Array => {
    try {
      return toBinary(type, fromJsonString(type, text, fromOptions));
    } catch (cause) {
      throw new StatusError(Code.INVALID_ARGUMENT, cause instanceof Error ? cause.message : 'invalid JSON', { cause });
    }
  };
  const text = (json: Uint8Array): string => {
    try {
      return decoder.decode(json);
    } catch (cause) {
      throw new StatusError(Code.INVALID_ARGUMENT, 'invalid UTF-8', { cause });
    }
  };
  const write = (type: DescMessage, wire: Uint8Array, field?: DescField): Uint8Array => {
    try {
      const message = fromBinary(type, wire);
      if (field === undefined)
        return Buffer.from(JSON.stringify(toJson(type, message, toOptions), null, options.indent));
      const whole = reflect(type, message);
      for (const other of type.fields) if (other !== field) clearField(message, other);
      if (!whole.isSet(field) && field.fieldKind === 'message') return Buffer.from('null');
      const json = toJson(type, message, { ...toOptions, alwaysEmitImplicit: true, useProtoFieldName: false });
      const value =
        json !== null && typeof json === 'object' && !Array.isArray(json) ? json[field.jsonName] : undefined;
      return Buffer.from(JSON.stringify(value ?? null, null, options.indent));
    } catch (cause) {
      throw new StatusError(Code.INTERNAL, cause instanceof Error ? cause.message : 'invalid message', { cause });
    }
  };

  const message = (type: DescMessage): Codec => ({
    read: (json) => read(type, text(json)),
    write: (wire) => write(type, wire),
  });
  const field = (of: DescField): Codec => ({
    read: (json) => {
      const value = text(json);
      return value.trim() === ''
        ? toBinary(of.parent, create(of.parent))
        : read(of.parent, `{${JSON.stringify(of.jsonName)}:${value}}`);
    },
    write: (wire) => write(of.parent, wire, of),
  });
  return { message, field };
}
