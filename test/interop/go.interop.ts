import assert from 'node:assert/strict';
import { Code } from '../../gateway/status/code.ts';
import { callCases } from '../../gateway/upstream/testing/call-cases.ts';
import { path } from '../../gateway/upstream/testing/echo-server.ts';
import { flowCases } from '../../gateway/upstream/testing/flow-cases.ts';
import { metadataCases } from '../../gateway/upstream/testing/metadata-cases.ts';
import { recordCall } from '../../gateway/upstream/testing/record-call.ts';
import { type Case, runCases } from '../../gateway/upstream/testing/run-cases.ts';
import { manyCalls } from './many-calls.ts';
import { startGoServer } from './programs.ts';

const gzip: Case = {
  name: 'answers that the server compresses',
  async run({ open, startServer }) {
    const message = Buffer.alloc(500_000, 'squeeze ');
    const call = recordCall(open((await startServer()).port), { path: path('Gzip'), message });
    assert.equal((await call.status).code, Code.OK);
    assert.ok(message.equals(Buffer.from(call.messages[0] ?? [])));
  },
};

const cases = [...callCases, ...metadataCases, ...flowCases].filter(({ inspects }) => inspects !== true);
runCases('h2', 'a server on Go', [...cases, manyCalls, gzip], startGoServer);
runCases('h2', 'a server on Go that takes two calls at once', [manyCalls], () => startGoServer('streams=2'));
runCases('h2', 'a server on Go that closes connections all the time', [manyCalls], () => startGoServer('age=200ms'));
