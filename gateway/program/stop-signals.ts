/**
 * Calls `stop` once, at the first sign that the program is to end: SIGTERM, SIGINT, or that the parent which holds an
 * IPC channel to it is gone. Later signs are taken as the same one (Ctrl-C reaches a child beside its parent's SIGTERM).
 */
export function onStop(stop: (why: string) => void): void {
  let stopping = false;
  const once = (why: string) => () => {
    if (stopping) return;
    stopping = true;
    stop(why);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, once(signal));
  if (process.channel) process.on('disconnect', once('the parent is gone'));
}
