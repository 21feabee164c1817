import type { z } from 'zod';

/** One line for every fault that zod found: the field, what is wrong, and what to write. */
export function faultsOf(error: z.ZodError, at: readonly PropertyKey[] = []): string[] {
  return error.issues.flatMap((issue) => {
    const field = [...at, ...issue.path].join('.');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(
        (key) => `${[...at, ...issue.path, key].join('.')}: is not known here; correct or remove it`,
      );
    return [`${field || 'the file'}: ${sentenceOf(issue)}`];
  });
}

/** What people call the types of zod. */
const WORDS: Readonly<Partial<Record<string, string>>> = {
  object: 'an object, { … }',
  record: 'an object, { … }',
  array: 'a list, [ … ]',
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return `its name ${issue.issues[0]?.message ?? 'is wrong'}`;
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return `${issue.input === undefined ? 'is missing; it ' : ''}must be ${WORDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  return issue.message;
}
