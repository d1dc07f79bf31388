import type { DescMessage, Registry } from '@bufbuild/protobuf';
import { hasOwnJsonForm } from '../well-known-types.ts';
import type { JsonReader } from './json-reader.ts';
import { messageReader, type ReadContext, type ReadMessage } from './read-field.ts';
import { readString } from './read-string.ts';

const quote = 0x22;
const openBrace = 0x7b;

/** Tags of google.protobuf.Any. */
const tags = { typeUrl: 0x0a, value: 0x12 } as const;

/** {"@type": url, …} as google.protobuf.Any; {}, and one of unknown fields if those are ignored, as an empty one. */
export function anyReader(registry: Registry, context: ReadContext): ReadMessage {
  return (json, wire) => {
    if (json.bytes[json.position] !== openBrace) json.expected('an object with "@type"');
    json.enter();
    const objectPosition = json.position;
    const typeKey = findKey(json, '@type', context.options.unknownFields === 'ignore');
    if (typeKey >= 0) {
      json.memberValue();
      if (json.bytes[json.position] !== quote) json.expected('a type URL');
      const type = findType(json, registry);
      wire.byte(tags.typeUrl);
      readString(json, wire);
      const valueStart = wire.position;
      wire.byte(tags.value);
      json.position = objectPosition;
      json.addAny(objectPosition, typeKey);
      const read = context.messageReader(type);
      messageReader(hasOwnJsonForm(type) ? valueMember(type, read, context) : read).read(json, wire);
      // A tag and a length of 0: an empty value is left out, as everywhere, so that equal messages have equal bytes.
      if (wire.position === valueStart + 2) wire.position = valueStart;
    }
    json.leave();
  };
}

/**
 * Looks for a key in an object; moves behind it, or, if it is not there, behind the object. Returns its position, or -1
 * where it may be missing: in an empty object, and in others if `isOptional`.
 */
function findKey(json: JsonReader, name: string, isOptional: boolean): number {
  const objectPosition = json.position;
  let isEmpty = true;
  for (let more = json.openObject(); more; more = json.nextMember()) {
    const position = json.position;
    if (json.text() === name) return position;
    json.memberValue();
    json.skipValue();
    isEmpty = false;
  }
  return isEmpty || isOptional ? -1 : json.fail(`"${name}" is required`, objectPosition);
}

/** The type whose URL is the next value; the reader stays. The URL has at least one "/" (google/protobuf/any.proto). */
function findType(json: JsonReader, registry: Registry): DescMessage {
  const { position } = json;
  const url = json.text();
  json.position = position;
  const slash = url.lastIndexOf('/');
  if (slash < 0) json.fail('a type URL has to have a "/"');
  return (
    registry.getMessage(url.slice(slash + 1)) ?? json.fail(`there is no type ${JSON.stringify(url.slice(0, 200))}`)
  );
}

/** Reads {"@type": url, "value": …}. */
function valueMember(type: DescMessage, read: ReadMessage, { options }: ReadContext): ReadMessage {
  return (json, wire) => {
    const objectPosition = json.position;
    let valuePosition = -1;
    for (let more = json.openObject(); more; more = json.nextMember()) {
      const keyPosition = json.position;
      const key = json.text();
      json.memberValue();
      if (key === 'value') {
        if (valuePosition >= 0) json.failAtKey('comes twice', keyPosition);
        valuePosition = json.position;
      } else if (!json.isTypeKey(objectPosition, keyPosition) && options.unknownFields === 'reject') {
        json.failAtKey(`${type.typeName} in an Any has only "value"`, keyPosition);
      }
      json.skipValue();
    }
    const after = json.position;
    if (valuePosition >= 0) {
      json.position = valuePosition;
      read(json, wire);
      json.position = after;
    } else if (type.typeName !== 'google.protobuf.Empty') json.fail('"value" is required', objectPosition);
  };
}
