import type { AnyValue, KeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';
import type { Report } from '../receive/report';
import { MAX_ATTRIBUTES, MAX_NAME_LENGTH, MAX_VALUE_ITEMS, MAX_VALUE_LENGTH } from './span-limits';

/** A message with attributes and a count of dropped ones. */
interface Attributed {
  attributes: KeyValue[];
  droppedAttributesCount: number;
}

/** Cuts the attributes of a span, an event, a link, a resource or a scope to their limits, in place. */
export function truncateAttributes(of: Attributed, report: Report): void {
  const dropped = of.attributes.length - MAX_ATTRIBUTES;
  if (dropped > 0) {
    of.attributes = of.attributes.slice(0, MAX_ATTRIBUTES);
    of.droppedAttributesCount = Math.min(of.droppedAttributesCount + dropped, 0xffff_ffff);
    report.warn(`attributes beyond ${MAX_ATTRIBUTES} were dropped`, dropped);
  }
  for (const attribute of of.attributes) {
    attribute.key = truncateName(attribute.key, report);
    if (attribute.value) truncateValue(attribute.value, { items: MAX_VALUE_ITEMS }, report);
  }
}

/** Cuts a name or a key to its limit. */
export function truncateName(name: string, report: Report): string {
  if (name.length <= MAX_NAME_LENGTH) return name;
  report.warn(`a name was cut to ${MAX_NAME_LENGTH} characters`);
  return cut(name, MAX_NAME_LENGTH);
}

/** Cuts a long text, such as a status message, to its limit. */
export function truncateText(text: string, report: Report): string {
  if (text.length <= MAX_VALUE_LENGTH) return text;
  report.warn(`a value was cut to ${MAX_VALUE_LENGTH} characters`);
  return cut(text, MAX_VALUE_LENGTH);
}

function truncateValue({ value: kind }: AnyValue, left: { items: number }, report: Report): void {
  if (kind.case === 'stringValue') kind.value = truncateText(kind.value, report);
  if (kind.case === 'bytesValue' && kind.value.length > MAX_VALUE_LENGTH) {
    kind.value = kind.value.slice(0, MAX_VALUE_LENGTH);
    report.warn(`a value was cut to ${MAX_VALUE_LENGTH} bytes`);
  }
  if (kind.case === 'arrayValue') {
    kind.value.values = takeItems(kind.value.values, left, report);
    for (const each of kind.value.values) truncateValue(each, left, report);
  }
  if (kind.case === 'kvlistValue') {
    kind.value.values = takeItems(kind.value.values, left, report);
    for (const each of kind.value.values) {
      each.key = truncateName(each.key, report);
      if (each.value) truncateValue(each.value, left, report);
    }
  }
}

function takeItems<T>(items: T[], left: { items: number }, report: Report): T[] {
  const taken = items.slice(0, left.items);
  left.items -= taken.length;
  if (taken.length < items.length) report.warn(`a list was cut to ${MAX_VALUE_ITEMS} values`);
  return taken;
}

/** Never cuts inside a surrogate pair. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
