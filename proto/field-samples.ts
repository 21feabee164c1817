import type { ScalarType } from '@bufbuild/protobuf';
import { create, type DescEnum, type DescField, type DescMessage, type Message } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage, scalarZeroValue } from '@bufbuild/protobuf/reflect';

/**
 * Messages in which one field alone is set, to its zero value and to another; a list or a map has one entry. Every rule
 * about the field is evaluated on one of them, also those that let an absent or a zero value pass.
 */
export function samplesOf(field: DescField): Message[] {
  return ([false, true] as const).map((filled) => {
    const message = reflect(field.parent, create(field.parent));
    setSample(message, field, filled);
    return message.message;
  });
}

function setSample(message: ReflectMessage, field: DescField, filled: boolean): void {
  const value = valueOf(field, filled);
  if (field.fieldKind === 'list') message.get(field).add(value);
  else if (field.fieldKind === 'map') message.get(field).set(scalarValue(field.mapKey, filled), value);
  else message.set(field, value);
}

/** What a field holds, or each entry of it. */
interface Held {
  readonly scalar?: ScalarType | undefined;
  readonly enum?: DescEnum | undefined;
  readonly message?: DescMessage | undefined;
}

function valueOf({ scalar, enum: values, message }: Held, filled: boolean): unknown {
  if (message) return reflect(message, create(message));
  if (values) return values.values.at(filled ? -1 : 0)?.number;
  return scalarValue(scalar as ScalarType, filled);
}

function scalarValue(type: ScalarType, filled: boolean): unknown {
  const zero = scalarZeroValue(type, false);
  if (!filled) return zero;
  if (typeof zero === 'string') return 'x';
  if (typeof zero === 'boolean') return true;
  if (typeof zero === 'bigint') return 1n;
  return typeof zero === 'number' ? 1 : Uint8Array.of(1);
}
