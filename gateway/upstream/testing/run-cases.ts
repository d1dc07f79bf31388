import { describe, test } from 'node:test';
import { createUpstream } from '../create-upstream.ts';
import type { Upstream } from '../upstream.ts';
import type { UpstreamOptions } from '../upstream-options.ts';
import { type EchoServer, startEchoServer } from './echo-server.ts';

/** What a case is given: upstreams of the transport under test, and a place to leave what must be stopped after it. */
export interface CaseTools {
  open(target: number | string, options?: Partial<UpstreamOptions>): Upstream;
  /** An echo server, or the like of one; stopped when the case is over. */
  startServer(): Promise<EchoServer>;
  /** Stops it when the case is over, whatever happened. */
  using<T extends { stop(): unknown }>(server: T): T;
}

export interface Case {
  readonly name: string;
  /** Looks at what the server has seen: not for a server in another process. */
  readonly inspects?: true;
  run(tools: CaseTools): Promise<void>;
}

/** Every transport passes the same cases; against another server, or with another program between, others start it. */
export function runCases(
  transport: UpstreamOptions['transport'],
  suite: string,
  cases: readonly Case[],
  startServer: () => Promise<EchoServer> = startEchoServer,
): void {
  describe(`${transport}: ${suite}`, () => {
    for (const { name, run } of cases) {
      test(name, { timeout: 60_000 }, async () => {
        const cleanUps: (() => unknown)[] = [];
        const using: CaseTools['using'] = (server) => {
          cleanUps.push(() => server.stop());
          return server;
        };
        try {
          await run({
            open(target, options) {
              const address = typeof target === 'number' ? `127.0.0.1:${target}` : target;
              const upstream = createUpstream(address, { transport, ...options });
              cleanUps.push(() => upstream.close(0));
              return upstream;
            },
            using,
            startServer: async () => using(await startServer()),
          });
        } finally {
          for (const cleanUp of cleanUps) await cleanUp();
        }
      });
    }
  });
}

/** Waits until the condition holds; the test's own time limit ends the wait otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

/** Waits until the number has stood still for a while, and returns it. */
export async function settled(read: () => number): Promise<number> {
  for (;;) {
    const before = read();
    await pause(150);
    if (read() === before) return before;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
