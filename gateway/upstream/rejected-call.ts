import type { Call, CallListener, CallStatus } from './upstream.ts';

/** A call that never begins: its status follows as soon as the caller's own code has run. */
export function rejectCall(listener: CallListener, status: CallStatus): Call {
  queueMicrotask(() => listener.onStatus(status));
  return endedCall;
}

const endedCall: Call = {
  send: () => true,
  end() {},
  cancel() {},
  pause() {},
  resume() {},
};
