import { create, type DescMessage, type Message, type MessageInitShape } from '@bufbuild/protobuf';

/** Makes a message from a message or a plain object with some of its fields. */
export type MakeMessage = (init: object) => Message;

/**
 * protobuf-es's `create` reads `init[name]`, inherited members included: an unset field called `has_own_property`,
 * `is_prototype_of`, `property_is_enumerable` or `to_locale_string` would get a function as its value. This one does not.
 *
 * @returns `create` itself unless the type, or one that it contains, has such a field
 */
export function createMaker(type: DescMessage): MakeMessage {
  if (!hasInheritedName(type, new Set())) return (init) => create(type, init as MessageInitShape<DescMessage>);
  return (init) => create(type, ownMembers(init) as MessageInitShape<DescMessage>);
}

function hasInheritedName(type: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  return (
    type.members.some(({ localName }) => localName in Object.prototype) ||
    type.fields.some(({ message }) => message && hasInheritedName(message, seen))
  );
}

/** A deep copy without prototypes. Messages in it are not copied. */
function ownMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ownMembers);
  if (!isPlainObject(value) || isMessage(value)) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(value)) copy[name] = ownMembers(member);
  return copy;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

const isMessage = (value: object): value is Message => '$typeName' in value;
