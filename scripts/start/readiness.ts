import { setTimeout as pause } from 'node:timers/promises';
import { host, type Program, type Programs } from './programs.ts';

const pollMs = 50;
const attemptMs = 1_000;

/** A HealthCheckResponse with status SERVING, on the wire. */
const serving = Buffer.from([0x08, 0x01]);

export interface ReadinessOptions {
  readonly limitMs: number;
  /** Whether the program has said that it listens. */
  readonly isListening: (program: Program) => boolean;
  readonly signal: AbortSignal;
}

/**
 * Resolves when every service answers SERVING to grpc.health.v1 and then the gateway's /readyz answers 200; with the names
 * of those that are not ready when the time is over. Nobody connects to a port before its program listens: such a
 * connection may be made with itself (the services' ports are among those that clients get), and then it is the port's.
 */
export async function waitUntilReady(programs: Programs, options: ReadinessOptions): Promise<string[]> {
  const { limitMs, isListening, signal } = options;
  const end = performance.now() + limitMs;
  const waitFor = async (program: Program, isReady: (program: Program) => Promise<boolean>): Promise<string[]> => {
    while (!signal.aborted && performance.now() < end) {
      if (isListening(program) && (await isReady(program))) return [];
      await pause(pollMs, undefined, { signal }).catch(() => undefined);
    }
    return [program.name];
  };
  const isServing = await createHealthProbe();
  const late = await Promise.all(programs.services.map((service) => waitFor(service, isServing)));
  return [...late.flat(), ...(await waitFor(programs.gateway, isGatewayReady))];
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
