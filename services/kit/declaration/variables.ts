import type { FaultText } from '../faults/fault';

/** The manifests set these themselves. */
const SET_BY_CHARTS =
  /^((GRPC|HTTP)_(ADDRESS|PORT)|DRAIN_(DELAY|TIMEOUT)_MS|LOG_LEVEL|MONGO_URI(_FILE)?|OTEL_(RESOURCE_ATTRIBUTES|SERVICE_NAME)|POD_NAME(SPACE)?)$/;

/** The name of a variable that a declaration or a release sets. */
export function checkVariableName(name: string): FaultText | undefined {
  if (!/^[A-Za-z_]\w*$/.test(name))
    return {
      message: `"${name}" is not the name of an environment variable`,
      fix: 'use letters, digits and _, and do not start with a digit',
    };
  return SET_BY_CHARTS.test(name) ? { message: `Weft sets ${name} itself`, fix: 'remove it' } : undefined;
}

/** The value of such a variable. */
export function checkVariableValue(value: unknown): FaultText | undefined {
  if (typeof value !== 'string')
    return { message: `${JSON.stringify(value)} is not a text`, fix: 'put it into quotes' };
  return checkText(value);
}

/** A text that programs and manifests can hold. */
export function checkText(text: string): FaultText | undefined {
  if (/\p{Surrogate}/u.test(text))
    return {
      message: 'contains half of a surrogate pair, which UTF-8 cannot encode',
      fix: 'write the whole character, for example \\u{1f600}',
    };
  if (!text.includes('\0')) return undefined;
  return { message: 'contains the character NUL, where a program would stop reading', fix: 'remove the character' };
}
