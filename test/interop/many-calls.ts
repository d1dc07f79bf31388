import assert from 'node:assert/strict';
import { Code } from '../../gateway/status/code.ts';
import { path } from '../../gateway/upstream/testing/echo-server.ts';
import { recordCall } from '../../gateway/upstream/testing/record-call.ts';
import type { Case } from '../../gateway/upstream/testing/run-cases.ts';

/** More calls than some servers take on a connection, many at once, some with large messages. */
export const manyCalls: Case = {
  name: '5,000 calls, 50 at once: each gets its own answer',
  async run({ open, startServer }) {
    const upstream = open((await startServer()).port);
    let next = 0;
    const caller = async () => {
      while (next < 5000) {
        const number = next++;
        const message = Buffer.alloc(number % 100 === 0 ? 200_000 : 20, number);
        const call = recordCall(upstream, {
          path: path('Unary'),
          message,
          metadata: [
            ['test-number', String(number)],
            ['test-same', 'same'],
          ],
        });
        const status = await call.status;
        assert.equal(status.code, Code.OK, status.message);
        assert.deepEqual(call.headers?.find(([name]) => name === 'echo-test-number')?.[1], String(number));
        assert.ok(message.equals(Buffer.from(call.messages[0] ?? [])));
      }
    };
    await Promise.all(Array.from({ length: 50 }, caller));
  },
};
