import { setTimeout as pause } from 'node:timers/promises';
import { host, type Program, type Programs } from './programs.ts';

const pollMs = 50;
const attemptMs = 1_000;

/** A HealthCheckResponse with status SERVING, on the wire. */
const serving = Buffer.from([0x08, 0x01]);

/**
 * Resolves when every service answers SERVING to grpc.health.v1 and the gateway's /readyz answers 200; with the names of those
 * that are not ready when the time is over.
 */
export async function waitUntilReady(programs: Programs, limitMs: number, signal: AbortSignal): Promise<string[]> {
  const end = performance.now() + limitMs;
  const waitFor = async (program: Program, isReady: (program: Program) => Promise<boolean>): Promise<string[]> => {
    while (!signal.aborted && performance.now() < end) {
      if (await isReady(program)) return [];
      await pause(pollMs, undefined, { signal }).catch(() => undefined);
    }
    return [program.name];
  };
  const isServing = await createHealthProbe();
  const late = await Promise.all([
    waitFor(programs.gateway, isGatewayReady),
    ...programs.services.map((service) => waitFor(service, isServing)),
  ]);
  return late.flat();
}

async function isGatewayReady({ port }: Program): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}:${port}/readyz`, { signal: AbortSignal.timeout(attemptMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** grpc-js is loaded when the programs are starting already. */
async function createHealthProbe(): Promise<(program: Program) => Promise<boolean>> {
  const { Client, credentials } = await import('@grpc/grpc-js');
  const asIs = (bytes: Buffer): Buffer => bytes;
  return ({ port }) =>
    new Promise((resolve) => {
      const client = new Client(`${host}:${port}`, credentials.createInsecure(), { 'grpc.enable_channelz': 0 });
      const deadline = Date.now() + attemptMs;
      client.makeUnaryRequest<Buffer, Buffer>(
        '/grpc.health.v1.Health/Check',
        asIs,
        asIs,
        Buffer.alloc(0),
        { deadline },
        (error, response) => {
          client.close();
          resolve(error === null && response !== undefined && serving.equals(response));
        },
      );
    });
}
