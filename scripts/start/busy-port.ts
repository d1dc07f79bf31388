import { createServer } from 'node:net';
import { host, type Program } from './programs.ts';

/** The first program whose port something else has; undefined when all are free. */
export async function findBusyPort(programs: readonly Program[]): Promise<Program | undefined> {
  const free = await Promise.all(programs.map(({ port }) => isFree(port)));
  return programs.find((_program, index) => !free[index]);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
