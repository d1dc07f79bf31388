import type { Settings } from '../../config/settings.ts';
import type { ProcessMetrics } from '../../telemetry/process-metrics.ts';
import type { StartFault } from '../start-fault.ts';
import type { RunningGateway } from '../start-gateway.ts';

/** What the primary tells a worker. */
export type WorkerOrder =
  /** The first one. Settings are read once, by the primary. */
  | { readonly kind: 'start'; readonly worker: number; readonly settings: Settings }
  | { readonly kind: 'reload' }
  /** Asks for "measured". */
  | { readonly kind: 'measure' }
  /** Answers "scraped". */
  | { readonly kind: 'metrics'; readonly text: string };

/** What a worker tells the primary. */
export type WorkerReport =
  | ({ readonly kind: 'listening' } & ListeningReport)
  /** It could not start, and ends. */
  | ({ readonly kind: 'refused' } & StartFault)
  | { readonly kind: 'measured'; readonly metrics: ProcessMetrics }
  /** A client wants the metrics of all; asked anew only after "metrics". */
  | { readonly kind: 'scraped' };

export type ListeningReport = Pick<RunningGateway, 'address' | 'counts'>;
