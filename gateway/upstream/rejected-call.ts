import { localStatus } from './local-status.ts';
import type { Call, CallListener } from './upstream.ts';

/** A call that never begins: its status follows as soon as the caller's own code has run. */
export function rejectCall(listener: CallListener, code: number, message: string): Call {
  queueMicrotask(() => listener.onStatus(localStatus(code, message)));
  return endedCall;
}

const endedCall: Call = {
  send: () => true,
  end() {},
  cancel() {},
  pause() {},
  resume() {},
};
