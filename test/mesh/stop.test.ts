import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { traceHeaders } from '../../services/kit/trace-headers.ts';
import { serviceNames } from '../../services/table.ts';
import { readAnswer, wholeTree } from './greeting-answer.ts';
import { findPorts, isRunning, MeshProcess, startMesh, until } from './mesh-process.ts';
import { type RecordedCall, startRecordingService } from './recording-service.ts';

const supervisor = [process.execPath, 'scripts/start.ts'];

describe('the start and the end of the mesh', () => {
  const started: { stop(): unknown }[] = [];
  after(async () => {
    for (const each of started) await each.stop();
  });
  const start = async (...options: Parameters<typeof startMesh>): Promise<MeshProcess> => {
    const mesh = await startMesh(...options);
    started.push(mesh);
    await mesh.ready();
    return mesh;
  };
  const processesOf = (mesh: MeshProcess): number[] => serviceNames.map((name) => mesh.pidOf(name));

  test('passes the trace headers to the far end, and answers what is under way when npm start is stopped', async () => {
    const { promise: called, resolve } = Promise.withResolvers<RecordedCall>();
    const farEnd = await startRecordingService(resolve);
    started.push({ stop: farEnd.close });
    const mesh = await start({ SERVICE_H_URL: farEnd.address }, ['npm', 'start']);
    const pids = processesOf(mesh);

    const sent = Object.fromEntries(traceHeaders.map((name, index) => [name, `value-${index}`]));
    const request = mesh.fetch('/api/v1/greeting', {
      headers: { ...sent, authorization: 'Bearer secret', accept: '*/*' },
    });
    const { metadata, remainingMs, answer } = await called;
    for (const [name, value] of Object.entries(sent)) assert.deepEqual(metadata.get(name), [value]);
    assert.deepEqual(Object.keys(metadata.getMap()).sort(), [...traceHeaders, 'user-agent'].sort());
    // The gateway's 10 s, less what every hop keeps for its own answer.
    assert.ok(remainingMs < 10_000, `${remainingMs} ms`);

    mesh.kill('SIGTERM');
    await mesh.line(({ service, message }) => service === 'start' && message === 'stopping');
    answer();
    const { services } = await readAnswer(await request);
    assert.deepEqual(services, wholeTree);
    await mesh.ended();
    await until(async () => ((await mesh.busyPorts()).length === 0 ? true : undefined));
    assert.deepEqual(pids.filter(isRunning), []);
    assert.ok(!mesh.lines.some(({ message }) => String(message).endsWith('killed')));
  });

  test('stops by Ctrl-C, also a process that does not listen', async () => {
    const mesh = await start();
    const pids = processesOf(mesh);
    process.kill(mesh.pidOf('Service G'), 'SIGSTOP');
    mesh.kill('SIGINT');
    mesh.kill('SIGINT');
    assert.equal(await mesh.ended(), 0);
    assert.deepEqual(pids.filter(isRunning), []);
    assert.deepEqual(await mesh.busyPorts(), []);
    await mesh.line(({ service, message }) => service === 'start' && /^Service G .* killed$/.test(String(message)));
  });

  test('leaves no process when the supervisor is killed', async () => {
    const mesh = await start();
    const pids = processesOf(mesh);
    mesh.kill('SIGKILL');
    await until(() => (pids.some(isRunning) ? undefined : true));
    await until(async () => ((await mesh.busyPorts()).length === 0 ? true : undefined));
  });

  test('leaves no process when npm is killed', async () => {
    const mesh = await start({}, ['npm', 'start']);
    const pids = processesOf(mesh);
    mesh.kill('SIGKILL');
    await until(() => (pids.some(isRunning) ? undefined : true));
    await until(async () => ((await mesh.busyPorts()).length === 0 ? true : undefined));
  });

  const busy: readonly (readonly [program: string, offset: number, hint: string])[] = [
    ['gateway', 0, 'PORT=9000 npm start'],
    ['Service C', 3, 'SERVICES_PORT=51051 npm start (the first of eight ports)'],
  ];
  for (const [program, offset, hint] of busy) {
    test(`says which port is busy: that of ${program}`, async () => {
      const { gatewayPort, servicesPort } = await findPorts();
      const port = gatewayPort + offset;
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
      try {
        const mesh = new MeshProcess(supervisor, gatewayPort, servicesPort);
        started.push(mesh);
        assert.equal(await mesh.ended(), 1);
        assert.deepEqual(mesh.text, [`port ${port} for ${program} is busy; choose another: ${hint}`]);
        assert.deepEqual(mesh.lines, []);
        assert.deepEqual(await mesh.busyPorts(), [port]);
      } finally {
        holder.close();
      }
    });
  }

  test('ends with the reason when a program refuses its configuration', async () => {
    const mesh = await startMesh({ MONGO_CONN: 'mongodb://name:secret@host/' });
    started.push(mesh);
    assert.equal(await mesh.ended(), 2);
    const reason = 'MONGO_CONN is set, but MongoDB is not supported yet: unset it to keep messages in files (DATA_DIR)';
    assert.ok(mesh.lines.some(({ service, message }) => String(service).startsWith('Service ') && message === reason));
    assert.doesNotMatch(JSON.stringify(mesh.lines), /secret/);
    assert.deepEqual(await mesh.busyPorts(), []);
  });
});
