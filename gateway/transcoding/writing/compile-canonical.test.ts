import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DescMessage, fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { vectorMessage, vectorRegistry } from '../../../test/vectors/vector-registry.ts';
import { StatusError } from '../../status/status-error.ts';
import { defaultJsonOptions, type JsonOptions } from '../codec.ts';
import { createCodecs } from '../create-codecs.ts';
import { fieldsOf } from '../message-fields.ts';
import { canonicalTypes } from './canonical-plan.ts';
import { canonicalSource } from './canonical-source.ts';
import { JsonWriter } from './json-writer.ts';
import { WireReader, type WriteMessage } from './wire-reader.ts';
import type { WriteContext } from './write-field.ts';
import { objectWriter } from './write-message.ts';
import { wellKnownWriter } from './write-well-known.ts';

const fields = fieldsOf(vectorRegistry);

/** The writers that know all rules. */
function fullContext(options: JsonOptions): WriteContext {
  const context: WriteContext = {
    options,
    messageWriter: (type) => {
      let writer: WriteMessage | undefined;
      return (...position) => {
        writer ??= wellKnownWriter(type, context) ?? objectWriter(type, fields(type), context);
        writer(...position);
      };
    },
  };
  return context;
}

const contexts = [true, false].map((emitDefaults) => fullContext({ ...defaultJsonOptions, emitDefaults }));
const wire = new WireReader();
const json = new JsonWriter();

/** The text of a message, or undefined if it is refused or fails. */
function written(bytes: Uint8Array, write: () => boolean): string | undefined {
  wire.open(bytes, 'the message');
  json.reset();
  try {
    return write() ? Buffer.from(json.lend()).toString('latin1') : undefined;
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof RangeError)) throw error;
    return undefined;
  }
}

function canonicalText(type: DescMessage, bytes: Uint8Array, context: WriteContext): string | undefined {
  const canonical = canonicalTypes(fields, context)(type);
  assert.ok(canonical !== undefined);
  return written(bytes, () => canonical.write(wire, json, 0, bytes.length));
}

function fullText(type: DescMessage, bytes: Uint8Array, context: WriteContext): string | undefined {
  return written(bytes, () => {
    context.messageWriter(type)(wire, json, 0, bytes.length);
    return true;
  });
}

const inner = {
  a: 'Grüße "x"\n',
  n: -1,
  inner: { a: 'a longer text without escapes', n: 300 },
  tags: ['', 'two'],
  color: 'RED',
  optStr: '',
  seenAt: '2026-01-02T03:04:05.5Z',
  labels: { one: '1', two: '2' },
};
const samples: readonly (readonly [type: string, json: JsonValue])[] = [
  ['Inner', inner],
  [
    'Everything',
    {
      fDouble: 0.1,
      fFloat: 1.5,
      fInt32: 2_000_000_000,
      fInt64: '-5',
      fUint32: 70_000,
      fUint64: '18446744073709551615',
      fBool: true,
      fString: 'x'.repeat(200),
      fBytes: 'AAEC',
      inner,
      rInt32: [1, 2, 300],
      rString: ['a', 'b'],
      rDouble: [1.5, -2],
      rInner: [inner, {}, { a: 'y' }],
      rTs: ['2026-01-02T03:04:05Z'],
      mSs: { k: 'v' },
      mSi: { k: inner },
    },
  ],
  [
    'BodyRequest',
    { id: 'x', big: '12345678901234', flag: true, ratio: 12.25, st: { a: [1, null] }, cText: 'one', opt: 0 },
  ],
  ['Thing', { name: 'x', parts: [{ n: 1 }, { n: 2 }], labels: { a: 'b' }, cInner: {} }],
];

test('messages as encoders write them are written in one pass, as the full writer writes them', () => {
  for (const context of contexts) {
    for (const [name, value] of samples) {
      const type = vectorMessage(name);
      const bytes = toBinary(type, fromJson(type, value, { registry: vectorRegistry }));
      const text = canonicalText(type, bytes, context);
      assert.ok(text !== undefined, name);
      assert.equal(text, fullText(type, bytes, context));
    }
  }
});

test('so are those of a newer schema: values without a name, fields behind the known ones', () => {
  const type = vectorMessage('Inner');
  for (const hex of ['2863', '28f0ffffffffffffffff01', '0a0178 2863 a20c03616263', 'c03e05']) {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    for (const context of contexts) {
      const text = canonicalText(type, bytes, context);
      assert.ok(text !== undefined, hex);
      assert.equal(text, fullText(type, bytes, context));
    }
  }
});

test('whatever the bytes are, they are written as the full writer writes them, or not at all', () => {
  const edit = fc.record({ at: fc.nat(), kind: fc.integer({ min: 0, max: 3 }), value: fc.nat({ max: 255 }) });
  const edited = fc.tuple(fc.constantFrom(...samples), fc.constantFrom(...contexts), fc.array(edit, { maxLength: 3 }));
  fc.assert(
    fc.property(edited, ([[name, value], context, edits]) => {
      const type = vectorMessage(name);
      let bytes = Buffer.from(toBinary(type, fromJson(type, value, { registry: vectorRegistry })));
      for (const { at, kind, value: byte } of edits) {
        const position = at % (bytes.length + 1);
        const [before, after] = [bytes.subarray(0, position), bytes.subarray(position)];
        if (kind === 0) bytes = Buffer.from(before);
        else if (kind === 1) bytes = Buffer.concat([before, after, after]);
        else bytes = Buffer.concat([before, Buffer.of(byte), kind === 2 ? after.subarray(1) : after]);
      }
      const text = canonicalText(type, bytes, context);
      if (text !== undefined) assert.equal(text, fullText(type, bytes, context));
    }),
    { numRuns: 1000 },
  );
});

const odd: readonly (readonly [what: string, hex: string, json: string])[] = [
  ['out of order', '1005 0a0178', '{"a":"x","n":5,"inner":null,"tags":[],"color":"COLOR_UNSPECIFIED"'],
  ['twice', '0a0178 0a0179', '{"a":"y","n":0,"inner":null,"tags":[],"color":"COLOR_UNSPECIFIED"'],
  [
    'a list in two parts',
    '220178 1005 220179',
    '{"a":"","n":5,"inner":null,"tags":["x","y"],"color":"COLOR_UNSPECIFIED"',
  ],
  ['an unknown enum value', '2863', '{"a":"","n":0,"inner":null,"tags":[],"color":99'],
  ['a tag longer than needed', '8a8000 0178', '{"a":"x","n":0,"inner":null,"tags":[],"color":"COLOR_UNSPECIFIED"'],
];

test('what no encoder writes is written nevertheless', () => {
  const codec = createCodecs(vectorRegistry, defaultJsonOptions).message(vectorMessage('Inner'));
  for (const [what, hex, text] of odd) {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    assert.equal(Buffer.from(codec.write(bytes)).toString(), `${text},"seenAt":null,"labels":{}}`, what);
  }
});

test('the text of a writer holds numbers only, whatever a schema calls its fields and values', () => {
  const evil = '"); process.exit(1); (`\u2028';
  const quoted = `${JSON.stringify(evil)}:`;
  const field = {
    number: 1,
    tags: [8],
    name: quoted,
    absent: `${quoted}0,`,
    leftOut: undefined,
    oneof: undefined,
    names: new Map([[0, JSON.stringify(evil)]]),
    isClosed: false,
    message: undefined,
    write: () => undefined,
  };
  for (const kind of ['names', 'varint', 'string', 'others'] as const) {
    assert.doesNotMatch(canonicalSource([{ ...field, kind }]), /["'`\\]|process|exit/);
  }
});
