import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says of a process and its children together (the workers of a gateway count too). */
export interface ProcessFigures {
  /** User and system time since the start, in microseconds. */
  readonly cpuMicros: number;
  readonly residentBytes: number;
}

interface ProcessStat {
  readonly parent: number;
  readonly ticks: number;
}

const microsPerTick = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export function processFigures(pid: number): ProcessFigures {
  const family = familyOf(pid);
  return {
    cpuMicros: family.reduce((sum, member) => sum + (readStat(member)?.ticks ?? 0), 0) * microsPerTick,
    residentBytes: family.reduce((sum, member) => sum + residentBytes(member), 0),
  };
}

/** Fields 4, 14 and 15 of /proc/PID/stat, proc(5). The command in field 2 may hold spaces and brackets. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

function readStat(pid: number): ProcessStat | undefined {
  const text = readProc(pid, 'stat');
  return text === undefined ? undefined : parseStat(text);
}

function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readProc(pid, 'status') ?? '');
  return Number(line?.[1] ?? 0) * 1024;
}

/** The process, its children, their children. */
function familyOf(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), readStat(Number(name))?.parent] as const),
  );
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

/** Undefined when the process has ended meanwhile. */
function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
