import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { huffmanDecode, huffmanEncode, huffmanLength } from './huffman.ts';

function encode(text: string): Buffer {
  const bytes = Buffer.alloc(huffmanLength(text));
  assert.equal(huffmanEncode(text, bytes, 0), bytes.length);
  return bytes;
}

/** RFC 7541, appendix C.4 and C.6. */
const examples: readonly (readonly [text: string, hex: string])[] = [
  ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
  ['no-cache', 'a8eb10649cbf'],
  ['custom-key', '25a849e95ba97d7f'],
  ['custom-value', '25a849e95bb8e8b4bf'],
  ['302', '6402'],
  ['307', '640eff'],
  ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07abe941054d444a8200595040b8166e082a62d1bff'],
  ['https://www.example.com', '9d29ad171863c78f0b97c8e9ae82ae43d3'],
  ['', ''],
];

for (const [text, hex] of examples) {
  test(`"${text}" is ${hex}`, () => {
    assert.equal(encode(text).toString('hex'), hex);
  });
}

test('every text of bytes comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const encoded = encode(Buffer.from(bytes).toString('latin1'));
      const decoded = Buffer.alloc(Math.ceil((encoded.length * 8) / 5));
      const length = huffmanDecode(encoded, 0, encoded.length, decoded);
      assert.deepEqual(Uint8Array.from(decoded.subarray(0, length)), bytes);
    }),
  );
});
