import { create, type DescField, type DescMessage, fromJsonString, type Registry, toBinary } from '@bufbuild/protobuf';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import type { Codec, Codecs, JsonOptions } from './codec.ts';
import { compileWriters } from './compile-writers.ts';
import { JsonWriter } from './json-writer.ts';
import { fieldsOf } from './message-fields.ts';
import { WireReader } from './wire-reader.ts';
import type { WriteMessage } from './write-scalar.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Codecs over a registry: types of Any and extensions are looked up in it. */
export function createCodecs(registry: Registry, options: JsonOptions): Codecs {
  const writers = compileWriters(registry, fieldsOf(registry), options);
  const wire = new WireReader();
  const json = new JsonWriter();
  const write = (type: DescMessage, writeMessage: WriteMessage, bytes: Uint8Array): Uint8Array => {
    wire.open(bytes, type.typeName);
    json.reset();
    writeMessage(wire, json, 0, bytes.length);
    const text = json.finish();
    return options.indent === 0 ? text : Buffer.from(JSON.stringify(JSON.parse(text.toString()), null, options.indent));
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

  const message = (type: DescMessage): Codec => {
    const writeMessage = writers.message(type);
    return {
      read: (json) => read(type, text(json)),
      write: (bytes) => write(type, writeMessage, bytes),
    };
  };
  const field = (of: DescField): Codec => {
    const writeField = writers.field(of);
    return {
      read: (json) => {
        const value = text(json);
        return value.trim() === ''
          ? toBinary(of.parent, create(of.parent))
          : read(of.parent, `{${JSON.stringify(of.jsonName)}:${value}}`);
      },
      write: (bytes) => write(of.parent, writeField, bytes),
    };
  };
  return { message, field };
}
