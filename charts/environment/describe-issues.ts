import type { z } from 'zod';
import type { FaultText, FieldFault } from '../../services/kit/faults/fault';

/** The issues that zod found as faults. */
export function describeIssues({ issues }: z.ZodError): FieldFault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, ...describeIssue(issue) }];
    return issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), ...UNKNOWN_KEY }));
  });
}

const UNKNOWN_KEY: FaultText = { message: 'is not known', fix: 'correct the spelling or remove it' };

function describeIssue(issue: z.core.$ZodIssue): FaultText {
  switch (issue.code) {
    case 'custom':
      return { message: issue.message, fix: String(issue.params?.['fix']) };
    case 'invalid_key':
      return describeIssue(issue.issues[0] as z.core.$ZodIssue);
    case 'invalid_value':
      return describeValue(issue.input, issue.values.map(String).join(' or '));
    case 'invalid_type':
      return describeType(issue.input, issue.expected);
    default:
      return { message: issue.message, fix: 'correct it or remove it' };
  }
}

function describeValue(value: unknown, allowed: string): FaultText {
  return {
    message: value === undefined ? 'is missing' : `${JSON.stringify(value)} is not supported`,
    fix: `write ${allowed}`,
  };
}

/** Names of zod's types that people use. */
const TYPES: Readonly<Partial<Record<string, string>>> = {
  object: 'an object, { … }',
  record: 'an object, { … }',
  array: 'a list, [ … ]',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

/** The value itself is not quoted: it may be a secret where its name belongs. */
function describeType(value: unknown, expected: string): FaultText {
  const type = TYPES[expected] ?? expected;
  if (value === undefined) return { message: 'is missing', fix: `write ${type}` };
  const isScalar = typeof value !== 'object';
  return {
    message: `is ${typeOf(value)}, not ${type}`,
    fix: isScalar && expected === 'string' ? 'put it into quotes' : `write ${type}`,
  };
}

function typeOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : (TYPES[typeof value] ?? typeof value);
}
