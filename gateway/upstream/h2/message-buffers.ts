/** The smallest buffer, and the steps: each class holds buffers twice as large as those of the one before. */
const smallestBytes = 16 * 1024;
const classCount = 12;
/** What is kept for the next messages, in all. */
const maxKeptBytes = 8 * 1024 * 1024;

/** Buffers for messages that arrive in pieces and are read where they lie: used again, message after message. */
export class MessageBuffers {
  readonly #free: Buffer[][] = Array.from({ length: classCount }, () => []);
  #keptBytes = 0;

  /** A buffer of at least so many bytes. */
  acquire(bytes: number): Buffer {
    const index = classOf(bytes);
    const kept = this.#free[index]?.pop();
    if (kept === undefined) return Buffer.allocUnsafeSlow(Math.max(bytes, smallestBytes << index));
    this.#keptBytes -= kept.length;
    return kept;
  }

  /** Takes a buffer back that nobody reads any more. */
  release(buffer: Buffer): void {
    if (this.#keptBytes + buffer.length > maxKeptBytes) return;
    const index = classOf(buffer.length);
    if (buffer.length !== smallestBytes << index) return;
    this.#keptBytes += buffer.length;
    this.#free[index]?.push(buffer);
  }
}

function classOf(bytes: number): number {
  const index = 32 - Math.clz32(Math.max(0, bytes - 1) >>> 14);
  return Math.min(index, classCount - 1);
}
