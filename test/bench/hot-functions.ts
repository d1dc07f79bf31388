/** A CPU profile as V8 writes it (--cpu-prof). */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Node ids, one a sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
  /** Microseconds of the machine's monotonic clock, as process.hrtime tells it. */
  readonly startTime: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** From 0. */
    readonly lineNumber: number;
  };
}

export interface HotFunction {
  readonly name: string;
  /** "gateway/http/route.ts:12", "node:net:700"; empty for V8's own. */
  readonly place: string;
  readonly selfMicros: number;
}

/**
 * Time spent in each function itself since `from` (microseconds of the monotonic clock), the most first; all its calls
 * together. Idle time is left out.
 */
export function hotFunctions(profile: CpuProfile, root: string, from: number): HotFunction[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const functions = new Map<string, HotFunction>();
  let time = profile.startTime;
  for (const [index, sample] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0;
    time += delta;
    const node = nodes.get(sample);
    if (time < from || node === undefined || node.callFrame.functionName === '(idle)') continue;
    const { functionName, url, lineNumber } = node.callFrame;
    const name = functionName === '' ? '(anonymous)' : functionName;
    const place = url === '' ? '' : `${url.replace(`file://${root}/`, '')}:${lineNumber + 1}`;
    const key = `${name} ${place}`;
    const selfMicros = (functions.get(key)?.selfMicros ?? 0) + delta;
    functions.set(key, { name, place, selfMicros });
  }
  return [...functions.values()].toSorted((left, right) => right.selfMicros - left.selfMicros);
}

/** The same by owner: a folder of the gateway, a package, Node itself, or V8's own work such as (garbage collector). */
export function timeByOwner(functions: readonly HotFunction[]): [string, number][] {
  const owners = new Map<string, number>();
  for (const { name, place, selfMicros } of functions) {
    const owner = ownerOf(name, place);
    owners.set(owner, (owners.get(owner) ?? 0) + selfMicros);
  }
  return [...owners].toSorted(([, left], [, right]) => right - left);
}

function ownerOf(name: string, place: string): string {
  if (place === '') return name.startsWith('(') ? name : 'native functions';
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(place)?.[1];
  if (dependency !== undefined) return dependency;
  if (place.startsWith('node:')) return 'node';
  return place.split('/').slice(0, 2).join('/');
}
