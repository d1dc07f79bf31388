import { fewConnections, usualConnections } from './plan.ts';

/** One kind of request. */
export interface Shape {
  readonly name: string;
  readonly title: string;
  readonly path: string;
  readonly connections: number;
  /** JSON that is posted; a GET when absent. */
  readonly body?: string;
}

export const greeting: Shape = {
  name: 'greeting',
  title: 'Greeting: 1.5 KB answer',
  path: '/api/v1/greeting',
  connections: usualConnections,
};

export const echo: Shape = {
  name: 'echo',
  title: 'Echo: 2 KB of nested JSON both ways',
  path: '/api/v1/orders:echo',
  connections: usualConnections,
  body: JSON.stringify(order()),
};

export const list: Shape = { ...items(1_000), name: 'list', title: 'List: 113 KB answer, 1,000 items' };

/** The shapes of the main table. */
export const shapes: readonly Shape[] = [greeting, echo, list];

/** A list answer with `count` items of 113 bytes on average. */
export function items(count: number): Shape {
  return {
    name: `items-${count}`,
    title: `${count} items`,
    path: `/api/v1/items/${count}`,
    connections: fewConnections,
  };
}

/** A server stream of `count` messages. */
export function stream(count: number): Shape {
  return {
    name: `stream-${count}`,
    title: `Stream of ${count} messages`,
    path: `/api/v1/stream/${count}`,
    connections: fewConnections,
  };
}

/** Every field has a value that is not the default, so that all gateways write the same JSON. */
function order(): object {
  const address = { street: '12 Harbour Street', city: 'Göteborg', postalCode: '411 04', country: 'SE' };
  return {
    id: '5f0c6a52-3d5b-4c3e-8a0f-0d5f5a1c9e77',
    customer: {
      id: 'customer-001942',
      name: 'Åsa Lindqvist',
      email: 'asa.lindqvist@mail.example',
      billing: address,
      shipping: { ...address, street: '7 Mill Lane' },
    },
    lines: Array.from({ length: 9 }, (_, index) => ({
      sku: `SKU-${10_000 + index * 37}`,
      title: `Line ${index + 1}: "blue" paper, 80 g, A${index % 5}`,
      quantity: index + 1,
      priceCents: String(1_999 + index * 250),
      weight: 0.375 + index,
      gift: true,
      tags: ['paper', 'office', `shelf-${index}`],
    })),
    labels: { channel: 'web', campaign: 'autumn', warehouse: 'north-2' },
    state: 'ORDER_STATE_PAID',
    createdUnix: '1795327200',
    express: true,
    signature: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ',
  };
}
