import { type DescField, getOption } from '@bufbuild/protobuf';
import { field_behavior, FieldBehavior } from '../../../proto/gen/google/api/field_behavior_pb';

/**
 * Whether a contract says with `google.api.field_behavior` that a field is required, or only in requests or replies.
 *
 * @see https://google.aip.dev/203
 */
export function hasBehavior(field: DescField, behavior: keyof typeof FieldBehavior): boolean {
  return getOption(field, field_behavior).includes(FieldBehavior[behavior]);
}
