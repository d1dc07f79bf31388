import type { JsonValue } from '@bufbuild/protobuf';
import type { RandomChoice } from './random-choice.ts';

/** A JSON value as text in one of the ways that it can be written: order of members, white space, escapes, forms of numbers. */
export function randomJson(choice: RandomChoice, value: JsonValue): string {
  const space = (): string => (choice.once(6) ? choice.pick([' ', '\n', '\t\r ']) : '');
  const element = (inner: JsonValue): string => `${space()}${randomJson(choice, inner)}${space()}`;
  if (typeof value === 'string') return randomString(choice, value);
  if (typeof value === 'number') return randomNumber(choice, value);
  if (Array.isArray(value)) return `[${value.map(element).join(',') || space()}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${space()}${randomString(choice, key)}${space()}:${element(member)}`,
  );
  return `{${(choice.once(3) ? choice.shuffle(members) : members).join(',') || space()}}`;
}

function randomString(choice: RandomChoice, value: string): string {
  if (!choice.once(5)) return JSON.stringify(value);
  const units = [...value].slice(0, 20).flatMap((character) => character.split(''));
  const escaped = units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const rest = JSON.stringify([...value].slice(20).join('')).slice(1);
  return `"${escaped.join('')}${rest}`;
}

function randomNumber(choice: RandomChoice, value: number): string {
  const plain = Object.is(value, -0) ? '-0' : JSON.stringify(value);
  const forms = [plain, plain, plain, value.toExponential(), value.toExponential().replace('e', 'E')];
  return choice.pick(Number.isSafeInteger(value) && value !== 0 ? [...forms, `${plain}.0`, `${plain}0e-1`] : forms);
}
