import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { choosePorts } from './choose-ports.ts';
import { host } from './programs.ts';

async function listen(context: TestContext, port: number): Promise<number> {
  const server: Server = createServer();
  context.after(() => server.close());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
}

/** Far from the ports that systems lend. */
const ports = { gatewayPort: 21_080, servicesPort: 21_151, otherServicesPort: 21_251 };

test('the services go elsewhere if one of their ports is busy, unless somebody asked for them', async (context) => {
  const { servicesPort, otherServicesPort } = ports;
  assert.equal((await choosePorts(ports, {})).programs.services[0]?.port, servicesPort);
  await listen(context, servicesPort + 2);
  const moved = await choosePorts(ports, {});
  assert.deepEqual([moved.busy, moved.avoided?.name], [undefined, 'Service C']);
  assert.deepEqual(
    moved.programs.services.map(({ port }) => port),
    Array.from({ length: 8 }, (_, index) => otherServicesPort + index),
  );
  assert.ok(moved.programs.gateway.command.includes(`${host}:${otherServicesPort}`));
  const asked = await choosePorts({ ...ports, otherServicesPort: undefined }, {});
  assert.deepEqual([asked.busy?.name, asked.avoided], ['Service C', undefined]);
});

test('what is busy is told where nothing else is free, and of the gateway always', async (context) => {
  await listen(context, ports.servicesPort);
  await listen(context, ports.otherServicesPort + 7);
  assert.equal((await choosePorts(ports, {})).busy?.name, 'Service A');
  await listen(context, ports.gatewayPort);
  assert.equal((await choosePorts(ports, {})).busy?.name, 'gateway');
});
