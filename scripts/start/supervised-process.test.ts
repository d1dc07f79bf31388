import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createLogOutput } from './log-output.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** Supervises a few lines of JavaScript. */
async function supervise(script: string) {
  const lines: Record<string, unknown>[] = [];
  const output = await createLogOutput(false, (text) => void lines.push(JSON.parse(text)));
  let misconfigured = 0;
  const program = {
    name: 'Service C',
    command: ['--eval', script],
    environment: { ...process.env, NODE_TEST_CONTEXT: undefined },
    port: 1,
    portHint: '',
  };
  const supervised = new SupervisedProcess(program, output, () => {
    misconfigured += 1;
  });
  const said = async (message: string | RegExp, times = 1): Promise<void> => {
    const matches = (text: unknown) => (typeof message === 'string' ? text === message : message.test(String(text)));
    while (lines.filter((line) => matches(line['message'])).length < times) await pause(5);
  };
  return { supervised, lines, said, misconfigured: () => misconfigured };
}

describe('a supervised process', () => {
  test('is started again when it ends, after a longer wait each time', async () => {
    const { supervised, lines, said } = await supervise('console.log("here"); process.exit(3)');
    supervised.start();
    await said('here', 3);
    await said(/ended/, 3);
    await supervised.stop(60_000);
    const messages = lines.map(({ message }) => message).filter((message) => String(message).includes('ended'));
    assert.deepEqual(messages, [
      'Service C ended (exit code 3); starting it again in 250 ms',
      'Service C ended (exit code 3); starting it again in 500 ms',
      'Service C ended (exit code 3); starting it again in 1000 ms',
    ]);
  });

  test('is not started again when it refuses its configuration', async () => {
    const { supervised, lines, said, misconfigured } = await supervise('console.error("no"); process.exit(2)');
    supervised.start();
    await said('no');
    while (misconfigured() === 0) await pause(5);
    await supervised.stop(60_000);
    assert.deepEqual(
      lines.map(({ message, level }) => [message, level]),
      [['no', 'error']],
    );
  });

  test('stops when it is asked to, and stays so', async () => {
    const { supervised, lines, said } = await supervise(
      'process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); setInterval(() => {}, 1000); console.log("here")',
    );
    supervised.start();
    await said('here');
    await supervised.stop(60_000);
    await supervised.kill();
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['here', 'bye'],
    );
  });

  test('is killed when it does not stop', async () => {
    const { supervised, said } = await supervise(
      'process.on("SIGTERM", () => console.log("never")); setInterval(() => {}, 1000); console.log("here")',
    );
    supervised.start();
    await said('here');
    await supervised.stop(50);
    await supervised.kill();
    await said('Service C did not stop in time; killed');
  });

  test('stops also while it waits to be started again', async () => {
    const { supervised, lines, said } = await supervise('process.exit(3)');
    supervised.start();
    await said(/ended/);
    await supervised.stop(60_000);
    await pause(400);
    assert.equal(lines.length, 1);
  });
});
