/** What travels through the queue. */
export interface QueueMessage {
  readonly body: string;
  /** Trace headers of the request that the message comes from. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A durable queue: RabbitMQ in a cluster, a file on one machine. */
export interface MessageQueue {
  /** Makes sure that the queue can be reached, and exists. */
  open(): Promise<void>;
  /** Resolves once all of the messages are kept durably; after a failure none is, or all may be. */
  publish(messages: readonly QueueMessage[]): Promise<void>;
  /**
   * Hands over messages, oldest first, one batch at a time. A batch is acknowledged when `handle` resolves, and comes
   * again when it rejects: handling must bear repetition. `failed` hears of every failure; the next attempt follows by itself.
   */
  consume(handle: (messages: readonly QueueMessage[]) => Promise<void>, failed: (error: unknown) => void): Consumption;
  close(): Promise<void>;
}

export interface Consumption {
  /** Resolves when no batch is under way any more and none will follow. */
  stop(): Promise<void>;
}
