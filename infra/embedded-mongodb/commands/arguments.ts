import { Binary, type Document, Long } from 'bson';
import { badValue, failedToParse, located, MongoError, notSupported, typeMismatch } from '../errors';
import { isNumeric, toInteger } from '../query/numbers';
import { isDocument, typeName } from '../query/values';

/** The type of an argument; `unsupported` is a feature that this server lacks, allowed only if it is off. */
export type Kind =
  'document' | 'documents' | 'array' | 'string' | 'boolean' | 'number' | 'whole' | 'any' | 'unsupported';

/** The types of a command's arguments by name; `!` marks required ones. */
export type Parameters = Readonly<Record<string, Kind | `${Kind}!`>>;

/** Stands for all unlisted names. */
export const ANYTHING = '*';

const TYPE_NAMES: Readonly<Partial<Record<Kind, string>>> = {
  document: 'object',
  documents: 'array',
  array: 'array',
  string: 'string',
  boolean: 'bool',
  number: 'number',
  whole: 'long',
};

const CHECKS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  document: isDocument,
  documents: (value) => Array.isArray(value) && value.every(isDocument),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  // As in MongoDB, a number is accepted as a boolean.
  boolean: (value) => typeof value === 'boolean' || isNumeric(value),
  number: isNumeric,
  whole: isNumeric,
  any: () => true,
  unsupported: () => true,
};

/** Arguments of every command; {@link checkGeneric} checks their values. */
const GENERIC = new Set(
  '$db lsid $clusterTime $readPreference maxTimeMS comment readConcern writeConcern apiVersion apiStrict apiDeprecationErrors txnNumber autocommit startTransaction $configServerState $oplogQueryData $queryOptions help'.split(
    ' ',
  ),
);

/**
 * Refuses arguments that are unknown, missing or of another type.
 *
 * @param where the command or the part of it that has the arguments
 * @throws MongoError 40415, 40414, 14, 51024
 */
export function checkArguments(where: string, given: Document, parameters: Parameters): void {
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const kind = Object.hasOwn(parameters, name) ? parameters[name]?.replace('!', '') : undefined;
    if (kind && (value !== null || parameters[name]?.endsWith('!'))) checkKind(`${where}.${name}`, value, kind as Kind);
    else if (!kind && !(ANYTHING in parameters) && name !== where && !GENERIC.has(name))
      throw located(40_415, `BSON field '${where}.${name}' is an unknown field.`);
  }
  for (const [name, kind] of Object.entries(parameters))
    if (kind.endsWith('!') && given[name] === undefined)
      throw located(40_414, `BSON field '${where}.${name}' is missing but a required field`);
}

function checkKind(where: string, value: unknown, kind: Kind): void {
  if (kind === 'unsupported') {
    refuse(where, value);
    return;
  }
  if (!CHECKS[kind](value))
    throw typeMismatch(
      `BSON field '${where}' is the wrong type '${typeName(value)}', expected type '${TYPE_NAMES[kind]}'`,
    );
  if (kind !== 'whole') return;
  const number = toInteger(value);
  if (number === undefined) throw located(51_024, `BSON field '${where}' value must be a whole number`);
  if (number < 0) throw located(51_024, `BSON field '${where}' value must be >= 0, actual value '${number}'`);
}

/** An option that is off asks for nothing beyond the normal behaviour. */
function refuse(where: string, value: unknown): void {
  const empty = isDocument(value) && Object.keys(value).every((name) => name === 'locale' && value[name] === 'simple');
  if (value !== false && value !== 0 && !empty) throw notSupported(`'${where}'`);
}

/** Refuses values of the common arguments that this server does not support. @throws MongoError */
export function checkGeneric(command: Document): void {
  const { lsid, maxTimeMS, apiVersion, txnNumber, autocommit, startTransaction } = command;
  if (lsid !== undefined && !(isDocument(lsid) && lsid['id'] instanceof Binary))
    throw typeMismatch("BSON field 'lsid.id' is the wrong type, expected type 'binData'");
  if (txnNumber !== undefined || autocommit !== undefined || startTransaction !== undefined)
    throw illegal('Transaction numbers are only allowed on a replica set member or mongos');
  if (maxTimeMS !== undefined && (toInteger(maxTimeMS) ?? -1) < 0)
    throw badValue('maxTimeMS must be a whole number >= 0');
  if (apiVersion !== undefined && apiVersion !== '1')
    throw new MongoError(322, 'APIVersionError', 'API version must be "1"');
  checkConcerns(command);
}

function illegal(message: string): MongoError {
  return new MongoError(20, 'IllegalOperation', message);
}

function checkConcerns({ readConcern, writeConcern }: Document): void {
  for (const [name, concern] of [
    ['readConcern', readConcern],
    ['writeConcern', writeConcern],
  ] as const)
    if (concern !== undefined && !isDocument(concern)) throw typeMismatch(`'${name}' must be an object`);
  const level: unknown = (readConcern as Document | undefined)?.['level'] ?? 'local';
  if (level === 'linearizable' || level === 'snapshot')
    throw new MongoError(123, 'NotAReplicaSet', `readConcern ${level} is only for replica set members`);
  if (level !== 'local' && level !== 'available' && level !== 'majority')
    throw failedToParse(`Unrecognized readConcern level`);
  const w: unknown = (writeConcern as Document | undefined)?.['w'] ?? 1;
  if (w !== 'majority' && (toInteger(w) ?? 2) > 1) throw badValue("cannot use 'w' > 1 when a host is not replicated");
}

/** The collection of a command. @throws MongoError 73 for an invalid name */
export function collectionName(command: Document, key: string): string {
  const name: unknown = command[key];
  if (typeof name !== 'string') throw invalidNamespace(`collection name has invalid type ${typeName(name)}`);
  const database = databaseName(command);
  if (name === '' || name.startsWith('.') || name.includes('$') || name.includes('\0'))
    throw invalidNamespace(`Invalid namespace specified '${database}.${name}'`);
  return name;
}

/** @throws MongoError 73 */
export function databaseName({ $db: name = 'test' }: Document): string {
  if (typeof name !== 'string' || !/^[^/\\. "$\0]{1,63}$/.test(name))
    throw invalidNamespace(`Invalid database name specified '${String(name)}'`);
  return name;
}

function invalidNamespace(message: string): MongoError {
  return new MongoError(73, 'InvalidNamespace', message);
}

/** A number of any type, 0 if it is missing. */
export const numberOf = (value: unknown): number => toInteger(value) ?? 0;

/** True if an option is set; a number is accepted as a boolean. */
export const isSet = (value: unknown): boolean => value === true || (isNumeric(value) && numberOf(value) !== 0);

/** The id of a cursor. @throws MongoError 14 */
export function cursorId(value: unknown): string {
  if (value instanceof Long || toInteger(value) !== undefined) return String(value);
  throw typeMismatch(`a cursor id is a long, not ${typeName(value)}`);
}
