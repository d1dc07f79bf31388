import type { Upstream } from '../../gateway/upstream/upstream.ts';

export interface RecordedCall {
  /** "/package.Service/Method" */
  readonly path: string;
  /** Wire bytes of the requests, in order. */
  readonly messages: readonly Uint8Array[];
}

export interface RecordingUpstream extends Upstream {
  /** Every call that was half-closed, in order. */
  readonly calls: RecordedCall[];
}

/** Answers every call with one empty message. */
export function createRecordingUpstream(): RecordingUpstream {
  const calls: RecordedCall[] = [];
  return {
    calls,
    start: ({ path, message }, listener) => {
      const messages: Uint8Array[] = [];
      const answer = (): void => {
        calls.push({ path, messages });
        queueMicrotask(() => {
          listener.onHeaders([]);
          listener.onMessage(new Uint8Array());
          listener.onStatus({ code: 0, message: '', details: [], trailers: [] });
        });
      };
      if (message !== undefined) {
        messages.push(message);
        answer();
      }
      return {
        send: (more) => messages.push(more) > 0,
        end: answer,
        cancel: () => {},
        pause: () => {},
        resume: () => {},
      };
    },
    ready: async () => true,
    close: async () => {},
  };
}
