/**
 * Stops retries while most calls fail, so that they do not add to the load of servers in trouble
 * (https://github.com/grpc/proposal/blob/master/A6-client-retries.md, Throttling Retry Attempts and Hedged RPCs).
 */
export class RetryBudget {
  #tokens = maxTokens;

  /** Takes note of a failed attempt; true: another one may follow. */
  onFailure(): boolean {
    this.#tokens = Math.max(0, this.#tokens - 1);
    return this.#tokens > maxTokens / 2;
  }

  onSuccess(): void {
    this.#tokens = Math.min(maxTokens, this.#tokens + tokenRatio);
  }
}

const maxTokens = 100;
const tokenRatio = 0.5;
