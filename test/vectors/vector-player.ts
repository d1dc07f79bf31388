import { createUpstream, type Upstream, type UpstreamOptions } from '../../gateway/index.ts';
import type { Observed } from './compare.ts';
import { startGateway } from './gateway-under-test.ts';
import { exchange, requestBytes } from './raw-client.ts';
import { ScriptedBackend, scriptKey } from './scripted-backend.ts';
import type { VectorAnswer, VectorRequest } from './vector.ts';

/** Plays both ends of a gateway, one exchange at a time: its upstream, which is scripted, and its client. */
export class VectorPlayer {
  readonly #backend = new ScriptedBackend();
  #upstream: Upstream | undefined;
  #gateway: Awaited<ReturnType<typeof startGateway>> | undefined;
  #script = 0;
  #callsUnderWay = 0;
  #whenIdle: () => void = () => undefined;

  async start(transport: UpstreamOptions['transport']): Promise<void> {
    this.#upstream = createUpstream(await this.#backend.listen(), { transport });
    this.#gateway = await startGateway(this.#watched(this.#upstream));
  }

  async close(): Promise<void> {
    await this.#gateway?.app.close();
    await this.#upstream?.close(0);
    await this.#backend.close();
  }

  /** Resolves when the response is there to the last byte and every call that came of the request is over. */
  async play(request: VectorRequest, answer: VectorAnswer): Promise<Observed> {
    if (this.#gateway === undefined) throw new Error('not started');
    this.#script += 1;
    const calls = this.#backend.script(String(this.#script), answer);
    const response = await exchange(this.#gateway.port, requestBytes(request), request.method);
    if (this.#callsUnderWay > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    return { calls, response };
  }

  /** Marks every call with the script under way, and knows when all of them are over. */
  #watched(inner: Upstream): Upstream {
    return {
      start: (request, listener) => {
        this.#callsUnderWay += 1;
        return inner.start(
          { ...request, metadata: [...request.metadata, [scriptKey, String(this.#script)]] },
          {
            onHeaders: (metadata) => listener.onHeaders(metadata),
            onMessage: (message) => listener.onMessage(message),
            onDrain: () => listener.onDrain?.(),
            onStatus: (status) => {
              listener.onStatus(status);
              this.#callsUnderWay -= 1;
              if (this.#callsUnderWay === 0) this.#whenIdle();
            },
          },
        );
      },
      ready: (timeoutMs) => inner.ready(timeoutMs),
      close: (graceMs) => inner.close(graceMs),
    };
  }
}
