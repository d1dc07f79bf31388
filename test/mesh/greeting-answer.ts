import assert from 'node:assert/strict';

export interface GreetingBody {
  readonly id: string;
  readonly service: string;
  readonly message: string;
  readonly created: string;
  readonly hostname: string;
}

/** All greetings of an answer: the services in order, and the body. */
export interface GreetingAnswer {
  readonly status: number;
  readonly services: readonly string[];
  readonly greetings: readonly GreetingBody[];
  /** Services that the answer says are missing. */
  readonly missing: readonly string[];
}

/** The seven in call-tree order. */
export const wholeTree = ['A', 'B', 'D', 'E', 'G', 'H', 'C'].map((letter) => `Service ${letter}`);

export async function readAnswer(response: Response): Promise<GreetingAnswer> {
  const body: unknown = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  const { greeting: greetings } = body as { greeting: GreetingBody[] };
  const header = response.headers.get('grpc-metadata-greeting-missing');
  return {
    status: response.status,
    services: greetings.map(({ service }) => service),
    greetings,
    missing: header === null ? [] : header.split(',').map((name) => name.trim()),
  };
}
