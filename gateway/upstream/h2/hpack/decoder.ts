import { ConnectionFault } from '../connection-fault.ts';
import { ErrorCode } from '../frames.ts';
import { DynamicTable } from './dynamic-table.ts';
import { huffmanDecode } from './huffman.ts';
import { type HeaderField, staticTable } from './static-table.ts';

/** Table size of a decoder whose side has said nothing else in SETTINGS. */
export const decoderTableBytes = 4096;

export interface FieldSink {
  onField(field: HeaderField): void;
}

/**
 * Reads header blocks (RFC 7541). An entry of a table is handed out as the same object each time: a header that the
 * server indexes costs no allocation. Throws ConnectionFault, after which the connection's table is lost.
 */
export class HpackDecoder {
  readonly #maxTableBytes: number;
  readonly #dynamicTable: DynamicTable;
  #huffmanText = Buffer.allocUnsafeSlow(256);
  #block: Buffer = emptyBlock;
  #at = 0;
  #end = 0;

  constructor(maxTableBytes = decoderTableBytes) {
    this.#maxTableBytes = maxTableBytes;
    this.#dynamicTable = new DynamicTable(maxTableBytes);
  }

  /** One whole block: `block` from `start` to `end`. */
  decode(block: Buffer, start: number, end: number, sink: FieldSink): void {
    this.#block = block;
    this.#at = start;
    this.#end = end;
    this.#resizeTable();
    while (this.#at < end) sink.onField(this.#field());
    this.#block = emptyBlock;
  }

  /** Changes of the table's size stand before the first field (RFC 7541, section 4.2). */
  #resizeTable(): void {
    while (this.#at < this.#end && ((this.#block[this.#at] ?? 0) & 0xe0) === 0x20) {
      const bytes = this.#integer(0x1f);
      if (bytes > this.#maxTableBytes) throw fault('table size past the limit');
      this.#dynamicTable.resize(bytes);
    }
  }

  #field(): HeaderField {
    const byte = this.#block[this.#at] ?? 0;
    if (byte & 0x80) return this.#entry(this.#integer(0x7f));
    if (byte & 0x40) {
      const field = this.#literal(this.#integer(0x3f));
      this.#dynamicTable.add(field);
      return field;
    }
    if (byte & 0x20) throw fault('table size after a field');
    return this.#literal(this.#integer(0x0f));
  }

  #entry(index: number): HeaderField {
    const field =
      index <= staticTable.length ? staticTable[index - 1] : this.#dynamicTable.get(index - staticTable.length - 1);
    if (field === undefined) throw fault(`index ${index} is not in the table`);
    return field;
  }

  #literal(nameIndex: number): HeaderField {
    let name: string;
    if (nameIndex === 0) {
      name = this.#text();
      if (!fieldName.test(name)) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'malformed header name');
    } else {
      name = this.#entry(nameIndex)[0];
    }
    const value = this.#text();
    if (lineBreaks.test(value)) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, 'malformed header value');
    return [name, value];
  }

  #text(): string {
    const huffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(0x7f);
    const start = this.#at;
    if (length > this.#end - start) throw fault('text past the end of the block');
    this.#at += length;
    if (!huffman) return this.#block.toString('latin1', start, this.#at);
    const room = (length * 8) / 5;
    if (this.#huffmanText.length < room) this.#huffmanText = Buffer.allocUnsafeSlow(Math.ceil(room));
    const decoded = huffmanDecode(this.#block, start, this.#at, this.#huffmanText);
    return this.#huffmanText.toString('latin1', 0, decoded);
  }

  /** RFC 7541, section 5.1; the prefix is the low bits of the byte at hand. */
  #integer(prefix: number): number {
    if (this.#at >= this.#end) throw fault('block ends too early');
    let value = (this.#block[this.#at++] ?? 0) & prefix;
    if (value < prefix) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) throw fault('block ends too early');
      const byte = this.#block[this.#at++] ?? 0;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw fault('integer too large');
  }
}

const emptyBlock = Buffer.alloc(0);

/** Lower-case tokens; a colon stands before the names of HTTP/2 itself (RFC 9113, section 8.2.1). */
const fieldName = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;

const lineBreaks = /[\0\r\n]/;

function fault(message: string): ConnectionFault {
  return new ConnectionFault(ErrorCode.COMPRESSION_ERROR, message);
}
