import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runWorker } = await import('./program/workers/run-worker.ts');
runWorker();
