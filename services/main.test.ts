import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';

/** Runs the program until it ends by itself. */
async function run(environment: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, LOG_LEVEL: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

describe('the program', () => {
  test('ends with 2 and one line for all faults of its configuration', async () => {
    assert.deepEqual(await run({ SERVICE_NAME: 'Service X', PORT: 'x' }), {
      code: 2,
      output:
        'SERVICE_NAME "Service X" is unknown: one of Service A … Service H; PORT "x" must be a number from 1 to 65535\n',
    });
  });

  test('ends with 1 and one line when its port is taken', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => {
        const address = holder.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    try {
      const { code, output } = await run({ SERVICE_NAME: 'Service C', HOST: '127.0.0.1', PORT: String(port) });
      assert.equal(code, 1);
      assert.match(output, /^cannot listen on 127\.0\.0\.1:\d+ \(.*EADDRINUSE.*\); choose another port with PORT\n$/);
    } finally {
      holder.close();
    }
  });
});
