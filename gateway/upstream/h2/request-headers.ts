import { isMetadataName, isMetadataValue } from '../reserved-metadata.ts';
import type { Metadata } from '../upstream.ts';
import { acceptedEncodings } from './decompress.ts';
import { HpackEncoder } from './hpack/encoder.ts';

/** What is the same for all requests of a connection. */
export interface RequestDefaults {
  readonly scheme: 'http' | 'https';
  readonly authority: string;
}

/** The headers that do not change between calls of a method, encoded; they hold while the table is at that version. */
interface MethodBlock {
  version: number;
  bytes: Uint8Array;
}

const userAgent = 'protogate';
const maxMethods = 10_000;

/** Encodes the headers of requests (PROTOCOL-HTTP2.md, Requests); result: `block` up to `length`. */
export class RequestHeaders {
  readonly #encoder = new HpackEncoder();
  readonly #defaults: RequestDefaults;
  readonly #methods = new Map<string, MethodBlock>();
  /** Names that have been checked: those of a gateway's metadata are few and come with every call. */
  readonly #goodNames = new Set<string>();
  #timeoutMs = -1;
  #timeout = '';

  constructor(defaults: RequestDefaults) {
    this.#defaults = defaults;
  }

  get block(): Buffer {
    return this.#encoder.bytes;
  }

  get length(): number {
    return this.#encoder.length;
  }

  setTableSize(bytes: number): void {
    this.#encoder.setTableSize(bytes);
  }

  encode(path: string, timeoutMs: number | undefined, metadata: Metadata): void {
    this.#encoder.begin();
    this.#methodBlock(path);
    if (timeoutMs !== undefined) this.#encoder.field('grpc-timeout', this.#timeoutText(timeoutMs));
    // By index: an iterator a call would be garbage.
    for (let i = 0; i < metadata.length; i++) {
      const entry = metadata[i];
      if (entry !== undefined) this.#metadataField(entry[0], entry[1]);
    }
  }

  #metadataField(name: string, value: string): void {
    if (!this.#goodNames.has(name)) {
      if (!isMetadataName(name)) return;
      if (this.#goodNames.size >= maxMethods) this.#goodNames.clear();
      this.#goodNames.add(name);
    }
    if (isMetadataValue(value)) this.#encoder.field(name, value);
  }

  /** In the steady state of a connection these headers are seven bytes, copied from the last call of the method. */
  #methodBlock(path: string): void {
    const known = this.#methods.get(path);
    if (known !== undefined && known.version === this.#encoder.version) {
      this.#encoder.append(known.bytes);
      return;
    }
    const start = this.#encoder.length;
    const before = this.#encoder.version;
    this.#encoder.field(':method', 'POST');
    this.#encoder.field(':scheme', this.#defaults.scheme);
    this.#encoder.field(':path', path);
    this.#encoder.field(':authority', this.#defaults.authority);
    this.#encoder.field('te', 'trailers');
    this.#encoder.field('content-type', 'application/grpc');
    this.#encoder.field('user-agent', userAgent);
    this.#encoder.field('grpc-accept-encoding', acceptedEncodings);
    if (this.#encoder.version !== before) return;
    if (this.#methods.size >= maxMethods) this.#methods.clear();
    const bytes = Uint8Array.from(this.#encoder.bytes.subarray(start, this.#encoder.length));
    this.#methods.set(path, { version: before, bytes });
  }

  /** At most eight digits (PROTOCOL-HTTP2.md, Timeout); rounded up, so that this side ends the call first. */
  #timeoutText(timeoutMs: number): string {
    const rounded = Math.ceil(timeoutMs);
    if (rounded !== this.#timeoutMs) {
      this.#timeoutMs = rounded;
      this.#timeout = rounded < 1e8 ? `${rounded}m` : `${Math.min(99_999_999, Math.ceil(rounded / 1000))}S`;
    }
    return this.#timeout;
  }
}
