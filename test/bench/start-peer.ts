import type { RunningPeer } from './measure.ts';
import type { Peer } from './peers/peer.ts';
import { gatewayCore } from './plan.ts';
import { freePort, type Processes, type RunningProcess } from './processes.ts';
import { greeting } from './shapes.ts';

export interface StartedPeer extends RunningPeer {
  readonly process: RunningProcess;
  /** Milliseconds from the start of the process to its first answer of a call. */
  readonly startMillis: number;
}

/** Starts a peer on the gateway's core and waits until it has answered a call. */
export async function startPeer(processes: Processes, peer: Peer, upstreamPort: number): Promise<StartedPeer> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const begin = performance.now();
  const process = await processes.start(peer.command(port, upstreamPort), gatewayCore);
  const giveUp = begin + 20_000;
  while (!(await answers(origin + greeting.path))) {
    if (performance.now() > giveUp) throw new Error(`${peer.name} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return { peer, pid: process.pid, origin, process, startMillis: performance.now() - begin };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
