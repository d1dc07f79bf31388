import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type DescMessage,
  fromBinary,
  fromJson,
  fromJsonString,
  type JsonObject,
  type JsonValue,
  type Registry,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import fc from 'fast-check';
import { Code } from '../../gateway/status/code.ts';
import { StatusError } from '../../gateway/status/status-error.ts';
import { defaultJsonOptions, type JsonOptions } from '../../gateway/transcoding/codec.ts';
import { createCodecs } from '../../gateway/transcoding/create-codecs.ts';
import { fieldsOf } from '../../gateway/transcoding/message-fields.ts';
import { RandomChoice } from './random-choice.ts';
import { randomJson } from './random-json.ts';
import { randomMessage } from './random-message.ts';
import { randomSchema } from './random-schema.ts';
import { isWellFormed } from './well-formed.ts';

/** Schemas a property, and messages a schema: making a schema takes longer than all that is done with it. */
const schemas = 100;
const messages = 5;

interface Sample {
  readonly choice: RandomChoice;
  readonly registry: Registry;
  readonly type: DescMessage;
  readonly wire: Uint8Array;
}

/** Checks something of random messages of random schemas. */
function forAll(check: (sample: Sample) => void): void {
  const property = fc.property(fc.gen(), (generate) => {
    const choice = new RandomChoice(generate);
    const { registry, types } = randomSchema(choice);
    const wellKnown = ['Timestamp', 'Value', 'StringValue', 'Any'].map((name) => `google.protobuf.${name}`);
    const anyTypes = [...types, ...wellKnown.flatMap((name) => registry.getMessage(name) ?? [])];
    for (let count = 0; count < messages; count++) {
      const type = choice.pick(types);
      const wire = randomMessage({ choice, fieldsOf: fieldsOf(registry), anyTypes, budget: 40 }, type);
      check({ choice, registry, type, wire });
    }
  });
  // Shrinking such a sample would take hours.
  fc.assert(property, { endOnFailure: true, numRuns: schemas });
}

/** What a function returns, or undefined if it fails; ours may fail only with a StatusError of the code. */
function outcome<T>(call: () => T, code?: number): T | undefined {
  try {
    return call();
  } catch (error) {
    if (code !== undefined && !(error instanceof StatusError && error.code === code)) throw error;
    return undefined;
  }
}

function refused(error: unknown): boolean {
  return error instanceof StatusError && error.code === Code.INTERNAL;
}

/** Floats are written shorter than protobuf-es writes them: they are compared as floats. */
function rounded(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((element) => rounded(element) ?? null);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rounded(member) ?? null]));
  }
  const float = typeof value === 'number' ? Math.fround(value) : 0;
  return float !== 0 && Number.isFinite(float) ? float : value;
}

/** Both are the same to protobuf-es: doubles to the last bit. */
function assertSameMessage({ registry, type }: Sample, ours: JsonValue, oracle: JsonValue): void {
  const reread = (json: JsonValue): JsonValue | undefined =>
    outcome(() => {
      const wire = toBinary(type, fromJson(type, json, { registry }));
      return toJson(type, fromBinary(type, wire), { registry });
    });
  assert.deepEqual(reread(ours), reread(oracle));
}

function assertSameJson(sample: Sample, options: JsonOptions): void {
  const { registry, type, wire } = sample;
  const oracleOptions = { registry, enumAsInteger: options.enumsAsNumbers, useProtoFieldName: options.protoNames };
  const oracle = outcome(() => toJson(type, fromBinary(type, wire), oracleOptions));
  const codec = createCodecs(registry, options).message(type);
  if (oracle === undefined) {
    assert.throws(() => codec.write(wire), refused);
    return;
  }
  const text = outcome(() => codec.write(wire).toString(), Code.INTERNAL);
  if (text === undefined) {
    // protobuf-es does not look into an extension of a message that a later one supersedes.
    assert.throws(() => codec.write(wire), { message: /a string is not valid UTF-8/ });
    assert.ok([...registry].some(({ kind }) => kind === 'extension'));
    return;
  }
  const ours: JsonValue = JSON.parse(text);
  assert.deepEqual(rounded(ours), rounded(oracle));
  assertSameMessage(sample, ours, oracle);
}

const plain: JsonOptions = { ...defaultJsonOptions, emitDefaults: false };

test('wire → JSON is what protobuf-es makes of the same bytes', () => {
  forAll((sample) => {
    const { choice } = sample;
    assertSameJson(sample, { ...plain, protoNames: choice.once(3), enumsAsNumbers: choice.once(3) });
  });
});

test('with defaults, wire → JSON has all that it has without, and the rest absent, in order of declaration', () => {
  forAll(({ registry, type, wire }) => {
    const written = (options: JsonOptions): JsonValue | undefined =>
      outcome(() => JSON.parse(Buffer.from(createCodecs(registry, options).message(type).write(wire)).toString()));
    const bare = written(plain);
    const full = written(defaultJsonOptions);
    assertOnlyDefaultsAdded(full, bare);
    if (full === undefined || full === null || typeof full !== 'object') return;
    const order = fieldsOf(registry)(type).map((field) => field.jsonName);
    assert.deepEqual(
      Object.keys(full),
      order.filter((name) => Object.hasOwn(full, name)),
    );
  });
});

