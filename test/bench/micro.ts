/**
 * CPU time of one transcoding, ours against protobuf-es and protobufjs: `npm run bench:micro`.
 * Rounds of the libraries take turns; the best round of each counts.
 */
import { execFileSync } from 'node:child_process';
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJsonString,
  toBinary,
  toJsonString,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import protobufjs from 'protobufjs';
import { defaultJsonOptions } from '../../gateway/transcoding/codec.ts';
import { createCodecs } from '../../gateway/transcoding/create-codecs.ts';

const rounds = 7;
const roundMs = 60;

interface Sample {
  readonly name: string;
  readonly type: string;
  readonly value: object;
}

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const hello = [
  'Hello',
  'Namasté (नमस्ते)',
  'Shalom (שָׁלוֹם)',
  'Bonjour',
  'Ahlan (أهلا)',
  'Ciao',
  'Konnichiwa (こんにちは)',
];

const node = (depth: number): object => ({
  name: `node at depth ${depth}`,
  count: 1234 + depth,
  total: '123456789012',
  ratio: 0.4375,
  active: true,
  kind: 'LARGE',
  digest: 'q83vEjRWeJCrze8SNFZ4kA==',
  tags: ['alpha', 'beta', 'gamma'],
  numbers: [1, 20, 300, 4000, 50000],
  labels: { region: 'europe-west1', tier: 'backend' },
  children: depth < 2 ? [node(depth + 1), node(depth + 1)] : [],
  seenAt: '2026-01-02T03:04:05.678Z',
});

const samples: readonly Sample[] = [
  {
    name: 'greeting',
    type: 'bench.GreetingResponse',
    value: {
      greeting: hello.map((word, n) => ({
        id: id(n),
        service: `Service ${'ABDEGHC'.charAt(n)}`,
        message: `${word}, from Service ${'ABDEGHC'.charAt(n)}!`,
        created: '2026-01-02T03:04:05.678901Z',
        hostname: 'service-a-6f7d9c5b8-x2x7k',
      })),
    },
  },
  { name: 'nested echo', type: 'bench.Node', value: node(0) },
  {
    name: 'list',
    type: 'bench.ItemList',
    value: {
      items: Array.from({ length: 1000 }, (_, n) => ({
        id: `item-${n}`,
        title: `An item of the list, number ${n}`,
        amount: n,
        priceCents: String(n * 1999),
        available: n % 3 === 0,
        kind: n % 2 === 0 ? 'SMALL' : 'LARGE',
      })),
      nextPageToken: 'page-2',
    },
  },
];

const protoPath = new URL('micro.proto', import.meta.url).pathname;
const image = execFileSync('buf', ['build', protoPath, '--as-file-descriptor-set', '-o', '-#format=binpb']);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const codecs = createCodecs(registry, defaultJsonOptions);
const root = await protobufjs.load(protoPath);

/** Microseconds of CPU a call, best of the rounds, in order of the calls. */
function measure(calls: readonly (() => unknown)[]): number[] {
  const best = calls.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds + 2; round++) {
    for (const [index, call] of calls.entries()) {
      const started = process.hrtime.bigint();
      const before = process.cpuUsage();
      let count = 0;
      do {
        for (let i = 0; i < 16; i++) call();
        count += 16;
      } while (process.hrtime.bigint() - started < roundMs * 1e6);
      const { user, system } = process.cpuUsage(before);
      if (round >= 2) best[index] = Math.min(best[index] ?? 0, (user + system) / count);
    }
  }
  return best;
}

function row(
  sample: string,
  direction: string,
  bytes: number,
  [ours = 0, es = 0, pbjs = 0]: readonly number[],
): object {
  return {
    message: sample,
    direction,
    'JSON bytes': bytes,
    'ours µs': Number(ours.toFixed(2)),
    'protobuf-es µs': Number(es.toFixed(2)),
    'protobufjs µs': Number(pbjs.toFixed(2)),
    'es / ours': Number((es / ours).toFixed(1)),
    'pbjs / ours': Number((pbjs / ours).toFixed(1)),
  };
}

const rows: object[] = [];
for (const { name, type, value } of samples) {
  const desc: DescMessage | undefined = registry.getMessage(type);
  if (desc === undefined) throw new Error(`no type ${type}`);
  const codec = codecs.message(desc);
  const json = Buffer.from(JSON.stringify(value));
  const wire = codec.read(json);
  const pbjs = root.lookupType(type);
  const conversion = { longs: String, enums: String, bytes: String, defaults: true };
  rows.push(
    row(
      name,
      'wire → JSON',
      codec.write(wire).length,
      measure([
        () => codecs.release(codec.write(wire)),
        () => Buffer.from(toJsonString(desc, fromBinary(desc, wire), { alwaysEmitImplicit: true, registry })),
        () => Buffer.from(JSON.stringify(pbjs.toObject(pbjs.decode(wire), conversion))),
      ]),
    ),
    row(
      name,
      'JSON → wire',
      json.length,
      measure([
        () => codec.read(json),
        () => toBinary(desc, fromJsonString(desc, json.toString(), { registry })),
        () => pbjs.encode(pbjs.fromObject(JSON.parse(json.toString()))).finish(),
      ]),
    ),
  );
}
console.table(rows);
