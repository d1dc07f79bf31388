import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createLogOutput } from './log-output.ts';

const time = '2026-01-01T00:00:00.000Z';
const line = JSON.stringify({
  level: 'warn',
  time,
  service: 'Service C',
  hostname: 'h',
  requestId: 'abc',
  message: 'hm',
});

async function linesOf(readable: boolean, write: (output: Awaited<ReturnType<typeof createLogOutput>>) => void) {
  let text = '';
  write(
    await createLogOutput(readable, (printed) => {
      text += printed;
    }),
  );
  assert.ok(text === '' || text.endsWith('\n'));
  return text.split('\n').slice(0, -1);
}

describe('the log of npm start', () => {
  test('passes JSON lines on as they are', async () => {
    assert.deepEqual(await linesOf(false, (output) => output.write('Service C', line)), [line]);
  });

  test('makes JSON of a line that is none, and nothing of an empty one', async () => {
    const [printed = '', ...rest] = await linesOf(false, (output) => {
      output.write('Service C', 'Error: oh');
      output.write('Service C', ' ');
    });
    const { level, service, message } = JSON.parse(printed);
    assert.deepEqual([level, service, message, rest], ['error', 'Service C', 'Error: oh', []]);
  });

  test('has lines of its own, which say where they come from', async () => {
    const [printed = ''] = await linesOf(false, ({ log }) => log.info({ address: 'a' }, 'ready'));
    const { level, service, message, address, caller } = JSON.parse(printed);
    assert.deepEqual([level, service, message, address], ['info', 'start', 'ready', 'a']);
    assert.match(caller, /log-output\.test\.ts:\d+$/);
  });

  test('is readable and coloured on a terminal: level, service, message and ids in one line', async () => {
    const [printed = '', ...rest] = await linesOf(true, (output) => output.write('Service C', line));
    assert.deepEqual(rest, []);
    assert.notEqual(stripVTControlCharacters(printed), printed);
    assert.match(
      stripVTControlCharacters(printed),
      /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: Service C hm \{"requestId":"abc"\}$/,
    );
  });

  test('leaves no control characters of a message to the terminal', async () => {
    const evil = JSON.stringify({ level: 'info', time, service: 's', message: 'a\u001b]0;title\u0007b' });
    const printed = (await linesOf(true, (output) => output.write('s', evil))).join('\n');
    assert.ok(!printed.includes('\u001b]0;') && !printed.includes('\u0007'), JSON.stringify(printed));
  });
});