/** What a field that is absent may be written as. */
const defaults = [null, false, 0, '0', ''];

function assertOnlyDefaultsAdded(full: JsonValue | undefined, bare: JsonValue | undefined): void {
  if (Array.isArray(full) && Array.isArray(bare)) {
    assert.equal(full.length, bare.length);
    for (const [index, element] of full.entries()) assertOnlyDefaultsAdded(element, bare[index]);
  } else if (isObject(full) && isObject(bare)) {
    for (const [key, value] of Object.entries(full)) {
      if (Object.hasOwn(bare, key)) assertOnlyDefaultsAdded(value, bare[key]);
      else assert.ok(defaults.some((each) => each === value) || isEmpty(value) || /^E_\d$/.test(String(value)), key);
    }
    for (const key of Object.keys(bare)) assert.ok(Object.hasOwn(full, key), key);
  } else assert.deepEqual(full, bare);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Where protobuf-es takes what has no JSON form by protobuf-go: a Struct without a value, a path that is no field's name. */
const stricter = /google\.protobuf\.(Value has no value|FieldMask: )/;

test('wire bytes that are damaged fail, or are read as protobuf-es reads them', () => {
  forAll((sample) => {
    const { choice, registry, type } = sample;
    const wire = choice.mutate(sample.wire);
    const codec = createCodecs(registry, plain).message(type);
    try {
      codec.write(wire);
    } catch (error) {
      assert.ok(error instanceof StatusError && error.code === Code.INTERNAL, String(error));
      if (stricter.test(error.message)) return;
    }
    if (isWellFormed(wire, type, fieldsOf(registry))) assertSameJson({ ...sample, wire }, plain);
  });
});

/** JSON text of a message. */
function randomText({ choice, registry, type, wire }: Sample): string | undefined {
  const names = { useProtoFieldName: choice.once(3), enumAsInteger: choice.once(3) };
  const json = outcome(() => toJson(type, fromBinary(type, wire), { registry, ...names }));
  if (json === undefined || json === null || typeof json !== 'object' || Array.isArray(json)) return undefined;
  const nulls = type.fields.filter((field) => field.oneof === undefined && choice.once(6));
  const added: JsonObject = Object.fromEntries(nulls.map((field) => [field.jsonName, null]));
  if (choice.once(4)) added['no such field'] = choice.pick([1, 'x', [null, {}], { a: [true, 1.5] }]);
  return randomJson(choice, { ...added, ...json });
}

function assertSameWire({ registry, type }: Sample, ours: Uint8Array, oracle: Uint8Array): void {
  // protobuf-es puts its own host into a type URL.
  const toText = (wire: Uint8Array): string =>
    JSON.stringify(toJson(type, fromBinary(type, wire), { registry }), null, 1).replaceAll(
      /("@type": ")[^"]*\//g,
      '$1',
    );
  assert.equal(toText(ours), toText(oracle));
}

test('JSON → wire is the message that protobuf-es makes of the same text', () => {
  forAll((sample) => {
    const { choice, registry, type } = sample;
    const text = randomText(sample);
    if (text === undefined) return;
    const unknownFields = choice.pick(['ignore', 'reject']);
    const ignoreUnknownFields = unknownFields === 'ignore';
    const oracle = outcome(() => toBinary(type, fromJsonString(type, text, { registry, ignoreUnknownFields })));
    const codec = createCodecs(registry, { ...plain, unknownFields }).message(type);
    const ours = outcome(() => codec.read(Buffer.from(text)), Code.INVALID_ARGUMENT);
    assert.equal(ours === undefined, oracle === undefined, text);
    if (ours !== undefined && oracle !== undefined) assertSameWire(sample, ours, oracle);
  });
});

const looser = /duplicate object key|cannot decode message google.protobuf.(Duration|Any from JSON: "@type" is empty)/;

test('JSON text that is damaged fails, or is read as protobuf-es reads it', () => {
  forAll((sample) => {
    const { choice, registry, type } = sample;
    const text = randomText(sample);
    if (text === undefined) return;
    const damaged = Buffer.from(choice.mutate(Buffer.from(text)));
    const ours = outcome(() => createCodecs(registry, plain).message(type).read(damaged), Code.INVALID_ARGUMENT);
    const json = damaged.toString();
    // To us a text without a value is an empty message, keys that are passed over may come twice, ".5s" is a duration, and an
    // Any of unknown keys alone is an empty one.
    if (ours === undefined || json.trim() === '') return;
    try {
      const oracle = toBinary(type, fromJsonString(type, json, { registry, ignoreUnknownFields: true }));
      assertSameWire(sample, ours, oracle);
    } catch (error) {
      if (!looser.test(String(error))) throw error;
    }
  });
});
