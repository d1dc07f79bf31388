import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConnectionFault } from '../connection-fault.ts';
import { HpackDecoder } from './decoder.ts';
import type { HeaderField } from './static-table.ts';

function decode(decoder: HpackDecoder, hex: string): HeaderField[] {
  const fields: HeaderField[] = [];
  const block = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  decoder.decode(block, 0, block.length, { onField: (field) => fields.push(field) });
  return fields;
}

const firstRequest: readonly HeaderField[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'www.example.com'],
];
const secondRequest: readonly HeaderField[] = [...firstRequest, ['cache-control', 'no-cache']];
const thirdRequest: readonly HeaderField[] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/index.html'],
  [':authority', 'www.example.com'],
  ['custom-key', 'custom-value'],
];
const firstResponse: readonly HeaderField[] = [
  [':status', '302'],
  ['cache-control', 'private'],
  ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
  ['location', 'https://www.example.com'],
];
const secondResponse: readonly HeaderField[] = [[':status', '307'], ...firstResponse.slice(1)];
const thirdResponse: readonly HeaderField[] = [
  [':status', '200'],
  ['cache-control', 'private'],
  ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
  ['location', 'https://www.example.com'],
  ['content-encoding', 'gzip'],
  ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
];

interface Example {
  readonly name: string;
  readonly tableBytes?: number;
  readonly blocks: readonly (readonly [hex: string, fields: readonly HeaderField[]])[];
}

/** RFC 7541, appendix C. */
const examples: readonly Example[] = [
  {
    name: 'C.2.1 literal with indexing',
    blocks: [
      ['400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', [['custom-key', 'custom-header']]],
      ['be', [['custom-key', 'custom-header']]],
    ],
  },
  {
    name: 'C.2.2 literal without indexing',
    blocks: [['040c 2f73 616d 706c 652f 7061 7468', [[':path', '/sample/path']]]],
  },
  {
    name: 'C.2.3 literal never indexed',
    blocks: [['1008 7061 7373 776f 7264 0673 6563 7265 74', [['password', 'secret']]]],
  },
  { name: 'C.2.4 indexed', blocks: [['82', [[':method', 'GET']]]] },
  {
    name: 'C.3 requests without Huffman coding',
    blocks: [
      ['8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', firstRequest],
      ['8286 84be 5808 6e6f 2d63 6163 6865', secondRequest],
      ['8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65', thirdRequest],
    ],
  },
  {
    name: 'C.4 requests with Huffman coding',
    blocks: [
      ['8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', firstRequest],
      ['8286 84be 5886 a8eb 1064 9cbf', secondRequest],
      ['8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf', thirdRequest],
    ],
  },
  {
    name: 'C.5 responses without Huffman coding, with eviction',
    tableBytes: 256,
    blocks: [
      [
        `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d
         546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`.replaceAll('\n', ''),
        firstResponse,
      ],
      ['4803 3330 37c1 c0bf', secondResponse],
      [
        `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
         6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
         2076 6572 7369 6f6e 3d31`.replaceAll('\n', ''),
        thirdResponse,
      ],
    ],
  },
  {
    name: 'C.6 responses with Huffman coding, with eviction',
    tableBytes: 256,
    blocks: [
      [
        `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7
         8f0b 97c8 e9ae 82ae 43d3`.replaceAll('\n', ''),
        firstResponse,
      ],
      ['4883 640e ffc1 c0bf', secondResponse],
      [
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
         dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`.replaceAll('\n', ''),
        thirdResponse,
      ],
    ],
  },
];

describe('RFC 7541, appendix C', () => {
  for (const { name, tableBytes, blocks } of examples) {
    test(name, () => {
      const decoder = new HpackDecoder(tableBytes);
      for (const [hex, fields] of blocks) assert.deepEqual(decode(decoder, hex), fields);
    });
  }
});

test('an indexed header is the same object each time', () => {
  const decoder = new HpackDecoder();
  const [first] = decode(decoder, '4001 6101 62');
  assert.equal(decode(decoder, 'be')[0], first);
});

test('the table shrinks when told so before the first field', () => {
  const decoder = new HpackDecoder();
  decode(decoder, '4001 6101 62');
  assert.deepEqual(decode(decoder, '20 3fe11f 82'), [[':method', 'GET']]);
  assert.throws(() => decode(decoder, 'be'), { message: 'index 62 is not in the table' });
});

const broken: readonly (readonly [name: string, hex: string, message: string])[] = [
  ['index 0', '80', 'index 0 is not in the table'],
  ['index past the tables', 'c0', 'index 64 is not in the table'],
  ['name index past the tables', '7f00 0161', 'index 63 is not in the table'],
  ['integer without an end', 'ff', 'block ends too early'],
  ['integer too large', 'ffffffffff7f', 'integer too large'],
  ['nothing after a literal', '40', 'block ends too early'],
  ['text past the end', '4005 6162', 'text past the end of the block'],
  ['table size past the limit', '3fe21f', 'table size past the limit'],
  ['table size after a field', '8220', 'table size after a field'],
  ['Huffman padding of zeros', '0081 00 0161', 'bad padding of Huffman text'],
  ['Huffman padding of a whole byte', '0082 1fff 0161', 'bad padding of Huffman text'],
  ['Huffman EOS', '0084 ffffffff 0161', 'EOS inside Huffman text'],
  ['upper case in a name', '0001 41 0161', 'malformed header name'],
  ['no name', '0000 0161', 'malformed header name'],
  ['a space in a name', '0003 612062 0161', 'malformed header name'],
  ['a line break in a value', '0001 61 030d0a62', 'malformed header value'],
];

describe('blocks that end the connection', () => {
  for (const [name, hex, message] of broken) {
    test(name, () => {
      assert.throws(
        () => decode(new HpackDecoder(), hex),
        (error) => {
          assert.ok(error instanceof ConnectionFault);
          assert.equal(error.message, message);
          return true;
        },
      );
    });
  }
});

test('any bytes are fields or a ConnectionFault', () => {
  const decoder = new HpackDecoder();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        const fields = decode(decoder, Buffer.from(bytes).toString('hex'));
        assert.ok(fields.length <= bytes.length);
      } catch (error) {
        assert.ok(error instanceof ConnectionFault, String(error));
      }
    }),
    { numRuns: 3000 },
  );
});
