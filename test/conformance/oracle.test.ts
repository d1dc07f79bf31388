import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Registry,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import fc from 'fast-check';
import { StatusError } from '../../gateway/status/status-error.ts';
import { defaultJsonOptions, type JsonOptions } from '../../gateway/transcoding/codec.ts';
import { createCodecs } from '../../gateway/transcoding/create-codecs.ts';
import { fieldsOf } from '../../gateway/transcoding/message-fields.ts';
import { RandomChoice } from './random-choice.ts';
import { randomMessage } from './random-message.ts';
import { randomSchema } from './random-schema.ts';

const runs = Number(process.env['RUNS'] ?? 400);

interface Sample {
  readonly registry: Registry;
  readonly type: DescMessage;
  readonly wire: Uint8Array;
}

function randomSample(choice: RandomChoice): Sample {
  const { registry, types } = randomSchema(choice);
  const type = choice.pick(types);
  const anyTypes = [
    ...types,
    ...['Timestamp', 'Value', 'StringValue', 'Any'].flatMap(
      (name) => registry.getMessage(`google.protobuf.${name}`) ?? [],
    ),
  ];
  return { registry, type, wire: randomMessage({ choice, fieldsOf: fieldsOf(registry), anyTypes, budget: 40 }, type) };
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

/** Floats are written shorter than protobuf-es writes them. */
function assertSameJson(ours: JsonValue | undefined, oracle: JsonValue | undefined): void {
  assert.deepEqual(normal(ours), normal(oracle));
}

function normal(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'number')
    return Math.fround(value) === 0 || !Number.isFinite(Math.fround(value)) ? value : Math.fround(value);
  if (Array.isArray(value)) return value.map((element) => normal(element) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normal(member) ?? null]));
}

test('wire → JSON is what protobuf-es makes of the same bytes', () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const choice = new RandomChoice(generate);
      const { registry, type, wire } = randomSample(choice);
      const options: JsonOptions = {
        ...defaultJsonOptions,
        emitDefaults: false,
        protoNames: choice.once(3),
        enumsAsNumbers: choice.once(3),
      };
      const oracle = outcome(() => {
        const message = fromBinary(type, wire);
        return {
          message,
          json: toJson(type, message, {
            registry,
            enumAsInteger: options.enumsAsNumbers,
            useProtoFieldName: options.protoNames,
          }),
        };
      });
      const ours = outcome(() => Buffer.from(createCodecs(registry, options).message(type).write(wire)).toString(), 13);
      assert.equal(ours === undefined, oracle === undefined, `${ours} / ${JSON.stringify(oracle?.json)}`);
      if (ours === undefined || oracle === undefined) return;
      assertSameJson(JSON.parse(ours), oracle.json);
      // Read again, it is the same message: doubles to the last bit.
      const reread = (json: JsonValue): JsonValue | undefined =>
        outcome(() => toJson(type, fromBinary(type, toBinary(type, fromJson(type, json, { registry }))), { registry }));
      assert.deepEqual(reread(JSON.parse(ours)), reread(oracle.json));
    }),
    { numRuns: runs, endOnFailure: !!process.env['E'] },
  );
});
