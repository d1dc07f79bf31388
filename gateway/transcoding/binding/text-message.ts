import type { DescMessage } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Codecs } from '../codec.ts';
import { TextValueError, wireTypeOf, writeScalarText } from './text-scalar.ts';

/** Well-known types whose text in a path or query is their JSON text, or that text in quotes. */
const jsonForms: Readonly<Record<string, (text: string) => string>> = {
  'google.protobuf.Timestamp': JSON.stringify,
  'google.protobuf.Duration': (text) => JSON.stringify(durationText(text)),
  'google.protobuf.Struct': String,
  'google.protobuf.Value': String,
};

/** Wire bytes of the message that a text of a path or query stands for. */
export function readMessageText(codecs: Codecs, type: DescMessage, text: string): Uint8Array {
  const jsonForm = jsonForms[type.typeName];
  if (jsonForm !== undefined) {
    if (text.trim() === '') throw new TextValueError(`"${text}" is no value of type ${type.typeName}`);
    return codecs.message(type).read(Buffer.from(jsonForm(text)));
  }
  if (type.typeName === 'google.protobuf.FieldMask') return fieldMask(text);
  if (type.typeName === 'google.protobuf.Empty') {
    if (text !== '' && text !== '{}') throw new TextValueError('expected an empty value or "{}"');
    return new Uint8Array();
  }
  const value = type.fields[0];
  if (isWrapper(type) && value?.fieldKind === 'scalar') {
    const writer = new BinaryWriter();
    writer.tag(value.number, wireTypeOf(value.scalar));
    writeScalarText(writer, value.scalar, text);
    return writer.finish();
  }
  throw new TextValueError(`a value of type ${type.typeName} cannot stand in a path or query`);
}

const wrappers = /^google\.protobuf\.(?:Double|Float|Int64|UInt64|Int32|UInt32|Bool|String|Bytes)Value$/;

function isWrapper(type: DescMessage): boolean {
  return wrappers.test(type.typeName);
}

/** Comma-separated paths: names as in the proto, or in lowerCamelCase (the JSON form), which becomes snake_case. */
function fieldMask(text: string): Uint8Array {
  const writer = new BinaryWriter();
  for (const path of text.split(',')) {
    if (path !== '') writer.tag(1, WireType.LengthDelimited).string(path.split('.').map(protoName).join('.'));
  }
  return writer.finish();
}

function protoName(name: string): string {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) return name;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const nanosOf: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ns: 1n,
};

/** Go's form of a duration ("1h2m3.5s", "250ms") in the JSON form ("3723.500s"); other texts are given back. */
function durationText(text: string): string {
  if (/^-?(?:0|[1-9]\d*)(?:\.\d{1,9})?s$/.test(text) || text.length > 100) return text;
  if (/^[+-]?0$/.test(text)) return '0s';
  const units = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (units === null) return text;
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of String(units[2]).matchAll(/(\d*)(?:\.(\d*))?([a-zµμ]+)/g)) {
    const scale = nanosOf[unit] ?? 0n;
    nanos += BigInt(whole || '0') * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length);
  }
  const fraction = String(nanos % 1_000_000_000n).padStart(9, '0');
  return `${units[1] === '-' ? '-' : ''}${nanos / 1_000_000_000n}.${fraction}s`;
}
