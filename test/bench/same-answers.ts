import assert from 'node:assert/strict';
import type { RunningPeer } from './measure.ts';
import { type Shape, stream } from './shapes.ts';

/** Answers of one gateway by path, as they came. */
export type Answers = Readonly<Record<string, string>>;

/**
 * Throws unless all gateways answer all shapes with the same JSON, compared as values, and stream the same messages.
 * Returns the answers of the first.
 */
export async function checkSameAnswers(gateways: readonly RunningPeer[], shapes: readonly Shape[]): Promise<Answers> {
  const [first, ...others] = gateways;
  if (first === undefined) throw new Error('no gateway runs');
  const expected = await readAnswers(first, shapes);
  const expectedMessages = await readMessages(first);
  for (const other of others) {
    for (const [path, answer] of Object.entries(await readAnswers(other, shapes))) {
      const message: string = `${first.peer.name} and ${other.peer.name} differ at ${path}`;
      assert.deepEqual(JSON.parse(answer), JSON.parse(expected[path] ?? ''), message);
    }
    const message: string = `${first.peer.name} and ${other.peer.name} stream other messages`;
    assert.deepEqual(await readMessages(other), expectedMessages, message);
  }
  return expected;
}

async function readAnswers({ origin }: RunningPeer, shapes: readonly Shape[]): Promise<Answers> {
  const entries = shapes.map(async (shape) => [shape.path, await readAnswer(origin, shape)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function readAnswer(origin: string, { path, body }: Shape): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(origin + path, body === undefined ? {} : { method: 'POST', headers, body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${origin}${path}: ${response.status} ${text.slice(0, 200)}`);
  return text;
}

/** Messages of a stream, be it a JSON array (Envoy) or lines of {"result": …} (grpc-gateway and Protogate). */
async function readMessages({ origin }: RunningPeer): Promise<unknown[]> {
  const text = await readAnswer(origin, stream(20));
  if (text.startsWith('[')) {
    const messages: unknown[] = JSON.parse(text);
    return messages;
  }
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => {
      const { result }: { result: unknown } = JSON.parse(line);
      return result;
    });
}
