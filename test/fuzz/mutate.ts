import fc from 'fast-check';

type Edit = { readonly at: number } & (
  | { readonly kind: 'flip'; readonly bit: number }
  | { readonly kind: 'set'; readonly byte: number }
  | { readonly kind: 'insert'; readonly bytes: Uint8Array }
  | { readonly kind: 'remove'; readonly count: number }
  | { readonly kind: 'repeat'; readonly count: number }
  | { readonly kind: 'truncate' }
);

/** Places are per mille of the length, so that a smaller number is an earlier place whatever the input. */
const at = fc.integer({ min: 0, max: 999 });
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0x00, 0x0a, 0x0d, 0x20, 0x22, 0x25, 0x7f, 0x80, 0xff),
);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ at, kind: fc.constant('flip' as const), bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ at, kind: fc.constant('set' as const), byte }),
  fc.record({ at, kind: fc.constant('insert' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }) }),
  fc.record({ at, kind: fc.constant('remove' as const), count: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ at, kind: fc.constant('repeat' as const), count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ at, kind: fc.constant('truncate' as const) }),
);

/** One of the inputs with a few edits. */
export function mutated(inputs: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...inputs), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([input, edits]) => edits.reduce(applyEdit, input));
}

function applyEdit(input: Buffer, change: Edit): Buffer {
  const place = Math.floor((input.length * change.at) / 1000);
  const [before, after] = [input.subarray(0, place), input.subarray(place)];
  switch (change.kind) {
    case 'flip':
      return Buffer.concat([before, after.map((value, index) => (index === 0 ? value ^ (1 << change.bit) : value))]);
    case 'set':
      return Buffer.concat([before, Buffer.from([change.byte]), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, change.bytes, after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(change.count)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, change.count), after]);
    case 'truncate':
      return before;
  }
}
