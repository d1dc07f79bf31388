import { ConnectionFault } from '../connection-fault.ts';
import { ErrorCode } from '../frames.ts';
import { huffmanCodeLengths } from './huffman-code-lengths.ts';

/**
 * A walk down the code's tree in steps of four bits: `steps[node * 16 + bits]` holds the node reached in its low byte,
 * and a byte that was completed on the way in the next one, if `emits` is set. No code is shorter than five bits, so a
 * step completes one byte at most.
 */
interface HuffmanTables {
  readonly codes: Uint32Array;
  readonly steps: Uint32Array;
  /** Nodes where a text may end: nothing but ones, seven at most, since its last byte (RFC 7541, section 5.2). */
  readonly mayEnd: Uint8Array;
}

const emits = 0x10000;
const fails = 0x20000;
const root = 0;

let tables: HuffmanTables | undefined;

/** Decodes into `target`, which must have room for 8 / 5 of the length; gives the number of bytes written. */
export function huffmanDecode(source: Uint8Array, start: number, end: number, target: Uint8Array): number {
  tables ??= buildTables();
  const { steps, mayEnd } = tables;
  let node = root;
  let written = 0;
  for (let at = start; at < end; at++) {
    const byte = source[at] ?? 0;
    const first = steps[(node << 4) | (byte >> 4)] ?? fails;
    if (first & emits) target[written++] = first >> 8;
    const second = steps[((first & 0xff) << 4) | (byte & 15)] ?? fails;
    if (second & emits) target[written++] = second >> 8;
    if ((first | second) & fails) throw new ConnectionFault(ErrorCode.COMPRESSION_ERROR, 'EOS inside Huffman text');
    node = second & 0xff;
  }
  if (mayEnd[node] === 0) throw new ConnectionFault(ErrorCode.COMPRESSION_ERROR, 'bad padding of Huffman text');
  return written;
}

/** Bytes that the text takes as Huffman code; its characters are bytes (latin1). */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += huffmanCodeLengths[text.charCodeAt(i)] ?? 0;
  return (bits + 7) >> 3;
}

/** Writes the text's code at `at`; gives the position after it. */
export function huffmanEncode(text: string, target: Uint8Array, at: number): number {
  tables ??= buildTables();
  const { codes } = tables;
  let position = at;
  let pending = 0;
  let pendingBits = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    const code = codes[byte] ?? 0;
    // At most seven bits are pending and a code has up to 30: in two halves they always fit into 32.
    for (let left = huffmanCodeLengths[byte] ?? 0; left > 0; ) {
      const take = left > 16 ? left - 16 : left;
      left -= take;
      pending = (pending << take) | ((code >>> left) & ((1 << take) - 1));
      pendingBits += take;
      while (pendingBits >= 8) {
        pendingBits -= 8;
        target[position++] = pending >>> pendingBits;
      }
      pending &= (1 << pendingBits) - 1;
    }
  }
  if (pendingBits > 0) target[position++] = (pending << (8 - pendingBits)) | (0xff >> pendingBits);
  return position;
}

function buildTables(): HuffmanTables {
  const codes = canonicalCodes();
  const { children, leaf } = buildTree(codes);
  const steps = new Uint32Array(256 * 16);
  for (let node = 0; node < 256; node++) {
    for (let bits = 0; bits < 16; bits++) steps[(node << 4) | bits] = walk(children, leaf, node, bits);
  }
  const mayEnd = new Uint8Array(256);
  for (let node = root, ones = 0; ones <= 7; ones++) {
    mayEnd[node] = 1;
    node = children[node * 2 + 1] ?? 0;
  }
  return { codes, steps, mayEnd };
}

function canonicalCodes(): Uint32Array {
  const codes = new Uint32Array(256);
  let code = 0;
  for (let length = 5; length <= 30; length++) {
    for (let byte = 0; byte < 256; byte++) if (huffmanCodeLengths[byte] === length) codes[byte] = code++;
    code = (code << 1) >>> 0;
  }
  return codes;
}

/** `children[2 * node + bit]` is an inner node's number or, past 255, `leaf + byte`; 0 where only EOS would be. */
function buildTree(codes: Uint32Array): { children: Uint16Array; leaf: number } {
  const leaf = 256;
  const children = new Uint16Array(2 * 256);
  let nodes = 1;
  for (let byte = 0; byte < 256; byte++) {
    const length = huffmanCodeLengths[byte] ?? 0;
    const code = codes[byte] ?? 0;
    let node = root;
    for (let bit = length - 1; bit > 0; bit--) {
      const slot = node * 2 + ((code >>> bit) & 1);
      if (children[slot] === 0) children[slot] = nodes++;
      node = children[slot] ?? 0;
    }
    children[node * 2 + (code & 1)] = leaf + byte;
  }
  return { children, leaf };
}

function walk(children: Uint16Array, leaf: number, from: number, bits: number): number {
  let node = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = children[node * 2 + ((bits >> bit) & 1)] ?? 0;
    if (next === 0) return fails;
    if (next >= leaf) {
      emitted = emits | ((next - leaf) << 8);
      node = root;
    } else {
      node = next;
    }
  }
  return emitted | node;
}
