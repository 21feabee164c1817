import { type DescField, getOption, hasOption } from '@bufbuild/protobuf';
import type { GenExtension } from '@bufbuild/protobuf/codegenv2';
import type { FieldOptions } from '@bufbuild/protobuf/wkt';

const FILE = 'google/api/field_behavior.proto';

/** @see https://github.com/googleapis/googleapis/blob/master/google/api/field_behavior.proto */
const BEHAVIORS = { REQUIRED: 2, OUTPUT_ONLY: 3, INPUT_ONLY: 4 } as const;

/**
 * Whether a contract says with `google.api.field_behavior` that a field is required, or only in requests or replies.
 * Only who imports that file can say it, so a project does not need to have it.
 *
 * @see https://google.aip.dev/203
 */
export function hasBehavior(field: DescField, behavior: keyof typeof BEHAVIORS): boolean {
  const file = field.parent.file.dependencies.find(({ name }) => name === FILE);
  const option = file?.extensions.find(({ name }) => name === 'field_behavior') as
    GenExtension<FieldOptions, number[]> | undefined;
  return option !== undefined && hasOption(field, option) && getOption(field, option).includes(BEHAVIORS[behavior]);
}
