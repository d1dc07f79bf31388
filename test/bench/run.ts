// npm run bench: measures Protogate beside its peers, and writes RESULTS.md and results.svg.
// npm run bench -- --quick: in about a minute, into .data/bench.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawChart } from './chart.ts';
import { measureAll } from './measure-all.ts';
import { fullPlan, loadCore, quickPlan } from './plan.ts';
import { Processes } from './processes.ts';
import { writeReport } from './report.ts';
import { dataFolder, missingNeeds, repository } from './tools.ts';

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const missing = await missingNeeds();
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`);
    process.exitCode = 2;
    return;
  }
  // This process samples while others measure: it keeps off the gateway's core.
  execFileSync('taskset', ['-cp', String(loadCore), String(process.pid)], { stdio: 'ignore' });
  await mkdir(dataFolder, { recursive: true });
  const processes = new Processes();
  try {
    const results = await measureAll(processes, values.quick ? quickPlan : fullPlan);
    const folder = values.quick ? dataFolder : import.meta.dirname;
    const report = writeReport(results);
    await writeFile(join(folder, 'RESULTS.md'), report);
    await writeFile(join(folder, 'results.svg'), drawChart(results));
    process.stdout.write(`${report}\nWritten to ${folder.replace(`${repository}/`, '')}/RESULTS.md\n`);
  } finally {
    await processes.stopAll();
  }
}
