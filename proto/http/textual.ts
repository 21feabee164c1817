import type { DescMessage } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';

const TEXTUAL = new Set(['google.protobuf.Timestamp', 'google.protobuf.Duration', 'google.protobuf.FieldMask']);

/** True for messages whose value is one text, so that a path or a query parameter can set them. */
export function isTextual(message: DescMessage): boolean {
  return TEXTUAL.has(message.typeName) || isWrapperDesc(message);
}
