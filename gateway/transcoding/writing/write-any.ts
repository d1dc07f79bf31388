import { type Registry, ScalarType } from '@bufbuild/protobuf';
import { hasOwnJsonForm } from '../well-known-types.ts';
import { token } from './json-writer.ts';
import type { WireReader, WriteMessage } from './wire-reader.ts';
import type { WriteContext } from './write-field.ts';
import { messageWriter } from './write-message.ts';
import { scalarKind } from './write-scalar.ts';
import { valuePlan } from './write-submessage.ts';

const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const typeToken = token('{"@type":');
const valueToken = token(',"value":');

/** {"@type": url, …the packed message's fields}, or {"@type": url, "value": …} where that has a JSON form of its own. */
export function anyWriter(registry: Registry, context: WriteContext): WriteMessage {
  const plans = [valuePlan(1, scalarKind(ScalarType.STRING, true)), valuePlan(2, scalarKind(ScalarType.BYTES, true))];
  return messageWriter(plans, (wire, json, end, first) => {
    const url = wire.seek(first) ? wire.text(end) : '';
    if (url === '') {
      json.byte(openBrace);
      json.byte(closeBrace);
      return;
    }
    const type = registry.getMessage(url.slice(url.lastIndexOf('/') + 1));
    if (type === undefined) wire.refuse(`google.protobuf.Any: there is no type "${url}"`);
    if (type === undefined || wire.discarding) return;
    const writeMessage = context.messageWriter(type);
    const length = openValue(wire, first + 2, end);
    const start = wire.position;
    json.token(typeToken);
    json.string(url);
    // protobuf-go, and so grpc-gateway, takes an Empty with "value", and writes it without.
    if (hasOwnJsonForm(type) && type.typeName !== 'google.protobuf.Empty') {
      json.token(valueToken);
      writeMessage(wire, json, start, start + length);
      json.byte(closeBrace);
      return;
    }
    const open = json.position;
    writeMessage(wire, json, start, start + length);
    if (json.position === open + 2) {
      json.position = open;
      json.byte(closeBrace);
    } else json.bytes[open] = comma;
  });
}

/** Moves to the packed message; returns its length. */
function openValue(wire: WireReader, slot: number, end: number): number {
  return wire.seek(slot) ? wire.length(end) : 0;
}
