import { defaultOptions, type ProtogateOptions } from './options.ts';

/** The options of a gateway that a request looks at, complete. */
export interface Settings {
  readonly formPosts: boolean;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly responseHeaders: ReadonlyMap<string, string>;
  readonly statusMetadata: string | undefined;
  readonly reuseBuffers: boolean;
  readonly onError: ProtogateOptions['onError'];
  readonly onOutcome: ProtogateOptions['onOutcome'];
}

export function settingsOf(options: ProtogateOptions): Settings {
  return {
    formPosts: options.formPosts ?? defaultOptions.formPosts,
    timeoutMs: options.timeoutMs ?? defaultOptions.timeoutMs,
    maxBodyBytes: options.maxBodyBytes ?? defaultOptions.maxBodyBytes,
    responseHeaders: new Map(
      Object.entries(options.responseHeaders ?? {}).map(([name, header]) => [name.toLowerCase(), header]),
    ),
    statusMetadata: options.statusMetadata?.toLowerCase(),
    reuseBuffers: options.reuseBuffers ?? defaultOptions.reuseBuffers,
    onError: options.onError,
    onOutcome: options.onOutcome,
  };
}
