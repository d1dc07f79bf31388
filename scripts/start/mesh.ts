import type { LogOutput } from './log-output.ts';
import type { Program, Programs } from './programs.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** From the first signal on: the gateway drains for so long before the services begin to, and what is left is killed at the end. */
const gatewayDrainMs = 2_000;
const killAfterMs = 4_000;

/** The nine processes together. */
export interface Mesh {
  start(): void;
  isListening(program: Program): boolean;
  /** Gateway first, so that requests under way still find the services; then those. Takes at most four seconds. */
  stop(): Promise<void>;
}

/** @param misconfigured called when a program refuses its configuration */
export function createMesh(programs: Programs, output: LogOutput, misconfigured: () => void): Mesh {
  const gateway = new SupervisedProcess(programs.gateway, output, misconfigured);
  const services = programs.services.map((program) => new SupervisedProcess(program, output, misconfigured));
  const all = [gateway, ...services];
  return {
    start: () => {
      for (const each of all) each.start();
    },
    isListening: (program) => all.find((each) => each.program === program)?.listening === true,
    stop: async () => {
      const begun = performance.now();
      await gateway.stop(gatewayDrainMs);
      const left = killAfterMs - (performance.now() - begun);
      await Promise.all(all.map((each) => each.stop(left)));
      await Promise.all(all.map((each) => each.kill()));
    },
  };
}
