import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { settingsMarkdown } from '../gateway/config/help-text.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const pluginPage = readFileSync(join(root, 'docs', 'plugin.md'), 'utf8');
const blocks = [...`${readme}${pluginPage}`.matchAll(/```(sh|ts)\n([\s\S]*?)```/g)].map(([, language, text]) => ({
  language,
  text: String(text),
}));

/** What runs this test, and so is run already. */
const runsThisTest = ['npm test\n'];

test('the table of settings is that of the program', () => {
  const [, table] = /<!-- settings -->\n([\s\S]*)<!-- \/settings -->/.exec(readme) ?? [];
  assert.equal(table?.trim(), settingsMarkdown().trim(), 'run: npm run readme');
});

test('every file that it links to is there', () => {
  for (const [, link] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    assert.ok(existsSync(join(root, String(link))), link);
  }
});

describe('its commands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const started: ChildProcess[] = [];
  let ports: Map<string, number>;

  before(async () => {
    ports = await otherPorts();
  });
  after(async () => {
    await Promise.all(started.map(stop));
    rmSync(folder, { recursive: true });
  });

  for (const { language, text } of blocks) {
    if (runsThisTest.includes(text)) continue;
    test(text, { timeout: 60_000 }, async () => {
      const command = withPorts(text, ports);
      if (language === 'ts') {
        const program = ['--input-type=module-typescript', '--eval', asModule(command)];
        await stop(await startUntil(['node', program], ports.get('8082')));
      } else if (command.includes('npm start')) {
        await startUntil(['bash', ['-c', 'exec npm start']], ports.get('8080'));
      } else if (command.includes('gateway --')) {
        await startUntil(['bash', ['-c', `exec ${command}`]], ports.get('8081'));
      } else {
        const answer = JSON.parse(await output(command)) as { greeting: unknown[] };
        assert.equal(answer.greeting.length, 7);
      }
    });
  }

  async function startUntil([program, args]: [string, string[]], port: number | undefined): Promise<ChildProcess> {
    const child = spawn(program, args, {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        PORT: String(ports.get('8080')),
        SERVICES_PORT: String(ports.get('50051')),
        DATA_DIR: folder,
        LOG_LEVEL: 'warn',
      },
    });
    started.push(child);
    await answersWhole(`http://127.0.0.1:${port}`, () => {
      assert.equal(child.exitCode ?? child.signalCode, null, `${program} ended`);
    });
    return child;
  }
});

/** Until it answers, and (of the mesh) with all seven greetings; `check` throws when there is nothing to wait for. */
async function answersWhole(address: string, check: () => void): Promise<void> {
  for (;;) {
    check();
    const answers = await Promise.all(
      ['/api/v1/greeting', '/rest/api/v1/greeting'].map((path) => fetch(address + path).catch(() => undefined)),
    );
    for (const answer of answers) {
      const body = (await answer?.json().catch(() => undefined)) as { greeting?: unknown[] } | undefined;
      if (body?.greeting?.length === 7) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The package under its own name, as its users import it. */
function asModule(text: string): string {
  return text.replace("'protogate'", `'${join(root, 'gateway', 'index.ts')}'`);
}

function withPorts(text: string, ports: ReadonlyMap<string, number>): string {
  return text.replace(/\b(8080|8081|8082|50051)\b/g, (port) => String(ports.get(port)));
}

/** Free ports for those that the README names; eight in a row for the services. */
async function otherPorts(): Promise<Map<string, number>> {
  const named = ['8080', '8081', '8082', '50051'];
  // Below the ports that the system hands out to outgoing connections.
  const base = 20_000 + (process.pid % 700) * 16;
  for (let first = base; ; first += 16) {
    const range = Array.from({ length: 12 }, (_, offset) => first + offset);
    if ((await Promise.all(range.map(isFree))).every(Boolean)) {
      return new Map(named.map((port, index) => [port, first + index]));
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function output(command: string): Promise<string> {
  const child = spawn('bash', ['-c', command.replace('curl ', 'curl -sS ')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return text;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}
